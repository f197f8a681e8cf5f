"""A payment is given up only where the bank has just said that it has no money."""

from datetime import timedelta

import pytest

from abonent.common.refusals import NotFound
from abonent.domain.journal.models import JournalEntry
from abonent.domain.payments import operations, queries
from abonent.domain.payments.rules import PaymentState
from bank_simulator.faults import Fault
from paying import NOW, give_access, posted_for, row_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def cancel(world, view, *, user=None, now=NOW):
    return operations.cancel_payment(
        user_id=(user or world.anna).pk,
        supplier_id=world.supplier.pk,
        payment_uuid=view.uuid,
        now=now,
    )


def test_a_waiting_payment_is_given_up_and_another_may_begin(world, bank):
    view = world.pay(128_493)
    cancelled = cancel(world, view, now=bank.at(NOW + 20 * MINUTE))
    assert cancelled.state == PaymentState.CANCELLED
    assert cancelled.final
    assert not cancelled.paid
    assert not cancelled.can_continue
    assert [step.state for step in cancelled.steps][-1] == PaymentState.CANCELLED
    assert not queries.in_flight(supplier_id=world.supplier.pk, account_ids=[world.flat.pk])
    assert world.pay(128_493).state == PaymentState.AWAITING, "no confirmation is asked"
    line = JournalEntry.objects.get(action="payment_cancelled")
    assert (line.actor_id, line.subject) == (world.anna.pk, f"payment:{view.id}")
    assert "I6" not in world.broken(), "the step is one of the table"


def test_what_the_bank_has_taken_is_not_given_up_but_credited(world, bank):
    view = world.pay(128_493)
    bank.pays(view)
    assert cancel(world, view).state == PaymentState.CAPTURED
    assert posted_for(view) == [128_493]
    assert cancel(world, view).state == PaymentState.CAPTURED
    assert posted_for(view) == [128_493]


def test_while_the_bank_is_silent_nothing_is_given_up(world, bank):
    view = world.pay(128_493)
    bank.simulator.fault(Fault("before", "reset", path=f"/v3/payments/{view.external_id}"))
    with pytest.raises(operations.CannotCancel, match="Банк сейчас не отвечает"):
        cancel(world, view)
    assert row_of(view).state == PaymentState.AWAITING


def test_a_payment_whose_beginning_is_unknown_is_not_given_up(world, bank):
    bank.simulator.fault(Fault("before", "reset", path="/v3/payments"))
    view = world.pay(128_493)
    assert view.state == PaymentState.UNKNOWN
    bank.simulator.fault(Fault("before", "reset", path="/v3/payments"))
    with pytest.raises(operations.CannotCancel, match="ещё не ответил"):
        cancel(world, view, now=bank.at(NOW + 2 * MINUTE))
    assert row_of(view).state == PaymentState.UNKNOWN


def test_money_that_comes_after_all_is_credited_by_whoever_sees_it_first(world, bank):
    by_page, by_janitor, by_notice = (
        _begun_and_given_up(world, amount) for amount in (10_000, 20_000, 30_000)
    )
    for view in (by_page, by_janitor, by_notice):
        bank.pays(view)
    seen = operations.check_payment(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, payment_uuid=by_page.uuid,
        now=bank.at(NOW + MINUTE),
    )  # fmt: skip
    assert seen.state == PaymentState.CAPTURED
    operations.receive_notice(
        channel="yookassa", supplier_id=world.supplier.pk, body=bank.notice(by_notice),
        address="", now=NOW + MINUTE,
    )  # fmt: skip
    operations.settle_awaiting(now=bank.at(NOW + 3 * MINUTE))
    assert row_of(by_notice).state == PaymentState.CAPTURED
    assert row_of(by_janitor).state == PaymentState.CANCELLED, "its time has not come"
    operations.settle_awaiting(now=bank.at(NOW + 120 * MINUTE))
    assert row_of(by_janitor).state == PaymentState.CAPTURED
    assert [posted_for(view) for view in (by_page, by_janitor, by_notice)] == [
        [10_000], [20_000], [30_000],
    ]  # fmt: skip
    assert world.broken() == {}


def test_only_the_payer_gives_up(world, bank):
    view = world.pay(128_493)
    with pytest.raises(NotFound):
        cancel(world, view, user=world.vera)
    give_access(world.flat, world.vera)
    with pytest.raises(operations.CannotCancel, match="начал другой человек"):
        cancel(world, view, user=world.vera)
    assert row_of(view).state == PaymentState.AWAITING


def test_after_the_last_look_nobody_waits_for_it(world, bank):
    view = _begun_and_given_up(world, 10_000)
    operations.settle_awaiting(now=bank.at(NOW + timedelta(days=3)))
    row = row_of(view)
    assert (row.state, row.next_check_at) == (PaymentState.CANCELLED, None)
    assert not queries.for_operator(supplier_id=world.supplier.pk)


def _begun_and_given_up(world, amount):
    view = world.pay(amount)
    cancel(world, view)
    return view
