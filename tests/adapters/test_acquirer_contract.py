"""What every acquirer promises, whatever the wire does: an answer in time, never an exception.

One suite for all, run against the bank simulator in this process.
"""

import base64
import json
import logging
import time
from datetime import timedelta

import httpx
import pytest
import time_machine

from abonent.domain.payments.ports import NotDone, Seen, Standing, Unknown
from bank_simulator.faults import SPOILS, Fault
from banks import KINDS, OPENING, ORDER, QUICK, SECRET, again, counter, open_with, other
from paying import CODE, NOW


@pytest.fixture
def acquirer(at_bank):
    return at_bank.kind.adapter()


def test_an_order_opens_a_payment_with_a_page(acquirer, at_bank):
    opened = open_with(acquirer)
    assert isinstance(opened, Seen)
    assert (opened.standing, opened.amount, opened.currency) == (Standing.PENDING, 128_493, "RUB")
    assert opened.number == ORDER.number
    assert opened.confirmation_url.startswith(at_bank.simulator.url)
    at_bank.visit(opened)
    assert [one["amount"] for one in at_bank.operations("pending")] == [128_493]


def test_an_order_sent_again_leaves_one_page_that_somebody_has(acquirer, at_bank):
    acquirer.create(ORDER, seconds=QUICK)
    second = acquirer.create(ORDER, seconds=QUICK)
    assert isinstance(second, Seen)
    assert (second.standing, second.number) == (Standing.PENDING, ORDER.number)
    assert second.confirmation_url.endswith(second.provider_id)
    number = at_bank.visit(second)
    at_bank.simulator.payer(number, act="pay")
    assert acquirer.find(ORDER, seconds=QUICK).provider_id == number


@pytest.mark.parametrize("at_bank", OPENING, indirect=True)
@pytest.mark.parametrize("kind", ["reset", "500", "garbage"])
def test_a_payment_whose_answer_was_lost_is_not_opened_a_second_time_once_it_is_paid(
    acquirer, at_bank, kind
):
    at_bank.simulator.pay_before_answer()
    at_bank.simulator.fault(Fault("after", kind, path=at_bank.kind.opens))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    found = acquirer.create(ORDER, seconds=QUICK)
    assert isinstance(found, Seen)
    told = acquirer.state(ORDER, found.provider_id, seconds=QUICK)
    assert (told.standing, told.number) == (Standing.PAID, ORDER.number)
    assert len(at_bank.simulator.truth()["payments"]) == 1


def test_a_payment_is_seen_through_its_life(acquirer, at_bank):
    opened = open_with(acquirer)
    number = at_bank.visit(opened)
    at_bank.simulator.payer(number, act="pay")
    paid = acquirer.state(ORDER, number, seconds=QUICK)
    assert (paid.standing, paid.amount, paid.number) == (Standing.PAID, 128_493, ORDER.number)
    assert paid.test
    assert acquirer.find(ORDER, seconds=QUICK).standing == Standing.PAID


def test_a_page_nobody_paid_at_expires(acquirer, at_bank):
    number = at_bank.visit(open_with(acquirer))
    at_bank.at(NOW + acquirer.page_life + timedelta(minutes=1))
    with time_machine.travel(NOW + acquirer.page_life + timedelta(minutes=1)):
        assert acquirer.state(ORDER, number, seconds=QUICK).standing == Standing.EXPIRED


def test_money_that_comes_after_the_page_has_closed_is_seen(acquirer, at_bank):
    number = at_bank.visit(open_with(acquirer))
    at_bank.simulator.payer(number, act="pay_late")
    at_bank.at(NOW + timedelta(hours=2))
    assert acquirer.state(ORDER, number, seconds=QUICK).standing == Standing.PAID


def test_it_is_found_by_our_number_among_others(acquirer, at_bank):
    for place in range(3):
        at_bank.visit(acquirer.create(other(place), seconds=QUICK))
    at_bank.visit(open_with(acquirer))
    found = acquirer.find(ORDER, seconds=QUICK)
    assert isinstance(found, Seen)
    assert found.number == ORDER.number


def test_what_the_bank_never_had_is_surely_absent(acquirer, at_bank):
    acquirer.create(other(1), seconds=QUICK)
    assert isinstance(acquirer.find(ORDER, seconds=QUICK), NotDone)


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("kind", sorted(set(SPOILS) - {"slow", "timeout", "wrong_type", "429"}))
def test_a_spoilt_answer_is_unknown_to_every_question(acquirer, at_bank, kind, where):
    for ask in (
        lambda: acquirer.create(ORDER, seconds=QUICK),
        lambda: acquirer.state(ORDER, at_bank.kind.number, seconds=QUICK),
        lambda: acquirer.find(ORDER, seconds=QUICK),
    ):
        at_bank.simulator.fault(Fault(where, kind))
        answer = ask()
        assert isinstance(answer, Unknown), answer
        assert answer.exchange.question


