"""kill -9 while an agent is answered: he repeats, and the money is credited exactly once."""

from dataclasses import replace
from datetime import date

import pytest
from killable import kill_at

from abonent.domain.payments import operations
from abonent.domain.payments.models import AgentOperation, Payment
from abonent.domain.payments.rules import CancelAsked, PayAsked, Verdict
from agents import RAW, TERMS
from paying import CODE, NOW, charge

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"supplier_code": CODE, "terms": replace(TERMS, cancel_days=0), "raw": RAW}
PAYING = PayAsked("1", "0010012345", 50_000, date(2026, 11, 24))


def answer(asked):
    return operations.answer_agent(**TOLD, asked=asked, now=NOW)


@pytest.mark.parametrize("point", ["terminal.inserted", "terminal.posted", "terminal.committed"])
def test_killed_while_a_payment_is_accepted(world, bank, point):
    charge(world, 30_000)
    kill_at(point, bank, "answer_agent", **TOLD, asked=PAYING, now=NOW)
    committed = point == "terminal.committed"
    assert Payment.objects.count() == AgentOperation.objects.count() == int(committed)
    assert world.owes() == (-20_000 if committed else 30_000)
    again = answer(PAYING)
    assert (again.verdict, again.repeated) == (Verdict.ACCEPTED, committed)
    assert again.ours == Payment.objects.get().pk
    assert world.owes() == -20_000
    assert world.broken() == {}


@pytest.mark.parametrize(
    "point", ["terminal.cancel_inserted", "terminal.cancel_posted", "terminal.committed"]
)
def test_killed_while_a_payment_is_cancelled(world, bank, point):
    answer(PAYING)
    kill_at(point, bank, "answer_agent", **TOLD, asked=CancelAsked("1"), now=NOW)
    assert world.owes() == (0 if point == "terminal.committed" else -50_000)
    assert answer(CancelAsked("1")).verdict == Verdict.CANCELLED
    assert world.owes() == 0
    assert Payment.objects.count() == 2
    assert world.broken() == {}
