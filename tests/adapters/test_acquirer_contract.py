"""What every acquirer promises, whatever the wire does: an answer in time, never an exception.

One suite for all; today there is one acquirer, run against the bank simulator.
"""

import dataclasses
import json
import logging
import time

import httpx
import pytest

from abonent.adapters.acquirers.yookassa.acquirer import YooKassa
from abonent.domain.payments.ports import Hint, NotDone, Order, Payee, Seen, Standing, Unknown
from bank_simulator.faults import SPOILS, Fault
from paying import CODE, NOW, SECRET, SHOP

PAYEE = Payee(
    name="Демоэнерго", inn="6671000001", kpp="667101001", bank_name="Банк «Пример»",
    bic="046577001", account_number="40702810900000000001",
    correspondent_account="30101810500000000001",
)  # fmt: skip
ORDER = Order(
    number="3f1c2b1e-6f0e-4d6a-9a53-0d5b7a4f1c11", key="pay-3f1c2b1e", supplier_code=CODE,
    amount=128_493, description="Демоэнерго, л/с 0010012345",
    return_url="https://example.org/payments/1/", account_number="0010012345",
    unified_account="80АА123456", month="2026-11", created_at=NOW.isoformat(), payee=PAYEE,
)  # fmt: skip
QUICK = 5.0


@pytest.fixture
def acquirer():
    return YooKassa()


def again(**changes):
    return dataclasses.replace(ORDER, **changes)


def test_an_order_opens_one_payment_however_often_it_is_sent(acquirer, bank):
    first = acquirer.create(ORDER, seconds=QUICK)
    second = acquirer.create(ORDER, seconds=QUICK)
    assert isinstance(first, Seen)
    assert (first.standing, first.amount, first.currency) == (Standing.PENDING, 128_493, "RUB")
    assert first.number == ORDER.number
    assert first.confirmation_url.startswith(bank.simulator.url)
    assert isinstance(second, Seen)
    assert second.provider_id == first.provider_id
    assert len(bank.simulator.truth()["payments"]) == 1


def test_the_bank_is_told_who_is_paid_for_what(acquirer, bank):
    acquirer.create(ORDER, seconds=QUICK)
    order = bank.simulator.truth()["payments"][0]["details"]["payment_order"]
    assert order["type"] == "utilities"
    assert order["amount"] == {"value": "1284.93", "currency": "RUB"}
    assert order["recipient"]["inn"] == PAYEE.inn
    assert order["payment_period"] == {"month": 11, "year": 2026}
    assert (order["account_number"], order["unified_account_number"]) == (
        "0010012345",
        "80АА123456",
    )


def test_a_payment_is_seen_through_its_life(acquirer, bank):
    opened = acquirer.create(ORDER, seconds=QUICK)
    bank.simulator.payer(opened.provider_id, act="pay")
    paid = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (paid.standing, paid.card, paid.method) == (
        Standing.PAID, "5555 55•• •••• 4477", "bank_card",
    )  # fmt: skip
    assert paid.captured_at == NOW
    assert paid.test


@pytest.mark.parametrize("reason", ["insufficient_funds", "3d_secure_failed", "card_expired"])
def test_a_decline_carries_its_reason(acquirer, bank, reason):
    opened = acquirer.create(ORDER, seconds=QUICK)
    bank.simulator.payer(opened.provider_id, act="decline", reason=reason)
    seen = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (seen.standing, seen.reason) == (Standing.DECLINED, reason)


def test_a_page_nobody_paid_at_expires(acquirer, bank):
    opened = acquirer.create(ORDER, seconds=QUICK)
    bank.at(NOW + acquirer.page_life)
    assert acquirer.state(ORDER, opened.provider_id, seconds=QUICK).standing == Standing.EXPIRED


def test_it_is_found_by_our_number_among_others(acquirer, bank):
    for place in range(130):
        acquirer.create(again(number=f"other-{place}", key=f"key-{place}"), seconds=QUICK)
        if place == 3:
            acquirer.create(ORDER, seconds=QUICK)
    found = acquirer.find(ORDER, seconds=QUICK)
    assert isinstance(found, Seen)
    assert found.number == ORDER.number


def test_what_the_bank_never_had_is_surely_absent(acquirer, bank):
    acquirer.create(again(number="other", key="other"), seconds=QUICK)
    assert isinstance(acquirer.find(ORDER, seconds=QUICK), NotDone)


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("kind", sorted(set(SPOILS) - {"slow", "timeout", "wrong_type", "429"}))
def test_a_spoilt_answer_is_unknown_to_every_question(acquirer, bank, kind, where):
    for ask in (
        lambda: acquirer.create(ORDER, seconds=QUICK),
        lambda: acquirer.state(ORDER, "2d1e", seconds=QUICK),
        lambda: acquirer.find(ORDER, seconds=QUICK),
    ):
        bank.simulator.fault(Fault(where, kind))
        answer = ask()
        assert isinstance(answer, Unknown), answer
        assert answer.exchange.question