def test_too_many_requests_is_no_refusal(acquirer, at_bank):
    at_bank.simulator.fault(Fault("before", "429", path=at_bank.kind.opens))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)


def test_a_silent_bank_is_left_within_the_time_given(acquirer, at_bank):
    at_bank.simulator.fault(Fault("before", "timeout", path=at_bank.kind.opens))
    started = time.perf_counter()
    assert isinstance(acquirer.create(ORDER, seconds=0.5), Unknown)
    assert time.perf_counter() - started < 3


def test_a_bank_that_cannot_be_reached_is_unknown(acquirer, at_bank, settings):
    for address in ("http://127.0.0.1:1/v3", "nonsense"):
        setattr(settings, f"{at_bank.channel.upper()}_URL", address)
        assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown | NotDone)
        assert isinstance(acquirer.state(ORDER, at_bank.kind.number, seconds=QUICK), Unknown)
        assert isinstance(acquirer.find(ORDER, seconds=QUICK), Unknown)


def test_an_order_the_bank_turns_down_is_surely_not_done(acquirer, at_bank):
    answer = acquirer.create(again(return_url="not an address"), seconds=QUICK)
    assert isinstance(answer, NotDone)
    assert answer.reason
    assert at_bank.simulator.truth()["payments"] == []


def revoke(at_bank, settings, number=""):
    """Let the secret of our shop be no longer the bank's."""
    entry = at_bank.entry(number, "revoked")
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS", json.dumps({CODE: entry}))


def test_wrong_credentials_refuse_an_order_but_say_nothing_of_a_state(acquirer, at_bank, settings):
    number = at_bank.visit(open_with(acquirer))
    revoke(at_bank, settings)
    assert isinstance(acquirer.create(other(1), seconds=QUICK), NotDone)
    assert isinstance(acquirer.state(ORDER, number, seconds=QUICK), Unknown)
    assert isinstance(acquirer.find(ORDER, seconds=QUICK), Unknown)


def test_a_payment_of_another_shop_is_not_told(acquirer, at_bank, settings):
    number = at_bank.visit(open_with(acquirer))
    entry = at_bank.entry(at_bank.kind.other_shop, "other-secret")
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS", json.dumps({CODE: entry}))
    assert isinstance(acquirer.state(ORDER, number, seconds=QUICK), Unknown)
    assert isinstance(acquirer.find(ORDER, seconds=QUICK), NotDone)


@pytest.mark.parametrize("number", ["unknown", "404", "../../me", "a b", "", "x?y=1"])
def test_a_number_the_bank_does_not_know_leaves_the_outcome_unknown(acquirer, at_bank, number):
    assert isinstance(acquirer.state(ORDER, number, seconds=QUICK), Unknown)


def test_a_supplier_without_a_shop_is_not_ready_and_nothing_leaves(acquirer, at_bank):
    assert acquirer.ready(CODE)
    assert not acquirer.ready("another")
    stranger = again(supplier_code="another")
    assert isinstance(acquirer.create(stranger, seconds=QUICK), NotDone)
    assert isinstance(acquirer.state(stranger, at_bank.kind.number, seconds=QUICK), Unknown)
    assert isinstance(acquirer.find(stranger, seconds=QUICK), Unknown)
    assert at_bank.simulator.truth()["payments"] == []


def test_a_test_shop_takes_no_payments_where_money_is_real(acquirer, at_bank, settings):
    number = at_bank.visit(open_with(acquirer))
    settings.TEST_PAYMENTS = False
    assert not acquirer.ready(CODE)
    assert isinstance(acquirer.create(other(1), seconds=QUICK), NotDone)
    # What was begun is still told, as a test.
    assert acquirer.state(ORDER, number, seconds=QUICK).test
    assert len(at_bank.simulator.truth()["payments"]) == 1


def test_a_redirect_is_not_followed(acquirer, at_bank, monkeypatch):
    followed = []

    def answer(request):
        followed.append(request.url.path)
        return httpx.Response(302, headers={"location": "http://127.0.0.1:1/elsewhere"})

    plain = httpx.Client
    monkeypatch.setattr(
        httpx, "Client", lambda **given: plain(**given | {"transport": httpx.MockTransport(answer)})
    )
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    assert len(followed) == 1
    assert followed[0].startswith(at_bank.kind.base)


