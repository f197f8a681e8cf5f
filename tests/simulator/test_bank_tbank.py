"""T-Bank's API at the simulator: its token, its statuses, its two readings of its own texts."""

from datetime import timedelta

import httpx
import pytest
from bank_world import MORNING, OTHER_SECRET, OTHER_SHOP, RETURN_URL, SECRET, SHOP, ShopSite

from bank_simulator import RefundPlan, Shop, Simulator
from bank_simulator.protocols.tbank import TBankWays
from bank_simulator.protocols.tbank.fields import token_of
from bank_simulator.simulator import Options

ORDER = {"OrderId": "order-1", "Amount": 34567, "Description": "Тепло", "SuccessURL": RETURN_URL}


class Terminal:
    """A shop's own client."""

    def __init__(self, url, shop=SHOP, secret=SECRET):
        self.url, self.shop, self.secret = f"{url}/v2", shop, secret

    def ask(self, method, **fields):
        body = {"TerminalKey": self.shop, **fields}
        body.setdefault("Token", token_of(body, self.secret))
        answer = httpx.post(f"{self.url}/{method}", json=body, trust_env=False)
        assert answer.status_code == 200
        return answer.json()

    def init(self, **changes):
        return self.ask("Init", **ORDER | changes)

    def status(self, made):
        return self.ask("GetState", PaymentId=made["PaymentId"])["Status"]


@pytest.fixture
def terminal(bank):
    return Terminal(bank.url)


