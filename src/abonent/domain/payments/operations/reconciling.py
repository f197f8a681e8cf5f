"""A line of a registry meets what was told online: matched, added, or corrected by it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from abonent.common.transactions import requires_transaction
from abonent.domain.journal import operations as journal
from abonent.domain.payments.models import AgentOperation, Payment
from abonent.domain.payments.operations.attributing import move_to_account
from abonent.domain.payments.operations.crediting import (
    credit_received,
    received,
    taking_off,
)
from abonent.domain.payments.operations.reporting import capture, order_of
from abonent.domain.payments.operations.twice import tell_twice
from abonent.domain.payments.queries.agents import taken_off
from abonent.domain.payments.rules import FINAL, Kind

# What the registry says of an operation that was told online otherwise stands under these.
_TAKEN_OFF, _IN_ITS_PLACE = "{}/registry-cancel", "{}/registry"


class Met(StrEnum):
    """How a line and our books met."""

    MATCHED = "matched"
    ADDED = "added"
    UNMATCHED = "unmatched"
    ATTRIBUTED = "attributed"
    CORRECTED = "corrected"
    REVERSED = "reversed"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class RegistryPayment:
    """A payment as a registry tells it; ``account_id`` 0 is a number that we do not have."""

    number: str
    account_id: int
    amount: int
    paid_on: date
    account_text: str = ""


@requires_transaction
def reconcile_payment(
    *, supplier_id: int, channel: str, told: RegistryPayment, why: str, now: datetime
) -> tuple[Met, int]:
    """Make our books agree with a line of a registry; return how, and the payment's number.

    The registry prevails (RULES 6.1, 6.3): what it has and we have not is credited, from its
    day; money in suspense goes where it says; another sum or account is corrected by a
    cancellation and a new payment, never by a change. A line that names an order of ours in
    the account's place settles that order; a second one of the same order is the account's
    too (TRUST R7). A negative sum takes a payment off. What
    only a person can judge is DISPUTED and moves nothing: a payment through an acquirer that
    is told otherwise, one that was given back, a reversal of another sum. ``why`` is for
    the journal. No refusals.
    """
    first = _standing(supplier_id, channel, told.number)
    row = _standing(supplier_id, channel, _IN_ITS_PLACE.format(told.number)) or first
    if told.amount < 0:
        return _reverse(row, told, why, now)
    if row is None:
        return _new(told, supplier_id, channel, why, now)
    if row.kind != Kind.PAYMENT or taken_off(row):
        return Met.DISPUTED, row.pk
    if row.state not in FINAL:
        # Ours, and the bank has not told us: it is asked at the janitor's next round.
        Payment.objects.filter(pk=row.pk).update(next_check_at=now)
        return Met.MATCHED, row.pk
    same_sum = row.amount == told.amount
    if same_sum and told.account_id in {0, row.account_id}:
        return Met.MATCHED, row.pk
    if same_sum and not row.account_id:
        move_to_account(
            supplier_id=supplier_id,
            payment_id=row.pk,
            account_id=told.account_id,
            why=why,
            actor_id=None,
            now=now,
        )
        return Met.ATTRIBUTED, row.pk
    corrected = row.pk != (first.pk if first else 0)
    if row.asked is not None or corrected or not told.account_id:
        return Met.DISPUTED, row.pk
    return _correct(row, told, why, now)


def _new(
    told: RegistryPayment, supplier_id: int, channel: str, why: str, now: datetime
) -> tuple[Met, int]:
    """Credit what nobody has told us of: to the order that the line names, else to its account."""
    begun = order_of(supplier_id=supplier_id, channel=channel, order=told.account_text)
    if begun is not None and begun.state not in FINAL:
        if begun.amount != told.amount:
            return Met.DISPUTED, begun.pk
        capture(begun, number=told.number, on=told.paid_on, cause="registry", now=now)
        return Met.ADDED, begun.pk
    if begun is not None:
        told = replace(told, account_id=begun.account_id)
    row = _told(told, supplier_id, channel, told.number, now)
    met = _add(row, why, now)
    if begun is not None:
        tell_twice(begun, row, now=now)
    return met


def _standing(supplier_id: int, channel: str, number: str) -> Payment | None:
    rows = Payment.objects.select_for_update().filter(supplier_id=supplier_id, channel=channel)
    return rows.filter(external_id=number).first()


def _told(
    row: RegistryPayment, supplier_id: int, channel: str, number: str, now: datetime
) -> Payment:
    return received(
        supplier_id=supplier_id,
        channel=channel,
        external_id=number,
        account_id=row.account_id,
        amount=row.amount,
        on=row.paid_on,
        named_account=row.account_text,
        now=now,
    )


def _add(row: Payment, why: str, now: datetime) -> tuple[Met, int]:
    _post(row, "payment_by_registry", why, now)
    return (Met.ADDED if row.account_id else Met.UNMATCHED), row.pk


def _correct(row: Payment, told: RegistryPayment, why: str, now: datetime) -> tuple[Met, int]:
    """Take off what was told online and credit what the registry says."""
    number = _TAKEN_OFF.format(told.number)
    off = taking_off(row, external_id=number, on=row.happened_on, now=now)
    _post(off, "payment_corrected_by_registry", why, now)
    number = _IN_ITS_PLACE.format(told.number)
    instead = _told(told, row.supplier_id, row.channel, number, now)
    _post(instead, "payment_by_registry", why, now)
    return Met.CORRECTED, instead.pk


def _reverse(
    row: Payment | None, told: RegistryPayment, why: str, now: datetime
) -> tuple[Met, int]:
    """Take a payment off, unless that was done before."""
    if row is None or row.kind != Kind.PAYMENT or row.amount != -told.amount:
        return Met.DISPUTED, row.pk if row else 0
    done = AgentOperation.objects.filter(payment_id=row.pk, cancelled_at__isnull=False).first()
    if done is not None:
        return Met.MATCHED, done.cancel_payment_id or row.pk
    number = f"{row.external_id}/cancel"
    stands = _standing(row.supplier_id, row.channel, number)
    if stands is not None:
        return Met.MATCHED, stands.pk
    if row.asked is not None:
        return Met.DISPUTED, row.pk
    off = taking_off(row, external_id=number, on=told.paid_on, now=now)
    _post(off, "payment_reversed_by_registry", why, now)
    AgentOperation.objects.filter(payment_id=row.pk).update(
        cancelled_at=now, cancel_number=number, cancel_payment_id=off.pk
    )
    return Met.REVERSED, off.pk


def _post(row: Payment, action: str, why: str, now: datetime) -> None:
    row.save(force_insert=True)
    credit_received(row, now=now)
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=None,
        action=action,
        subject=f"payment:{row.pk}",
        details={"amount": row.amount, "channel": row.channel, "why": why},
        now=now,
    )
