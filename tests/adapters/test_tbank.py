"""What T-Bank alone has: the token, attempts that are cancelled, cards refused on the way."""

import json
from datetime import timedelta

import httpx
import pytest

from abonent.adapters.acquirers.shops import Shop
from abonent.adapters.acquirers.tbank import messages
from abonent.adapters.acquirers.tbank.acquirer import TBank
from abonent.domain.payments.ports import Exchange, NotDone, Seen, Standing, Unknown
from bank_simulator.faults import Fault
from bank_simulator.protocols.tbank import TBankWays
from bank_simulator.protocols.tbank.fields import token_of
from bank_simulator.simulator import Options
from banks import KINDS, ORDER, QUICK, SECRET, again, counter, open_with
from paying import CODE, NOW

SHOP = Shop("1700500DEMO", "password")
EXCHANGE = Exchange(question="POST /GetState")
STATE = {
    "Success": True, "ErrorCode": "0", "TerminalKey": SHOP.number, "Status": "CONFIRMED",
    "PaymentId": "7000000001", "OrderId": "H4OCWHTPBZGWVGSTBVNXUTY4CE-1", "Amount": 128_493,
}  # fmt: skip


@pytest.fixture
def acquirer():
    return TBank()


@pytest.fixture
def bank(settings):
    with counter(KINDS["tbank"], settings) as opened:
        yield opened


# PROTOCOLS 2.2: the values as they are glued, and the token.
VECTORS = [
    (
        {
            "TerminalKey": "MerchantTerminalKey", "Amount": 19200, "OrderId": "21090",
            "Description": "Подарочная карта на 1000 рублей",
            "DATA": {"Phone": "+71234567890"}, "Receipt": {"Items": []},
        },
        "usaf8fw8fsw21g",
        "0024a00af7c350a3a67ca168ce06502aa72772456662e38696d48b56ee9c97d9",
    ),
    (
        {
            "TerminalKey": "1321054611234DEMO", "OrderId": "201709", "Success": True,
            "Status": "AUTHORIZED", "PaymentId": 8742591, "ErrorCode": "0", "Amount": 9855,
            "CardId": 322264, "Pan": "430000******0777", "ExpDate": "1122", "RebillId": 101709,
            "Data": {"nested": "is left out"}, "Token": "left out too",
        },
        "Dfsfh56dgKl",
        "b906d28e76c6428e37b25fcf86c0adc52c63d503013fdd632e300593d165766b",
    ),
]  # fmt: skip


@pytest.mark.parametrize("token", [messages.token, token_of], ids=["ours", "the bank's"])
@pytest.mark.parametrize(("fields", "password", "expected"), VECTORS)
def test_the_token_is_the_published_one(token, fields, password, expected):
    assert token(fields, password) == expected


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("NEW", Standing.PENDING), ("FORM_SHOWED", Standing.PENDING),
        ("3DS_CHECKING", Standing.PENDING), ("AUTHORIZED", Standing.PENDING),
        ("CONFIRMING", Standing.PENDING), ("REJECTED", Standing.TRIED),
        ("AUTH_FAIL", Standing.TRIED), ("CONFIRMED", Standing.PAID),
        ("CANCELED", Standing.DECLINED), ("ATTEMPTS_EXPIRED", Standing.DECLINED),
        ("REVERSED", Standing.DECLINED), ("DEADLINE_EXPIRED", Standing.EXPIRED),
    ],
)  # fmt: skip
def test_each_status_has_its_standing(status, standing):
    seen = messages.read_payment(STATE | {"Status": status}, SHOP, EXCHANGE)
    assert isinstance(seen, Seen)
    assert seen.standing == standing


