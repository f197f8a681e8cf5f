"""The line breaks at COMMIT: nobody knows whether it was done, and the repetition makes it good."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from abonent.domain.payments import operations
from abonent.domain.payments.models import Notice, Payment
from abonent.domain.payments.rules import PayAsked, Verdict
from agents import RAW, TERMS
from paying import CODE, NOW, posted_for

pytestmark = pytest.mark.django_db(transaction=True)
DONE, LOST = "done all the same", "lost"
CASES = list(product((1, 2, 3), (DONE, LOST)))


class Line:
    """The line to the database; it may be told at which commit it breaks, and how."""

    def __init__(self):
        self.left, self.manner, self.broke = 0, "", 0

    def break_at(self, nth, manner):
        self.left, self.manner = nth, manner

    def commit(self, wrapper, plain):
        self.left -= 1
        if self.left != 0:
            return plain(wrapper)
        self.broke += 1
        if self.manner == DONE:
            plain(wrapper)
        wrapper.close_if_unusable_or_obsolete()
        raise OperationalError("the line broke at COMMIT")


@pytest.fixture
def line(monkeypatch):
    plain, told = BaseDatabaseWrapper._commit, Line()
    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", lambda self: told.commit(self, plain))
    yield told
    told.left = 0


def repeated(act):
    """Do it, and once more if its end is not known, as whoever asked would."""
    try:
        return act()
    except OperationalError:
        return act()


def test_a_payment_is_begun_once(world, bank, line):
    for place, (nth, manner) in enumerate(CASES):
        line.break_at(nth, manner)
        repeated(
            lambda place=place: world.pay(
                50_000 + place, key=f"form {place}", start=operations.start_another_payment
            )
        )
    line.left = 0
    assert line.broke == len(CASES)
    assert Payment.objects.count() == len(CASES)
    for minute in (1, 2):
        operations.settle_awaiting(now=bank.at(NOW + timedelta(minutes=minute)))
    for one in bank.simulator.truth()["payments"]:
        bank.simulator.payer(one["id"], act="pay")
    for minute in (61, 62):
        operations.settle_awaiting(now=bank.at(NOW + timedelta(minutes=minute)))
    assert len(bank.captured()) == len(CASES)
    assert -world.owes() == sum(bank.captured().values())
    assert world.broken() == {}


def test_a_payment_is_settled_once_by_its_notice(world, bank, line):
    for place, (nth, manner) in enumerate(CASES):
        view = world.pay(50_000 + place)
        bank.pays(view)
        body = bank.notice(view)
        line.break_at(nth, manner)
        told = {"channel": "yookassa", "supplier_id": world.supplier.pk, "address": ""}
        repeated(lambda body=body, told=told: operations.receive_notice(body=body, now=NOW, **told))
        (notice,) = Notice.objects.filter(outcome="")
        repeated(lambda notice=notice: operations.handle_notice(notice_id=notice.pk, now=NOW))
        line.left = 0
        assert posted_for(view) == [50_000 + place]
    assert line.broke == len(CASES)
    assert world.broken() == {}


def test_a_terminal_is_answered_busy_and_then_what_stands(world, line):
    asked = PayAsked("1", "0010012345", 50_000, date(2026, 11, 24))
    for place, manner in enumerate((DONE, LOST)):
        line.break_at(1, manner)
        told = {"supplier_code": CODE, "terms": TERMS, "asked": replace(asked, number=str(place))}
        first = operations.answer_agent(**told, raw=RAW, now=NOW)
        again = operations.answer_agent(**told, raw=RAW, now=NOW)
        assert (first.verdict, again.verdict) == (Verdict.BUSY, Verdict.ACCEPTED)
        assert again.repeated == (manner == DONE)
    assert line.broke == 2
    assert -world.owes() == 100_000
    assert world.broken() == {}
