"""Notifications: told with the event, repeated for a day, in no promised order."""

from datetime import UTC, datetime

import httpx
import pytest
from bank_world import MORNING, RETURN_URL, SECRET, SHOP, ShopSite

from bank_simulator import Mischief, Options, Shop, Simulator


def pay(bank, merchant, **changes):
    made = merchant.create(**changes)
    bank.payer(made["id"], act="pay")
    return made["id"]


def test_success_is_told_with_the_whole_payment(bank, merchant, site):
    paid = pay(bank, merchant)
    assert site.received == []
    (delivery,) = bank.deliver_due()
    assert delivery.accepted
    path, body = site.received[0]
    assert path == "/hook"
    assert body["type"] == "notification"
    assert body["event"] == "payment.succeeded"
    assert body["object"] == merchant.payment(paid)
    assert bank.deliver_due() == []


def test_each_event_has_its_name(bank, merchant, site):
    held = pay(bank, merchant, capture=False)
    bank.deliver_due()
    merchant.post(f"/v3/payments/{held}/capture")
    bank.deliver_due()
    merchant.create()
    bank.advance(3600)
    bank.deliver_due()
    assert site.events == [
        "payment.waiting_for_capture",
        "payment.succeeded",
        "payment.canceled",
    ]


def attempts(bank):
    (told,) = bank.truth()["notifications"]
    return told, [
        int((datetime.fromisoformat(tried["at"]) - MORNING).total_seconds() // 60)
        for tried in told["deliveries"]
    ]


def test_a_notification_is_repeated_by_the_clock(bank, merchant, site):
    pay(bank, merchant)
    site.status = 500
    assert len(bank.deliver_due()) == 1
    assert bank.deliver_due() == []
    for minutes in (1, 5, 15, 60, 60):
        bank.advance(minutes * 60 - 1)
        assert bank.deliver_due() == []
        bank.advance(1)
        assert len(bank.deliver_due()) == 1
    told, minutes = attempts(bank)
    assert minutes == [0, 1, 6, 21, 81, 141]
    assert told["state"] == "waiting"
    site.status = 200
    bank.advance(3600)
    assert bank.deliver_due()[0].accepted
    bank.advance(3600 * 24)
    assert bank.deliver_due() == []


def test_the_bank_gives_up_after_a_day(bank, merchant, site):
    pay(bank, merchant)
    site.status = 302
    bank.advance(48 * 3600)
    tries = bank.deliver_due()
    told, minutes = attempts(bank)
    assert len(tries) == len(minutes) == 27
    assert minutes[-1] == 81 + 22 * 60 <= 24 * 60
    assert told["state"] == "given_up"
    assert {tried["status"] for tried in told["deliveries"]} == {302}


def test_a_shop_that_does_not_listen_is_booked_without_a_status(merchant_at):
    site = ShopSite()
    site.stop()
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(shops=shops, starts_at=MORNING) as bank:
        merchant = merchant_at(bank.url)
        pay(bank, merchant)
        (delivery,) = bank.deliver_due()
        assert delivery.status is None
        assert "refused" in delivery.problem


def test_a_shop_may_ask_the_bank_from_inside_the_notification(bank, merchant, site):
    asked = []
    site.on_receive = lambda body: asked.append(merchant.payment(body["object"]["id"])["status"])
    pay(bank, merchant)
    bank.deliver_due()
    assert asked == ["succeeded"]


def test_a_shop_without_an_address_is_told_nothing(merchant_at):
    with Simulator(shops=[Shop(SHOP, SECRET)], starts_at=MORNING) as bank:
        merchant = merchant_at(bank.url)
        pay(bank, merchant)
        assert bank.deliver_due() == []
        assert bank.truth()["notifications"][0]["state"] == "nowhere"


def test_the_seed_decides_the_order_of_what_is_due_together(site, merchant_at):
    orders = []
    for seed in (1, 1, 2, 3):
        site.received.clear()
        with Simulator(seed=seed, shops=[Shop(SHOP, SECRET, site.url)], starts_at=MORNING) as bank:
            merchant = merchant_at(bank.url)
            paid = [pay(bank, merchant) for _ in range(6)]
            bank.deliver_due()
        orders.append([paid.index(told["id"]) for told in site.objects])
    assert orders[0] == orders[1]
    assert any(order != sorted(order) for order in orders)
    assert all(sorted(order) == list(range(6)) for order in orders)


def test_many_can_be_delivered_side_by_side(bank, merchant, site):
    paid = {pay(bank, merchant) for _ in range(30)}
    assert len(bank.deliver_due(workers=8)) == 30
    assert {told["id"] for told in site.objects} == paid
    assert len(site.received) == 30


def test_notifications_come_from_the_configured_address(site, merchant_at):
    options = Options(sends_from="127.0.0.1")
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(shops=shops, starts_at=MORNING, options=options) as bank:
        merchant = merchant_at(bank.url)
        pay(bank, merchant)
        assert bank.deliver_due()[0].accepted
    assert site.peers == ["127.0.0.1"]


def test_left_to_itself_the_bank_delivers_with_real_time(site, merchant_at):
    from threading import Event

    told = Event()
    site.on_receive = lambda _body: told.set()
    options = Options(delivery="by_itself")
    with Simulator(shops=[Shop(SHOP, SECRET, site.url)], options=options) as bank:
        merchant = merchant_at(bank.url)
        before = datetime.now(UTC)
        pay(bank, merchant)
        assert told.wait(10)
        made = datetime.fromisoformat(bank.truth()["payments"][0]["created_at"])
        assert abs((made - before).total_seconds()) < 10


# Orders


def test_a_notification_can_be_doubled(bank, merchant, site):
    bank.mischief(Mischief(duplicate=2))
    pay(bank, merchant)
    pay(bank, merchant)
    bank.deliver_due()
    assert len(site.received) == 4


def test_a_notification_can_be_lost_for_ever(bank, merchant, site):
    bank.mischief(Mischief(drop=True, event="payment.succeeded"))
    paid = pay(bank, merchant)
    bank.advance(48 * 3600)
    assert bank.deliver_due() == []
    assert merchant.payment(paid)["status"] == "succeeded"
    assert bank.truth()["notifications"][0]["state"] == "dropped"


def test_a_notification_can_be_late(bank, merchant, site):
    bank.mischief(Mischief(delay=3600))
    pay(bank, merchant)
    bank.advance(3599)
    assert bank.deliver_due() == []
    bank.advance(1)
    assert bank.deliver_due()[0].accepted


def test_notifications_can_come_in_reverse(bank, merchant, site):
    bank.mischief(Mischief(reorder=3))
    paid = []
    for _ in range(3):
        assert bank.deliver_due() == []
        paid.append(pay(bank, merchant))
        bank.advance(60)
    paid.append(pay(bank, merchant))
    bank.deliver_due()
    assert [told["id"] for told in site.objects] == [paid[2], paid[1], paid[0], paid[3]]


def test_a_group_that_does_not_fill_up_is_not_lost(bank, merchant, site):
    bank.mischief(Mischief(reorder=3))
    pay(bank, merchant)
    bank.advance(3600)
    assert len(bank.deliver_due()) == 1


def test_a_notification_can_go_elsewhere(bank, merchant, site):
    other = ShopSite()
    bank.mischief(Mischief(to=other.url))
    pay(bank, merchant)
    bank.deliver_due()
    other.stop()
    assert (len(other.received), len(site.received)) == (1, 0)


@pytest.mark.parametrize("lie", ["amount", "currency", "unknown_id", "foreign_shop", "test_flag"])
def test_a_forged_notification_lies_and_the_bank_does_not(bank, merchant, site, lie):
    paid = pay(bank, merchant)
    bank.deliver_due()
    truth = site.objects[0]
    bank.forge(paid, lie=lie)
    bank.deliver_due()
    forged = site.objects[1]
    assert site.events[1] == "payment.succeeded"
    changed = {name for name in truth if truth[name] != forged[name]}
    assert (
        changed
        == {
            "amount": {"amount"},
            "currency": {"amount"},
            "unknown_id": {"id"},
            "foreign_shop": {"id", "recipient"},
            "test_flag": {"test"},
        }[lie]
    )
    assert merchant.payment(paid) == truth
    if "id" in changed:
        assert merchant.get(f"/v3/payments/{forged['id']}").status_code == 404
    assert [told["forged"] for told in bank.truth()["notifications"]] == ["", lie]


def test_a_forger_can_claim_success_of_a_payment_nobody_paid(bank, merchant, site):
    made = merchant.create()
    bank.forge(made["id"], lie="status")
    bank.deliver_due()
    assert site.objects[0]["status"] == "succeeded"
    assert merchant.payment(made["id"])["status"] == "pending"
    assert bank.truth()["movements"] == []


def test_a_lying_copy_can_accompany_or_replace_the_true_one(bank, merchant, site):
    bank.mischief(Mischief(forge="amount"))
    pay(bank, merchant)
    bank.deliver_due()
    assert sorted(told["amount"]["value"] for told in site.objects) == ["345.67", "3456.70"]
    site.received.clear()
    bank.mischief(Mischief(forge="amount", drop=True))
    pay(bank, merchant)
    bank.deliver_due()
    assert [told["amount"]["value"] for told in site.objects] == ["3456.70"]


def test_the_notification_can_overtake_the_create_answer(bank, merchant, site):
    seen = []
    site.on_receive = lambda body: seen.append(body["object"]["id"])
    bank.pay_before_answer()
    made = merchant.create()
    assert seen == [made["id"]]
    assert made["status"] == "pending"
    assert made["confirmation"]["return_url"] == RETURN_URL
    assert merchant.payment(made["id"])["status"] == "succeeded"
    merchant.create()
    assert bank.deliver_due() == []


def test_orders_can_be_given_over_http(bank, merchant, site):
    def order(body):
        return httpx.post(f"{bank.url}/_sim/webhook", json=body)

    assert order({"duplicate": 1, "count": 2}).status_code == 200
    pay(bank, merchant)
    paid = pay(bank, merchant)
    answer = httpx.post(f"{bank.url}/_sim/deliver", json={})
    assert len(answer.json()["deliveries"]) == 4
    assert {done["status"] for done in answer.json()["deliveries"]} == {200}
    assert order({"forge": "amount", "payment": paid}).status_code == 200
    assert len(bank.deliver_due()) == 1
    assert order({"before_create_answer": True}).status_code == 200
    merchant.create()
    assert len(site.received) == 6
    for wrong in (
        {"forge": "colour"},
        {"forge": "amount", "payment": "unknown"},
        {"forge": "amount", "payment": paid, "delay": 5},
        {"reorder": 1},
        {"dup": 1},
        {"count": 0},
    ):
        assert order(wrong).status_code == 400
