"""kill -9 while money goes back: it goes once, and the ledger agrees with the bank."""

from datetime import timedelta
from uuid import UUID

import pytest
from killable import kill_at

from abonent.domain.identity.models import User
from abonent.domain.payments import operations
from abonent.domain.payments.models import Refund
from abonent.domain.payments.operations import RefundInFlight, RefundTooLarge
from paying import NOW, charge

pytestmark = pytest.mark.django_db(transaction=True)
KEY = UUID("11111111-1111-4111-8111-111111111111")
POINTS = [
    "refund.inserted", "refund.committed", "refund.sending", "refund.after_provider_answer",
    "refund.row_updated",
]  # fmt: skip


@pytest.fixture
def told(world, bank):
    """What a clerk orders: 200 of 500 ₽ go back."""
    charge(world, 120_000)
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    clerk = User.objects.create_user(login="clerk", password=None)
    return {
        "supplier_id": world.supplier.pk, "payment_id": view.id, "account_id": world.flat.pk,
        "amount": 20_000, "why": "ошибка", "key": KEY, "actor_id": clerk.pk,
    }  # fmt: skip


def given_back(bank):
    return [one["amount"] for one in bank.simulator.truth()["refunds"]]


def janitor(bank, *minutes):
    for minute in minutes:
        operations.settle_awaiting(now=bank.at(NOW + timedelta(minutes=minute)))


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_refund_is_ordered(world, bank, told, point):
    kill_at(point, bank, "refund_payment", **told, now=NOW)
    assert Refund.objects.count() == int(point != "refund.inserted")
    # The clerk sends the form once more; that it stands already is an answer too.
    try:
        operations.refund_payment(**told, now=NOW + timedelta(minutes=1))
    except (RefundInFlight, RefundTooLarge):
        assert Refund.objects.count() == 1
    janitor(bank, 2, 5, 15, 40, 100)
    assert given_back(bank) == [20_000]
    assert Refund.objects.get().state == "done"
    assert world.owes() == 120_000 - 50_000 + 20_000
    assert world.broken() == {}


@pytest.mark.parametrize("point", ["refund.row_updated", "refund.posted"])
def test_killed_while_a_refund_is_recorded(world, bank, told, point):
    operations.refund_payment(**told, now=NOW)
    kill_at(point, bank, "settle_awaiting", now=bank.at(NOW + timedelta(minutes=5)))
    assert world.owes() == 120_000 - 50_000
    janitor(bank, 6, 15, 40, 100)
    assert given_back(bank) == [20_000]
    assert world.owes() == 120_000 - 50_000 + 20_000
    assert world.broken() == {}
