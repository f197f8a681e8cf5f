"""Agents of one operation at once, on real PostgreSQL: one credit, equal answers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from abonent.domain.payments import operations
from abonent.domain.payments.models import AgentOperation, Notice, Payment
from abonent.domain.payments.rules import CancelAsked, PayAsked, RawCall, Verdict
from agents import TERMS
from paying import CODE, NOW, charge

pytestmark = pytest.mark.django_db(transaction=True)
CANCELLING = replace(TERMS, cancel_days=0)


def at_once(count, ask):
    """Ask from threads that start together, through the one door; return the answers."""
    start = Barrier(count)

    def run(place):
        try:
            start.wait()
            asked = ask(place)
            return operations.answer_agent(
                supplier_code=CODE, terms=CANCELLING, asked=asked,
                raw=RawCall(repr(asked).encode(), ""), now=NOW,
            )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def paying(number="1", amount=50_000):
    return PayAsked(number, "0010012345", amount, date(2026, 11, 24))


def test_twenty_lines_tell_of_one_payment(world):
    charge(world, 30_000)
    answers = at_once(20, lambda _: paying())
    assert {(one.verdict, one.ours, one.at) for one in answers} == {
        (Verdict.ACCEPTED, Payment.objects.get().pk, NOW)
    }
    assert [one.repeated for one in answers].count(False) == 1
    assert world.owes() == -20_000
    assert world.broken() == {}


def test_two_sums_under_one_number_at_once(world):
    answers = at_once(8, lambda place: paying(amount=50_000 + place % 2))
    first = Payment.objects.get().amount
    agreed = [one for one in answers if one.verdict == Verdict.ACCEPTED]
    assert {one.amount for one in agreed} == {first}
    assert sorted(one.verdict for one in answers).count(Verdict.DIFFERS) == 4
    assert Notice.objects.get().times == 4
    assert world.owes() == -first
    assert world.broken() == {}


def test_a_payment_and_its_cancellation_at_once_leave_nothing(world):
    """Whichever comes first: the payment is taken off, or it is void."""
    for turn in range(6):
        number = str(turn)
        answers = at_once(
            6, lambda place, number=number: CancelAsked(number) if place % 2 else paying(number)
        )
        row = AgentOperation.objects.get(external_id=number)
        assert row.cancelled_at is not None
        assert {one.verdict for one in answers} <= {
            Verdict.CANCELLED, Verdict.VOID if row.verdict == Verdict.VOID else Verdict.ACCEPTED,
        }  # fmt: skip
    assert world.owes() == 0
    assert world.broken() == {}


def test_many_payments_of_one_account_at_once(world):
    charge(world, 1_000_000)
    answers = at_once(16, lambda place: paying(str(place), 10_000 + place))
    assert {one.verdict for one in answers} == {Verdict.ACCEPTED}
    assert world.owes() == 1_000_000 - sum(10_000 + place for place in range(16))
    assert world.broken() == {}


def test_a_thousand_payments_of_one_account_add_up(world):
    """TRUST 14 in little: a debt is paid on the way, and what is above it stays as an advance."""
    charge(world, 30_000)
    lines, each = 16, 63

    def pay(line):
        try:
            return [
                operations.answer_agent(
                    supplier_code=CODE, terms=CANCELLING, raw=RawCall(b"", ""), now=NOW,
                    asked=paying(f"{line}-{place}", 1_000 + place),
                ).verdict
                for place in range(each)
            ]  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(lines) as pool:
        verdicts = [one for told in pool.map(pay, range(lines)) for one in told]
    assert set(verdicts) == {Verdict.ACCEPTED}
    assert Payment.objects.count() == lines * each == 1_008
    assert world.owes() == 30_000 - lines * sum(1_000 + place for place in range(each))
    assert world.broken() == {}
