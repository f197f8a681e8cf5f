"""Refunds: pending at first, then done, or silently not."""

from datetime import timedelta

import pytest

from bank_simulator import RefundPlan


@pytest.fixture
def paid(bank, merchant, site):
    made = merchant.create()
    bank.payer(made["id"], act="pay")
    bank.deliver_due()
    site.received.clear()
    return made["id"]


def test_a_refund_is_pending_and_then_done(bank, merchant, site, paid):
    refund = merchant.refund(paid, "100.00").json()
    assert refund["status"] == "pending"
    assert refund["payment_id"] == paid
    assert merchant.payment(paid)["refunded_amount"]["value"] == "0.00"
    bank.advance(60)
    assert merchant.get(f"/v3/refunds/{refund['id']}").json()["status"] == "succeeded"
    shown = merchant.payment(paid)
    assert shown["status"] == "succeeded"
    assert shown["refunded_amount"]["value"] == "100.00"
    assert shown["refundable"] is True
    bank.deliver_due()
    assert site.events == ["refund.succeeded"]
    assert site.objects[0]["id"] == refund["id"]
    assert bank.truth()["totals"][0]["refunded"] == 10000


@pytest.mark.parametrize(
    "reason", ["insufficient_funds", "general_decline", "rejected_by_payee", "rejected_by_timeout"]
)
def test_a_cancelled_refund_is_never_told_of(bank, merchant, site, paid, reason):
    bank.plan_refunds(RefundPlan(refusal=reason))
    refund = merchant.refund(paid).json()
    assert refund["status"] == "pending"
    bank.advance(48 * 3600)
    bank.deliver_due()
    assert site.received == []
    gone = merchant.get(f"/v3/refunds/{refund['id']}").json()
    assert gone["status"] == "canceled"
    assert gone["cancellation_details"]["reason"] == reason
    assert bank.truth()["totals"][0]["refunded"] == 0
    assert merchant.payment(paid)["refundable"] is True
    assert merchant.refund(paid).json()["status"] == "pending"


def test_a_refund_can_be_final_at_once(bank, merchant, paid):
    bank.plan_refunds(RefundPlan(after=timedelta(0)))
    assert merchant.refund(paid).json()["status"] == "succeeded"


def test_parts_never_exceed_the_payment(bank, merchant, paid):
    assert merchant.refund(paid, "200.00").status_code == 200
    more = merchant.refund(paid, "145.68")
    assert (more.status_code, more.json()["parameter"]) == (400, "amount.value")
    assert merchant.refund(paid, "145.67").status_code == 200
    bank.advance(60)
    assert merchant.refund(paid, "1.00").status_code == 400
    shown = merchant.payment(paid)
    assert shown["refunded_amount"]["value"] == "345.67"
    assert shown["refundable"] is False


def test_money_that_was_not_taken_cannot_be_returned(bank, merchant):
    made = merchant.create(capture=False)
    assert merchant.refund(made["id"]).status_code == 400
    bank.payer(made["id"], act="pay")
    assert merchant.refund(made["id"]).status_code == 400
    assert merchant.refund("unknown").json()["parameter"] == "payment_id"


def test_the_refund_of_another_shop_is_not_found(merchant, other_merchant, paid):
    refund = merchant.refund(paid).json()
    assert other_merchant.get(f"/v3/refunds/{refund['id']}").status_code == 404
    assert other_merchant.get("/v3/refunds").json()["items"] == []