@pytest.mark.parametrize(
    "changes",
    [
        *({"Status": word} for word in (
            "REFUNDED", "PARTIAL_REFUNDED", "ASYNC_REFUNDING", "REFUNDING", "REVERSING",
            "PARTIAL_REVERSED", "A_NEW_WORD", "", None, [],
        )),
        {"TerminalKey": "2700500DEMO"},
        {"Amount": 0}, {"Amount": -1}, {"Amount": "1.5"}, {"Amount": 10**10}, {"Amount": True},
        {"Amount": None}, {"PaymentId": "7; DROP"}, {"PaymentId": None}, {"OrderId": None},
        {"OrderId": ["x"]},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_unknown(changes):
    assert isinstance(messages.read_payment(STATE | changes, SHOP, EXCHANGE), Unknown)


def test_numbers_written_as_texts_are_read_as_well():
    told = STATE | {"Amount": "128493", "PaymentId": 7_000_000_001}
    seen = messages.read_payment(told, SHOP, EXCHANGE)
    assert (seen.amount, seen.provider_id, seen.number) == (128_493, "7000000001", ORDER.number)


def test_an_order_number_that_is_not_ours_stays_what_it_is():
    for number in ("21090", "H4OCWHTPBZGWVGSTBVNXUTY4CE", "H4OCWHTPBZGWVGSTBVNXUTY4C!-1"):
        assert messages.read_payment(STATE | {"OrderId": number}, SHOP, EXCHANGE).number == number


def test_an_order_says_what_the_registry_will_need(acquirer, bank):
    acquirer.create(ORDER, seconds=QUICK)
    (made,) = bank.simulator.truth()["payments"]
    assert made["details"]["data"] == {"account": "0010012345", "month": "2026-11"}
    assert (made["steps"], made["return_url"]) == (1, ORDER.return_url)
    assert len(made["details"]["number"]) <= 36


def test_an_attempt_whose_page_was_lost_is_cancelled_and_the_next_has_its_own_number(
    acquirer, bank
):
    bank.simulator.fault(Fault("after", "reset", path="/v2/Init"))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    second = acquirer.create(ORDER, seconds=QUICK)
    lost, standing = bank.simulator.truth()["payments"]
    assert (lost["state"], lost["cancel_reason"]) == ("cancelled", "canceled_by_merchant")
    assert (standing["id"], standing["state"]) == (second.provider_id, "pending")
    assert [one["details"]["number"][-2:] for one in (lost, standing)] == ["-1", "-2"]
    assert second.number == ORDER.number


def test_a_lost_cancellation_leaves_nothing_that_can_be_paid(acquirer, bank):
    bank.simulator.fault(Fault("after", "500", path="/v2/Init"))
    acquirer.create(ORDER, seconds=QUICK)
    bank.simulator.fault(Fault("after", "reset", path="/v2/Cancel"))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    third = acquirer.create(ORDER, seconds=QUICK)
    assert [one["id"] for one in bank.operations("pending")] == [third.provider_id]


def test_a_page_that_somebody_has_open_is_never_cancelled(acquirer, bank):
    opened = open_with(acquirer)
    with bank.simulator.bank.work() as now:
        bank.simulator.bank.visit(bank.simulator.bank.operation(opened.provider_id), now=now)
    again = acquirer.create(ORDER, seconds=QUICK)
    assert (again.standing, again.provider_id) == (Standing.PENDING, opened.provider_id)
    assert len(bank.simulator.truth()["payments"]) == 1


def test_a_bank_that_makes_a_twin_of_the_same_order_still_shows_the_paid_one(settings):
    options = Options(tbank=TBankWays(same_order="twin"))
    with counter(KINDS["tbank"], settings, options=options) as bank:
        acquirer = TBank()
        opened = open_with(acquirer)
        due = NOW + timedelta(hours=1)
        body = messages.opening(ORDER, bank.operations("pending")[0]["details"]["number"], due)
        shop = Shop(bank.kind.shop, SECRET)
        url = f"{bank.simulator.url}/v2/Init"
        twin = httpx.post(url, content=messages.signed(body, shop), trust_env=False).json()
        assert twin["PaymentId"] != opened.provider_id
        bank.simulator.payer(opened.provider_id, act="pay")
        assert acquirer.find(ORDER, seconds=QUICK).provider_id == opened.provider_id
        assert acquirer.create(ORDER, seconds=QUICK).standing == Standing.PAID


def test_a_refused_card_is_no_end_while_the_page_takes_another(acquirer, bank):
    opened = open_with(acquirer)
    bank.simulator.payer(opened.provider_id, act="decline", reason="insufficient_funds")
    tried = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (tried.standing, tried.reason) == (Standing.TRIED, "insufficient_funds")
    bank.simulator.payer(opened.provider_id, act="pay")
    assert acquirer.state(ORDER, opened.provider_id, seconds=QUICK).standing == Standing.PAID


@pytest.mark.parametrize("reason", ["insufficient_funds", "3d_secure_failed", "card_expired"])
def test_the_last_refused_card_is_the_end_and_says_why(acquirer, bank, reason):
    opened = open_with(acquirer)
    for _ in range(3):
        bank.simulator.payer(opened.provider_id, act="decline", reason=reason)
    seen = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (seen.standing, seen.reason) == (Standing.DECLINED, reason)


def test_a_sum_below_the_banks_least_is_surely_not_taken(acquirer, bank):
    answer = acquirer.create(again(amount=99), seconds=QUICK)
    assert isinstance(answer, NotDone)
    assert answer.reason == "251"


def test_a_split_keeps_the_token_and_is_told_by_its_sum(acquirer, bank):
    opened = open_with(acquirer)
    hint = acquirer.read_notice(bank.lies(opened.provider_id, "split"), supplier_code=CODE)
    assert not hint.forged
    assert hint.amount != ORDER.amount


def test_without_a_shop_a_notice_is_nobodys_word(acquirer, bank):
    acquirer.create(ORDER, seconds=QUICK)
    bank.simulator.payer(bank.operations("pending")[0]["id"], act="pay")
    assert acquirer.read_notice(bank.notice(), supplier_code="another").forged


def test_a_notice_of_money_given_back_does_not_speak_of_the_whole_sum():
    told = STATE | {"Status": "PARTIAL_REFUNDED", "Amount": 100}
    told["Token"] = messages.token(told, SHOP.secret)
    hint = messages.read_notice(json.dumps(told).encode(), SHOP)
    assert (hint.amount, hint.forged) == (None, False)
