"""The janitor: nobody is forgotten, a silent bank is not besieged."""

from datetime import timedelta
from itertools import pairwise

import pytest

from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment, ProviderCall
from abonent.domain.payments.rules import PaymentState, Purpose
from bank_simulator.faults import Fault
from paying import NOW, posted_for, row_of

pytestmark = pytest.mark.django_db


def minutes(count):
    return NOW + timedelta(minutes=count)


def state(view):
    return queries.view_of(view.id).state


def test_a_lost_notice_is_made_good_at_the_deadline(world, bank):
    view = world.pay()
    bank.pays(view)
    assert operations.settle_awaiting(now=minutes(59)) == 0
    assert operations.settle_awaiting(now=bank.at(minutes(60))) == 1
    assert state(view) == PaymentState.CAPTURED
    assert posted_for(view) == [view.amount]


def test_an_unknown_payment_is_asked_about_after_1_3_10_30_minutes(world, bank):
    bank.simulator.fault(Fault("before", "500", count=10_000))
    view = world.pay()
    asked = []
    for minute in range(1, 62):
        before = ProviderCall.objects.count()
        operations.settle_awaiting(now=minutes(minute))
        if ProviderCall.objects.count() > before:
            asked.append(minute)
    assert state(view) == PaymentState.UNKNOWN
    assert {1, 3, 10, 30, 60} <= set(asked)
    # Between its own looks it is the silent bank's probe, every ten minutes (TRUST I7).
    assert max(b - a for a, b in pairwise(asked)) <= 10


def test_unknown_ends_soon_after_the_bank_is_back(world, bank):
    bank.simulator.fault(Fault("before", "500", count=10_000))
    views = [world.pay(1000 + place, start=operations.start_another_payment) for place in range(5)]
    for minute in range(1, 125):
        operations.settle_awaiting(now=minutes(minute))
    assert {state(view) for view in views} == {PaymentState.UNKNOWN}
    bank.simulator._faults.clear()
    for minute in range(125, 136):
        operations.settle_awaiting(now=bank.at(minutes(minute)))
    assert {state(view) for view in views} == {PaymentState.AWAITING}


def test_a_silent_bank_is_left_alone_after_three_answers(world, bank):
    bank.simulator.fault(Fault("before", "500", count=10_000))
    for place in range(6):
        world.pay(1000 + place, start=operations.start_another_payment)
    assert operations.settle_awaiting(now=minutes(1)) == 3


def test_a_payment_whose_request_never_left_expires(world, bank):
    view = world.pay()
    Payment.objects.filter(pk=view.id).update(
        state=PaymentState.CREATED, external_id="", state_since=NOW, next_check_at=minutes(1)
    )
    operations.settle_awaiting(now=minutes(1))
    assert state(view) == PaymentState.EXPIRED


def test_after_a_day_without_an_answer_the_operator_has_it(world, bank):
    bank.simulator.fault(Fault("before", "500", count=10_000))
    view = world.pay()
    for hour in range(1, 26):
        operations.settle_awaiting(now=NOW + timedelta(hours=hour))
    row = row_of(view)
    assert (row.state, row.next_check_at) == (PaymentState.UNKNOWN, None)
    assert [one.uuid for one in queries.for_operator(supplier_id=world.supplier.pk)] == [view.uuid]


def test_silence_past_the_deadline_is_unknown_not_expired(world, bank):
    view = world.pay()
    bank.pays(view)
    bank.simulator.fault(Fault("before", "reset", method="GET"))
    operations.settle_awaiting(now=bank.at(minutes(60)))
    assert state(view) == PaymentState.UNKNOWN
    operations.settle_awaiting(now=bank.at(minutes(61)))
    assert state(view) == PaymentState.CAPTURED


def test_a_thousandth_payment_does_not_wait_for_a_broken_one(world, bank):
    broken = world.pay()
    Payment.objects.filter(pk=broken.id).update(asked={"broken": True})
    good = world.pay(purposes=[Purpose(world.dacha.pk, 50_000)])
    for view in (broken, good):
        bank.pays(view)
    operations.settle_awaiting(now=bank.at(minutes(60)))
    assert state(good) == PaymentState.CAPTURED