def test_too_many_requests_is_no_refusal(acquirer, bank):
    bank.simulator.fault(Fault("before", "429"))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)


def test_a_silent_bank_is_left_within_the_time_given(acquirer, bank):
    bank.simulator.fault(Fault("before", "timeout"))
    started = time.monotonic()
    assert isinstance(acquirer.create(ORDER, seconds=0.5), Unknown)
    assert time.monotonic() - started < 3


def test_a_bank_that_cannot_be_reached_is_unknown(acquirer, bank, settings):
    settings.YOOKASSA_URL = "http://127.0.0.1:1/v3"
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    settings.YOOKASSA_URL = "nonsense"
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 35_000_001},
        {"return_url": "not an address"},
        {"payee": dataclasses.replace(PAYEE, inn="1")},
    ],
)
def test_an_order_the_bank_turns_down_is_surely_not_done(acquirer, bank, changes):
    answer = acquirer.create(again(**changes), seconds=QUICK)
    assert isinstance(answer, NotDone)
    assert answer.reason == "invalid_request"
    assert bank.simulator.truth()["payments"] == []


def test_wrong_credentials_refuse_an_order_but_say_nothing_of_a_state(acquirer, bank, settings):
    opened = acquirer.create(ORDER, seconds=QUICK)
    settings.YOOKASSA_SHOPS = json.dumps({CODE: f"{SHOP}:revoked"})
    assert isinstance(acquirer.create(again(key="k2"), seconds=QUICK), NotDone)
    assert isinstance(acquirer.state(ORDER, opened.provider_id, seconds=QUICK), Unknown)
    assert isinstance(acquirer.find(ORDER, seconds=QUICK), Unknown)


@pytest.mark.parametrize("number", ["unknown", "../../me", "a b", "", "x?y=1"])
def test_a_number_the_bank_does_not_know_leaves_the_outcome_unknown(acquirer, bank, number):
    assert isinstance(acquirer.state(ORDER, number, seconds=QUICK), Unknown)


def test_a_supplier_without_a_shop_is_not_ready_and_nothing_leaves(acquirer, bank):
    assert acquirer.ready(CODE)
    assert not acquirer.ready("another")
    assert isinstance(acquirer.create(again(supplier_code="another"), seconds=QUICK), NotDone)
    assert isinstance(acquirer.state(again(supplier_code="another"), "a", seconds=QUICK), Unknown)
    assert bank.simulator.truth()["payments"] == []


def test_a_redirect_is_not_followed(acquirer, bank, monkeypatch):
    followed = []

    def answer(request):
        followed.append(request.url.path)
        return httpx.Response(302, headers={"location": "http://127.0.0.1:1/elsewhere"})

    plain = httpx.Client
    monkeypatch.setattr(
        httpx, "Client", lambda **given: plain(**given | {"transport": httpx.MockTransport(answer)})
    )
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    assert followed == ["/v3/payments"]


def test_neither_logs_nor_what_is_kept_hold_a_secret(acquirer, bank, caplog):
    caplog.set_level(logging.DEBUG)
    answer = acquirer.create(ORDER, seconds=QUICK)
    kept = f"{answer} {answer.exchange} {caplog.text}"
    assert SECRET not in kept
    assert "Authorization" not in kept
    assert "Basic " not in kept


def test_a_demo_finds_its_shop_in_the_simulators_list(acquirer, settings, tmp_path):
    settings.YOOKASSA_SHOPS, settings.DEMO = "", True
    settings.DEMO_SHOPS = tmp_path / "bank-shops.txt"
    assert not acquirer.ready(CODE)
    settings.DEMO_SHOPS.write_text(
        f"1:s:/api/callbacks/yookassa/{CODE}/\n2:s:/api/callbacks/yookassa/x/\n"
    )
    assert acquirer.ready(CODE)
    assert not acquirer.ready("y")
    settings.DEMO = False
    assert not acquirer.ready(CODE)


def test_shops_may_lie_in_a_file(acquirer, settings, tmp_path):
    path = tmp_path / "shops.json"
    path.write_text(json.dumps({CODE: "1:secret"}))
    settings.YOOKASSA_SHOPS, settings.YOOKASSA_SHOPS_FILE = "", str(path)
    assert acquirer.ready(CODE)
    assert not acquirer.ready("x")


def test_a_notice_is_read_as_a_claim(acquirer, bank):
    opened = acquirer.create(ORDER, seconds=QUICK)
    told = {
        "type": "notification",
        "event": "payment.succeeded",
        "object": bank.object(opened.provider_id),
    }
    assert acquirer.read_notice(json.dumps(told).encode()) == Hint(
        provider_id=opened.provider_id, number=ORDER.number, amount=128_493, currency="RUB", test=True
    )  # fmt: skip
