"""``abonent audit``: a line an invariant, exit 1 on a breach with an example."""

import pytest
from django.db import connection

from abonent.domain.payments import operations
from commands import run
from paying import bank, make_world

__all__ = ["bank"]
pytestmark = pytest.mark.django_db


def test_a_sound_house_is_in_order(bank):
    world = make_world()
    view = world.pay()
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=view.created_at)
    code, out, _ = run("audit")
    assert code == 0
    lines = out.strip().splitlines()
    assert {line.split()[0] for line in lines} >= {"I1", "I2", "I3", "I5", "I6", "I7", "I10", "I12"}
    assert all(line.endswith(": в порядке") for line in lines)


def test_a_breach_is_counted_named_and_told_by_the_exit_code(bank):
    world = make_world()
    view = world.pay()
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=view.created_at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount = amount + 1")
    code, out, _ = run("audit", "--supplier", "demo")
    assert code == 1
    assert f"1\u00a0нарушение, например: payment:{view.id}:settled" in out


def test_an_unknown_supplier_is_refused():
    code, _, err = run("audit", "--supplier", "nobody")
    assert code == 1
    assert "nobody" in err