def test_a_payment_is_opened_and_paid(bank, terminal):
    made = terminal.init()
    assert (made["Success"], made["ErrorCode"], made["Status"]) == (True, "0", "NEW")
    assert made["PaymentURL"] == f"{bank.url}/pay/{made['PaymentId']}"
    assert made["PaymentId"].isdecimal()
    bank.payer(made["PaymentId"], act="pay")
    paid = terminal.ask("GetState", PaymentId=made["PaymentId"])
    assert (paid["Status"], paid["Amount"], paid["OrderId"]) == ("CONFIRMED", 34567, "order-1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Token": "0" * 64}, "204"), ({"Amount": 99}, "251"), ({"Amount": "34567"}, "9"),
        ({"Amount": 10**10}, "9"), ({"OrderId": "x" * 37}, "9"), ({"OrderId": ""}, "9"),
        ({"SuccessURL": "here"}, "9"), ({"Misspelt": "x"}, "9"), ({"PayType": "Z"}, "9"),
        ({"Recurrent": "Y"}, "9"), ({"Description": "x" * 141}, "9"),
        ({"RedirectDueDate": "2026-11-24T12:00:30+03:00"}, "9"),
        ({"RedirectDueDate": "2027-11-24T12:00:00+03:00"}, "9"),
        ({"RedirectDueDate": "soon"}, "9"), ({"DATA": {"x" * 21: "y"}}, "9"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_by_its_code(bank, terminal, changes, code):
    answer = terminal.init(**changes)
    assert (answer["Success"], answer["ErrorCode"]) == (False, code)
    assert bank.truth()["payments"] == []


def test_a_stranger_sees_nothing(bank, terminal):
    made = terminal.init()
    stranger = Terminal(bank.url, OTHER_SHOP, OTHER_SECRET)
    assert stranger.ask("GetState", PaymentId=made["PaymentId"])["ErrorCode"] == "255"
    assert stranger.ask("CheckOrder", OrderId="order-1")["ErrorCode"] == "255"
    assert Terminal(bank.url, "nobody").init()["ErrorCode"] == "202"


def test_the_page_of_a_payment_lives_as_long_as_it_was_asked_to(bank, terminal):
    short = terminal.init(RedirectDueDate="2026-11-24T12:10:00+03:00")
    usual = terminal.init(OrderId="order-2")
    bank.advance(600)
    assert [terminal.status(one) for one in (short, usual)] == ["DEADLINE_EXPIRED", "NEW"]
    bank.advance(24 * 3600)
    assert terminal.status(usual) == "DEADLINE_EXPIRED"


def test_a_second_order_of_a_number_is_refused_or_becomes_a_twin(bank, terminal):
    terminal.init()
    assert terminal.init()["ErrorCode"] == "20"
    with Simulator(
        shops=[Shop(SHOP, SECRET)], options=Options(tbank=TBankWays(same_order="twin"))
    ) as other:
        twins = Terminal(other.url)
        numbers = {twins.init()["PaymentId"] for _ in range(2)}
        listed = twins.ask("CheckOrder", OrderId="order-1")["Payments"]
        assert {one["PaymentId"] for one in listed} == numbers
        assert len(numbers) == 2


def test_an_order_lists_its_payments_in_another_spelling(bank, terminal):
    made = terminal.init()
    found = terminal.ask("CheckOrder", OrderId="order-1")
    (listed,) = found["Payments"]
    assert (found["Success"], found["ErrorCode"]) == (True, "0")
    assert (listed["PaymentId"], listed["Success"], listed["ErrorCode"]) == (
        made["PaymentId"], "true", 0,
    )  # fmt: skip


def test_a_page_takes_three_cards_and_says_so_each_time(bank, terminal, site):
    made = terminal.init()
    for _ in range(2):
        bank.payer(made["PaymentId"], act="decline", reason="insufficient_funds")
        told = terminal.ask("GetState", PaymentId=made["PaymentId"])
        assert (told["Status"], told["Success"], told["ErrorCode"]) == ("REJECTED", False, "1051")
    bank.payer(made["PaymentId"], act="decline", reason="fraud_suspected")
    assert terminal.status(made) == "ATTEMPTS_EXPIRED"
    site.body = b"OK"
    bank.deliver_due()
    told = [body["Status"] for _, body in site.received]
    assert sorted(told) == ["ATTEMPTS_EXPIRED", "REJECTED", "REJECTED"]


def test_with_one_try_a_refused_card_is_the_end():
    with Simulator(shops=[Shop(SHOP, SECRET)], options=Options(tbank=TBankWays(tries=1))) as bank:
        terminal = Terminal(bank.url)
        made = terminal.init()
        bank.payer(made["PaymentId"], act="decline", reason="general_decline")
        assert terminal.status(made) == "REJECTED"
        assert bank.truth()["payments"][0]["state"] == "cancelled"


def test_one_method_closes_a_page_lets_money_go_and_gives_it_back(bank, terminal):
    bank.plan_refunds(RefundPlan(after=timedelta(minutes=1)), count=2)
    page, held, paid = (
        terminal.init(OrderId=name, PayType=kind)
        for name, kind in (("a", "O"), ("b", "T"), ("c", "O"))
    )
    for one in (held, paid):
        bank.payer(one["PaymentId"], act="pay")
    assert terminal.ask("Cancel", PaymentId=page["PaymentId"])["Status"] == "CANCELED"
    assert terminal.status(held) == "AUTHORIZED"
    assert terminal.ask("Cancel", PaymentId=held["PaymentId"])["Status"] == "REVERSED"
    for _ in range(2):
        part = terminal.ask(
            "Cancel", PaymentId=paid["PaymentId"], Amount=10_000, ExternalRequestId="r-1"
        )
    assert (part["Status"], part["NewAmount"]) == ("REFUNDING", 24_567)
    bank.advance(60)
    assert terminal.status(paid) == "PARTIAL_REFUNDED"
    too_much = terminal.ask("Cancel", PaymentId=paid["PaymentId"], Amount=30_000)
    assert too_much["ErrorCode"] == "330"
    terminal.ask("Cancel", PaymentId=paid["PaymentId"])
    bank.advance(60)
    assert terminal.status(paid) == "REFUNDED"
    assert terminal.ask("Cancel", PaymentId=page["PaymentId"])["ErrorCode"] == "8"


def test_held_money_is_taken_by_the_shop(bank, terminal):
    made = terminal.init(PayType="T")
    assert terminal.ask("Confirm", PaymentId=made["PaymentId"])["ErrorCode"] == "8"
    bank.payer(made["PaymentId"], act="pay")
    assert terminal.ask("Confirm", PaymentId=made["PaymentId"])["Status"] == "CONFIRMED"


@pytest.mark.parametrize(("repeats", "tries"), [("day", 25), ("month", 25 + 29)])
def test_a_notice_that_is_not_answered_ok_is_repeated_as_one_of_two_texts_says(repeats, tries):
    site = ShopSite()
    ways = TBankWays(repeats=repeats)
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(shops=shops, starts_at=MORNING, options=Options(tbank=ways)) as bank:
        terminal = Terminal(bank.url)
        bank.payer(terminal.init()["PaymentId"], act="pay")
        bank.advance(40 * 24 * 3600)
        assert len(bank.deliver_due()) == tries
        (told,) = bank.truth()["notifications"]
        assert told["state"] == "given_up"
    site.stop()


def test_a_notice_is_signed_and_ended_by_two_letters(bank, terminal, site):
    site.body = b"OK"
    made = terminal.init()
    bank.payer(made["PaymentId"], act="pay")
    assert [one.accepted for one in bank.deliver_due()] == [True]
    ((_, body),) = site.received
    assert body["Token"] == token_of(body, SECRET)
    assert (body["Status"], body["PaymentId"]) == ("CONFIRMED", int(made["PaymentId"]))
    assert body["Pan"] == "555555******4477"


def test_a_lie_the_notices_have_no_room_for_is_refused(bank, terminal):
    made = terminal.init()
    for lie in ("currency", "test_flag"):
        answer = httpx.post(
            f"{bank.url}/_sim/webhook", json={"forge": lie, "payment": made["PaymentId"]}
        )
        assert answer.status_code == 400
    assert bank.truth()["notifications"] == []
