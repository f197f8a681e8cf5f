"""Payments that we began and somebody reports: the order is ours, so its sum must be too."""

from datetime import date, datetime
from uuid import UUID

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.money import Kopecks
from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations.crediting import credit
from abonent.domain.payments.operations.moving import move, save_fenced
from abonent.domain.payments.operations.quarantining import quarantine
from abonent.domain.payments.rules import (
    CAME_TO_NOTHING,
    AgentAnswer,
    AgentTerms,
    Fact,
    PayAsked,
    PaymentState,
    RawCall,
    Verdict,
)
from abonent.domain.payments.rules.notices import found_number
from abonent.domain.suppliers import queries as suppliers


@requires_transaction
def order_of(*, supplier_id: int, channel: str, order: str) -> Payment | None:
    """Return and lock the payment that a channel's order names, if it is one that we began."""
    uuid: UUID | None = found_number(order) if order else None
    if uuid is None:
        return None
    return (
        Payment.objects.select_for_update()
        .filter(supplier_id=supplier_id, channel=channel, uuid=uuid, asked__isnull=False)
        .first()
    )


def standing_of(row: Payment, amount: int | None) -> AgentAnswer:
    """Say whether an order of ours may be paid now."""
    if amount is not None and amount != row.amount:
        return AgentAnswer(Verdict.DIFFERS)
    if row.state == PaymentState.CAPTURED:
        return AgentAnswer(Verdict.PAID)
    # Its page is over; money that comes all the same is credited (TRUST R7).
    if row.state == PaymentState.QUARANTINED or row.state in CAME_TO_NOTHING:
        return AgentAnswer(Verdict.STOPPED)
    return AgentAnswer(Verdict.ACCEPTED, owed=Kopecks(row.amount))


@requires_transaction
def settle_reported(
    row: Payment, *, terms: AgentTerms, asked: PayAsked, raw: RawCall, now: datetime
) -> AgentAnswer | None:
    """Credit a locked order of ours as the agent reports it; None when it was paid before.

    None is a second payment of one order: it is money too, and the caller credits it apart
    (TRUST R7). The report again gets the first answer. Another sum than the order's is set
    aside and answered DIFFERS. Where a registry has brought the operation before, the money
    is there already, and the order is left to the operator.
    """
    if row.amount != asked.amount:
        quarantine(
            supplier_id=row.supplier_id,
            terms=terms,
            raw=raw,
            reason=f"заказ {asked.order} оплачен на другую сумму",
            payment_id=row.pk,
            now=now,
        )
        return AgentAnswer(Verdict.DIFFERS)
    if row.state == PaymentState.CAPTURED:
        return _answer(row, repeated=True) if row.external_id == asked.number else None
    brought = Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id=asked.number
    ).first()
    if brought is not None:
        move(row, Fact.MISMATCH, cause="report", now=now)
        save_fenced(row)
        return _answer(brought, repeated=True)
    today = clock.local_day(now, suppliers.supplier_by_id(row.supplier_id).timezone)
    capture(row, number=asked.number, on=today, cause="report", now=now)
    return _answer(row, repeated=False)


@requires_transaction
def capture(row: Payment, *, number: str, on: date, cause: str, now: datetime) -> None:
    """Credit a locked order of ours under the number that its payment has at the bank."""
    row.external_id = number
    move(row, Fact.PAID, cause=cause, now=now)
    row.settled_at = now
    row.paid_on = row.happened_on = on
    save_fenced(row)
    crash_point("terminal.inserted")
    credit(row, now=now)
    crash_point("terminal.posted")


def account_number(row: Payment) -> str:
    """Return the number of the account that an order was for."""
    numbers = account_numbers(supplier_id=row.supplier_id, account_ids=[row.account_id])
    return numbers.get(row.account_id, "")


def _answer(row: Payment, *, repeated: bool) -> AgentAnswer:
    return AgentAnswer(
        Verdict.ACCEPTED,
        ours=row.pk,
        amount=Kopecks(row.amount),
        at=row.settled_at,
        repeated=repeated,
    )
