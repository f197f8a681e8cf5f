"""The control API: exact orders, and nobody from outside."""

from contextlib import closing
from datetime import date

import httpx
import pytest
from bank_world import MORNING, SECRET, SHOP, Merchant, order, payment

from bank_simulator import Options, Shop, Simulator
from bank_simulator.web import Request


def ask(bank, peer, **headers):
    """Ask for the truth as if the connection came from the address."""
    return bank.answer(Request("GET", "/_sim/truth", headers=headers, peer=peer)).status


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(bank, peer):
    assert ask(bank, peer) == 200


@pytest.mark.parametrize("peer", ["10.0.0.5", "192.168.1.1", "::ffff:10.0.0.5", "fe80::1%eth0"])
def test_another_machine_is_not(bank, peer):
    assert ask(bank, peer) == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_what_came_through_a_proxy_is_not(bank, header):
    assert ask(bank, "127.0.0.1", **{header: "10.0.0.5"}) == 403


def test_a_page_of_another_site_cannot_give_orders(bank):
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = httpx.post(f"{bank.url}/_sim/reset", content="{}", headers={"Content-Type": kind})
        assert answer.status_code == 415


def test_the_control_can_be_switched_off():
    with Simulator(options=Options(control="off")) as bank:
        assert httpx.get(f"{bank.url}/_sim/truth").status_code == 404
        assert order(bank, "/_sim/reset", {}).status_code == 404


def test_the_payer_can_be_played(bank, merchant):
    ends = {}
    for act, extra in (
        ("pay", {}),
        ("decline", {"reason": "insufficient_funds"}),
        ("close", {}),
        ("pay_late", {"after": 60}),
    ):
        made = merchant.create()
        answer = order(bank, "/_sim/payer", {"payment": made["id"], "act": act, **extra})
        assert answer.status_code == 200, answer.text
        ends[act] = made["id"]
    assert merchant.payment(ends["pay"])["status"] == "succeeded"
    gone = merchant.payment(ends["decline"])
    assert gone["cancellation_details"]["reason"] == "insufficient_funds"
    assert merchant.payment(ends["close"])["status"] == "pending"
    order(bank, "/_sim/clock", {"advance": 3661})
    assert merchant.payment(ends["pay_late"])["status"] == "succeeded"
    assert merchant.payment(ends["close"])["status"] == "canceled"


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "pay"},
        {"payment": "unknown", "act": "pay"},
        {"payment": "PAID", "act": "pay"},
        {"payment": "OPEN", "act": "steal"},
        {"payment": "OPEN", "act": "decline", "reason": "bad mood"},
        {"payment": "OPEN", "act": "decline", "reason": "canceled_by_merchant"},
        {"payment": "OPEN", "act": "pay", "card": "4111"},
    ],
)
def test_an_impossible_act_is_refused_with_the_reason(bank, merchant, wrong):
    paid, pending = merchant.create()["id"], merchant.create()["id"]
    bank.payer(paid, act="pay")
    named = {"PAID": paid, "OPEN": pending}
    body = {name: named.get(value, value) for name, value in wrong.items()}
    answer = order(bank, "/_sim/payer", body)
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert merchant.payment(pending)["status"] == "pending"


def test_the_clock_is_moved_by_seconds_or_to_a_moment(bank):
    assert order(bank, "/_sim/clock", {"advance": 90.5}).json()["now"] == "2026-11-24T09:01:30.500Z"
    moved = order(bank, "/_sim/clock", {"to": "2026-11-25T00:00:00+03:00"})
    assert moved.json()["now"] == "2026-11-24T21:00:00.000Z"
    assert httpx.get(f"{bank.url}/_sim/clock").json()["now"] == "2026-11-24T21:00:00.000Z"
    for wrong in (
        {"advance": -1},
        {"to": "2026-11-24T09:00:00Z"},
        {"to": "2026-11-25T00:00:00"},
        {"advance": "1"},
        {"advance": True},
        {},
    ):
        assert order(bank, "/_sim/clock", wrong).status_code == 400


