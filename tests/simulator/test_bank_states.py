"""The life of a payment by the virtual clock, and every way it can end."""

import sqlite3
from datetime import timedelta

import pytest

from bank_simulator.records import BankRefusal
from bank_simulator.words import REASONS, declinable


def captured(bank):
    return [move["amount"] for move in bank.truth()["movements"] if move["kind"] == "capture"]


def test_a_one_step_payment_succeeds_at_once(bank, merchant):
    made = merchant.create()
    bank.advance(90)
    bank.payer(made["id"], act="pay")
    paid = merchant.payment(made["id"])
    assert paid["status"] == "succeeded"
    assert paid["paid"] is True
    assert paid["refundable"] is True
    assert paid["captured_at"] == "2026-11-24T09:01:30.000Z"
    assert paid["income_amount"] == {"value": "335.99", "currency": "RUB"}
    assert paid["refunded_amount"]["value"] == "0.00"
    assert paid["payment_method"]["card"]["first6"] == "555555"
    assert paid["payment_method"]["card"]["last4"] == "4477"
    assert paid["authorization_details"]["three_d_secure"] == {"applied": True}
    assert len(paid["authorization_details"]["rrn"]) == 12
    assert "confirmation" not in paid
    assert captured(bank) == [34567]


def test_capture_is_off_unless_asked_for(bank, merchant):
    made = merchant.create(capture=None)
    bank.payer(made["id"], act="pay")
    held = merchant.payment(made["id"])
    assert held["status"] == "waiting_for_capture"
    assert held["paid"] is True
    assert held["refundable"] is False
    assert held["expires_at"] == "2026-12-01T09:00:00.000Z"
    assert captured(bank) == []
    answer = merchant.post(f"/v3/payments/{made['id']}/capture")
    assert answer.json()["status"] == "succeeded"
    assert captured(bank) == [34567]


def test_a_part_of_held_money_can_be_taken(bank, merchant):
    made = merchant.create(capture=False)
    bank.payer(made["id"], act="pay")
    path = f"/v3/payments/{made['id']}/capture"
    more = merchant.post(path, {"amount": {"value": "345.68", "currency": "RUB"}})
    assert (more.status_code, more.json()["parameter"]) == (400, "amount.value")
    part = merchant.post(path, {"amount": {"value": "100.00", "currency": "RUB"}}).json()
    assert part["amount"]["value"] == "100.00"
    assert captured(bank) == [10000]
    assert merchant.post(path).status_code == 400
    assert captured(bank) == [10000]


def test_held_money_can_be_let_go(bank, merchant):
    made = merchant.create(capture=False)
    assert merchant.post(f"/v3/payments/{made['id']}/cancel").status_code == 400
    bank.payer(made["id"], act="pay")
    gone = merchant.post(f"/v3/payments/{made['id']}/cancel").json()
    assert gone["status"] == "canceled"
    assert gone["cancellation_details"] == {"party": "merchant", "reason": "canceled_by_merchant"}
    assert merchant.post(f"/v3/payments/{made['id']}/capture").status_code == 400
    assert captured(bank) == []


def test_the_payer_has_an_hour(bank, merchant):
    made = merchant.create()
    bank.advance(3599)
    assert merchant.payment(made["id"])["status"] == "pending"
    bank.advance(1)
    gone = merchant.payment(made["id"])
    assert gone["status"] == "canceled"
    assert gone["cancellation_details"]["reason"] == "expired_on_confirmation"
    assert gone["paid"] is False
    with pytest.raises(BankRefusal):
        bank.payer(made["id"], act="pay")
    assert captured(bank) == []


def test_held_money_is_let_go_after_a_week(bank, merchant):
    made = merchant.create(capture=False)
    bank.payer(made["id"], act="pay")
    bank.advance(7 * 24 * 3600)
    gone = merchant.payment(made["id"])
    assert gone["cancellation_details"]["reason"] == "expired_on_capture"


@pytest.mark.parametrize("reason", sorted(declinable()))
def test_a_payment_can_be_declined_for_any_reason(bank, merchant, reason):
    made = merchant.create()
    bank.payer(made["id"], act="decline", reason=reason)
    gone = merchant.payment(made["id"])
    assert gone["status"] == "canceled"
    assert gone["cancellation_details"]["reason"] == reason
    assert gone["cancellation_details"]["party"] in ("yoo_money", "payment_network")
    assert captured(bank) == []


def test_all_twenty_reasons_of_the_vendor_are_known():
    assert len(REASONS) == 20


def test_money_can_come_after_the_hour(bank, merchant):
    made = merchant.create()
    bank.payer(made["id"], act="pay_late", after=timedelta(hours=2))
    bank.advance(3600)
    assert merchant.payment(made["id"])["status"] == "canceled"
    bank.advance(2 * 3600 - 1)
    assert merchant.payment(made["id"])["status"] == "canceled"
    bank.advance(3600)
    late = merchant.payment(made["id"])
    assert late["status"] == "succeeded"
    assert late["captured_at"] == "2026-11-24T12:00:00.000Z"
    assert "cancellation_details" not in late
    assert captured(bank) == [34567]


def test_an_expired_payment_can_be_paid_late_at_once(bank, merchant):
    made = merchant.create()
    bank.advance(3600 + 301)
    bank.payer(made["id"], act="pay_late")
    assert merchant.payment(made["id"])["status"] == "succeeded"
    with pytest.raises(BankRefusal):
        bank.payer(made["id"], act="pay_late")
    assert captured(bank) == [34567]


def test_late_money_does_not_come_to_a_payment_that_ended_otherwise(bank, merchant):
    declined, paid = merchant.create(), merchant.create()
    for made in (declined, paid):
        bank.payer(made["id"], act="pay_late")
    bank.payer(declined["id"], act="decline", reason="general_decline")
    bank.payer(paid["id"], act="pay")
    bank.advance(24 * 3600)
    assert merchant.payment(declined["id"])["status"] == "canceled"
    assert captured(bank) == [34567]


def test_a_jump_of_the_clock_books_everything_at_its_own_moment(bank, merchant):
    merchant.create()
    late = merchant.create()
    bank.payer(late["id"], act="pay_late")
    bank.advance(30 * 24 * 3600)
    truth = bank.truth()
    assert [row["cancelled_at"] for row in truth["payments"]] == ["2026-11-24T10:00:00.000Z"] * 2
    assert [move["at"] for move in truth["movements"]] == ["2026-11-24T10:05:00.000Z"]


def test_the_clock_does_not_run_backwards(bank):
    with pytest.raises(ValueError, match="forward"):
        bank.advance(-1)


def test_the_file_itself_refuses_to_take_money_twice(bank, merchant):
    made = merchant.create()
    bank.payer(made["id"], act="pay")
    (move,) = bank.truth()["movements"]
    twin = {name: value for name, value in move.items() if name != "seq"}
    with pytest.raises(sqlite3.IntegrityError), bank.store.transaction():
        bank.store.insert("movements", twin)
    assert captured(bank) == [34567]