def test_neither_logs_nor_what_is_kept_hold_a_secret(acquirer, at_bank, caplog, settings):
    caplog.set_level(logging.DEBUG)
    answers = [acquirer.create(ORDER, seconds=QUICK), acquirer.find(ORDER, seconds=QUICK)]
    number = at_bank.visit(answers[0])
    at_bank.simulator.payer(number, act="pay")
    answers.append(acquirer.state(ORDER, number, seconds=QUICK))
    revoke(at_bank, settings)
    answers.append(acquirer.create(other(1), seconds=QUICK))
    kept = f"{answers} {[one.exchange for one in answers]} {caplog.text}"
    assert all(one.exchange.response for one in answers)
    basic = base64.b64encode(f"{at_bank.kind.shop}:{SECRET}".encode()).decode()
    for secret in (SECRET, "revoked", basic, "5555555555554477"):
        assert secret not in kept
    # The token of a request would let a thief repeat it.
    assert '"Token": "…"' in kept or '"Token"' not in kept


def test_a_demo_finds_its_shop_in_the_simulators_list(acquirer, at_bank, settings, tmp_path):
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS", "")
    settings.DEMO = True
    settings.DEMO_SHOPS = tmp_path / "bank-shops.txt"
    assert not acquirer.ready(CODE)
    hook = f"/api/callbacks/{at_bank.channel}"
    settings.DEMO_SHOPS.write_text(f"1:s:{hook}/x/\n2:s:/api/callbacks/other/{CODE}/\n")
    assert not acquirer.ready(CODE)
    settings.DEMO_SHOPS.write_text(f"1:s:{hook}/{CODE}/\n2:s:{hook}/x/\n")
    assert acquirer.ready(CODE)
    assert not acquirer.ready("y")
    settings.DEMO = False
    assert not acquirer.ready(CODE)


@pytest.mark.parametrize(
    ("entry", "ready"),
    [
        ("1:secret", True),
        ({"number": "1", "secret": "secret"}, True),
        ({"token": "secret"}, True),
        ("1", False),
        (":secret", False),
        ({"number": "1"}, False),
        ({"number": "1", "secret": "s", "misspelt": "x"}, False),
        (["1", "secret"], False),
        (None, False),
    ],
)
def test_shops_may_lie_in_a_file_and_half_a_shop_is_none(
    acquirer, at_bank, settings, tmp_path, entry, ready
):
    path = tmp_path / "shops.json"
    path.write_text(json.dumps({CODE: entry}))
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS", "")
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS_FILE", str(path))
    # A shop of MONETA's needs a login for its look-ups besides.
    assert acquirer.ready(CODE) == (ready and not at_bank.kind.form)
    assert not acquirer.ready("x")


@pytest.mark.parametrize("at_bank", OPENING, indirect=True)
def test_a_notice_is_read_as_a_claim(acquirer, at_bank):
    opened = open_with(acquirer)
    at_bank.simulator.payer(opened.provider_id, act="pay")
    hint = acquirer.read_notice(at_bank.notice(), supplier_code=CODE)
    assert (hint.provider_id, hint.number, hint.amount, hint.forged) == (
        opened.provider_id, ORDER.number, 128_493, False,
    )  # fmt: skip
    assert hint.currency in {"RUB", ""}


@pytest.mark.parametrize(
    ("name", "lie"), [(name, lie) for name, kind in KINDS.items() for lie in kind.given_away]
)
def test_a_wrong_signature_is_seen_through(settings, name, lie):
    with counter(KINDS[name], settings) as opened_bank:
        acquirer = opened_bank.kind.adapter()
        opened = open_with(acquirer)
        body = opened_bank.lies(opened.provider_id, lie)
        assert acquirer.read_notice(body, supplier_code=CODE).forged


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"{}", b"[" * 5000, b"a=b", b"&&&",
        b"mdOrder=1&mdOrder=2&operation=deposited&orderNumber=3", b"operation=bindingCreated",
        b'{"Status":"RECEIPT","PaymentId":1,"OrderId":"2","TerminalKey":"1700500DEMO","Amount":1}',
        b'{"Status":"CONFIRMED","PaymentId":true,"OrderId":"2","TerminalKey":"x","Amount":1}',
        b'{"Status":"CONFIRMED","PaymentId":1,"OrderId":"2","TerminalKey":"x","Amount":1.5}',
        b'{"NotificationType":"LINKACCOUNT","RequestKey":"x","Status":"ACTIVE"}',
    ],
)  # fmt: skip
def test_a_notice_of_another_matter_says_nothing(acquirer, at_bank, body):
    assert acquirer.read_notice(body, supplier_code=CODE) is None