def test_refunds_and_kept_cards_are_planned(bank, merchant):
    made = merchant.create(save_payment_method=True)
    bank.payer(made["id"], act="pay")
    plan = {"outcome": "canceled", "reason": "rejected_by_payee", "after": 0}
    assert order(bank, "/_sim/refund", plan).status_code == 200
    assert merchant.refund(made["id"], "1.00").json()["status"] == "canceled"
    spoil = {"method": made["id"], "refusal": "permission_revoked"}
    assert order(bank, "/_sim/method", spoil).status_code == 200
    charged = merchant.create(confirmation=None, payment_method_id=made["id"])
    assert charged["status"] == "canceled"
    assert order(bank, "/_sim/receipts", {"stuck": True}).status_code == 200
    for path, wrong in (
        ("/_sim/refund", {"outcome": "lost"}),
        ("/_sim/refund", {"outcome": "canceled", "reason": "bad mood"}),
        ("/_sim/method", {"method": "unknown", "refusal": ""}),
        ("/_sim/method", {"method": made["id"], "refusal": "bad mood"}),
        ("/_sim/nothing", {}),
    ):
        assert order(bank, path, wrong).status_code in (400, 404)


def test_the_registry_is_the_money_of_a_moscow_day(bank, merchant):
    order(bank, "/_sim/clock", {"to": "2026-11-24T23:59:59+03:00"})
    first = merchant.create()["id"]
    bank.payer(first, act="pay")
    declined = merchant.create()["id"]
    bank.payer(declined, act="decline", reason="general_decline")
    bank.advance(1)
    second = merchant.create(description="за «октябрь»; два")["id"]
    bank.payer(second, act="pay")
    merchant.refund(first, "100.05")
    bank.advance(60)

    def lines(day):
        answer = httpx.get(f"{bank.url}/_sim/registry", params={"day": day})
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        return [line.split(";") for line in answer.text.strip().split("\r\n")]

    head, *rows = lines("2026-11-24")
    assert head[:8] == [
        "kind",
        "payment_id",
        "refund_id",
        "shop_id",
        "made_at",
        "amount",
        "fee",
        "net",
    ]
    assert [row[:2] + row[5:8] for row in rows] == [["capture", first, "345.67", "9.68", "335.99"]]
    _, *rows = lines("2026-11-25")
    assert [row[:2] + row[5:8] for row in rows] == [
        ["capture", second, "345.67", "9.68", "335.99"],
        ["refund", first, "-100.05", "0.00", "-100.05"],
    ]
    assert lines("2026-11-26")[1:] == []
    assert httpx.get(f"{bank.url}/_sim/registry").status_code == 400
    assert httpx.get(f"{bank.url}/_sim/registry", params={"day": "24.11.2026"}).status_code == 400


def test_reset_makes_a_new_bank_of_the_same_seed(bank, merchant):
    first = merchant.post("/v3/payments", payment(), key="op-1").json()
    bank.payer(first["id"], act="pay")
    order(bank, "/_sim/fault", {"where": "before", "kind": "500"})
    order(bank, "/_sim/clock", {"advance": 5000})
    assert order(bank, "/_sim/reset", {}).json()["now"] == "2026-11-24T09:00:00.000Z"
    truth = bank.truth()
    assert (truth["payments"], truth["movements"], truth["notifications"]) == ([], [], [])
    assert bank.faults_left() == []
    # The key is forgotten too, and the first identifier of the seed comes again.
    other = payment(description="другое")
    assert merchant.post("/v3/payments", other, key="op-1").json()["id"] == first["id"]


def story(seed):
    """Live a short history and return its whole truth."""
    with (
        Simulator(seed=seed, shops=[Shop(SHOP, SECRET)], starts_at=MORNING) as bank,
        closing(Merchant(bank.url)) as merchant,
    ):
        made = merchant.create()
        bank.payer(made["id"], act="pay")
        merchant.refund(made["id"])
        bank.advance(60)
        return bank.truth(), bank.registry(date(2026, 11, 24))


def test_a_history_is_repeated_by_its_seed():
    truth, registry = story(3)
    again, registry_again = story(3)
    other, _ = story(4)
    assert (truth, registry) == (again, registry_again)
    assert truth["payments"][0]["id"] != other["payments"][0]["id"]
