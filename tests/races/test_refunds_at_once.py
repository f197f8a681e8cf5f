"""Refunds of one payment at once: one is under way at a time, and never more than was paid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from abonent.common.refusals import Refusal
from abonent.domain.identity.models import User
from abonent.domain.payments import operations
from paying import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, act):
    start = Barrier(count)

    def run(_):
        start.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize(("amount", "most"), [(50_000, 1), (20_000, 2)])
def test_each_refund_tried_many_times_at_once_goes_back_once(world, bank, amount, most):
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    clerk = User.objects.create_user(login="clerk", password=None).pk
    for turn in range(3):
        moment = bank.at(NOW + timedelta(minutes=10 * turn))
        results = at_once(
            6,
            lambda moment=moment: operations.refund_payment(
                supplier_id=world.supplier.pk, payment_id=view.id, account_id=world.flat.pk,
                amount=amount, why="ошибка", key=uuid4(), actor_id=clerk, now=moment,
            ),
        )  # fmt: skip
        done = [one for one in results if not isinstance(one, Refusal)]
        assert len(done) == int(turn < most), results
        operations.settle_awaiting(now=bank.at(moment + timedelta(minutes=5)))
    returned = [one["amount"] for one in bank.simulator.truth()["refunds"]]
    assert returned == [amount] * most
    assert world.owes() == -50_000 + amount * most
    assert world.broken() == {}
