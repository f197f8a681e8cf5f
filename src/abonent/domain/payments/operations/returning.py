"""An agent gives money back: the payment that he told is taken off again, once."""

from datetime import date, datetime

from django.db import connection

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.money import Kopecks
from abonent.common.transactions import outermost
from abonent.domain.journal import operations as journal
from abonent.domain.payments.models import AgentOperation, Payment
from abonent.domain.payments.operations.crediting import credit_received, taking_off
from abonent.domain.payments.operations.moving import be_brief
from abonent.domain.payments.operations.quarantining import quarantine
from abonent.domain.payments.queries.agents import taken_off
from abonent.domain.payments.rules import (
    AgentAnswer,
    AgentTerms,
    CancelAsked,
    RawCall,
    Verdict,
    cancel_number,
)
from abonent.domain.suppliers import queries as suppliers

# One whose payment has not come yet is written down all the same: the payment is void then.
_HOLD_PLACE = """
INSERT INTO payments_agentoperation
    (supplier_id, channel, external_id, verdict, answered_at, cancelled_at)
VALUES (%(supplier)s, %(channel)s, %(number)s, %(void)s, %(now)s, %(now)s)
ON CONFLICT (supplier_id, channel, external_id) DO NOTHING
"""
_FROM_REGISTRY = """
INSERT INTO payments_agentoperation
    (supplier_id, channel, external_id, amount, verdict, payment_id, answered_at)
SELECT supplier_id, channel, external_id, amount, %(accepted)s, id, %(now)s
FROM payments_payment
WHERE supplier_id = %(supplier)s AND channel = %(channel)s AND external_id = %(number)s
  AND kind = 'payment'
ON CONFLICT (supplier_id, channel, external_id) DO NOTHING
"""


@outermost
def cancel_accepted(
    *, supplier_id: int, terms: AgentTerms, asked: CancelAsked, raw: RawCall, now: datetime
) -> AgentAnswer:
    """Take an accepted payment off its account again; a second cancellation changes nothing.

    In one transaction: a payment of kind cancel under the cancellation's number, its posting
    from the advance (or suspense) back to the channel's clearing account, the journal. A
    cancellation before its payment is remembered: the payment is then answered VOID. Answers
    CANNOT_CANCEL when the terms do not allow it any more, DIFFERS (and tells staff) when
    the sum or our number is another.
    """
    be_brief()
    with connection.cursor() as cursor:
        for statement in (_FROM_REGISTRY, _HOLD_PLACE):
            cursor.execute(
                statement,
                {
                    "supplier": supplier_id,
                    "channel": terms.channel,
                    "number": asked.number,
                    "accepted": Verdict.ACCEPTED,
                    "void": Verdict.VOID,
                    "now": now,
                },
            )
    row = AgentOperation.objects.select_for_update().get(
        supplier_id=supplier_id, channel=terms.channel, external_id=asked.number
    )
    if row.verdict == Verdict.VOID:
        return AgentAnswer(Verdict.CANCELLED, at=row.cancelled_at)
    if row.verdict != Verdict.ACCEPTED:
        return AgentAnswer(Verdict.CANNOT_CANCEL)
    wrong = _contradiction(row, asked)
    if wrong:
        quarantine(
            supplier_id=supplier_id,
            terms=terms,
            raw=raw,
            reason=wrong,
            payment_id=row.payment_id,
            now=now,
        )
        return AgentAnswer(Verdict.DIFFERS)
    if row.cancelled_at is None:
        today = clock.local_day(now, suppliers.supplier_by_id(supplier_id).timezone)
        paid = Payment.objects.select_for_update().get(pk=row.payment_id or 0)
        late = (
            taken_off(paid)
            or terms.cancel_days is None
            or (today - paid.happened_on).days > terms.cancel_days
        )
        if late:
            return AgentAnswer(Verdict.CANNOT_CANCEL)
        _give_back(row, paid, asked, today, now)
    return AgentAnswer(
        Verdict.CANCELLED,
        ours=row.cancel_payment_id,
        amount=Kopecks(row.amount or 0),
        at=row.cancelled_at,
    )


def _contradiction(row: AgentOperation, asked: CancelAsked) -> str:
    """Say in Russian what the cancellation has otherwise than its payment, "" for nothing."""
    number = cancel_number(asked)
    if asked.amount is not None and asked.amount != row.amount:
        return f"отмена операции {row.external_id} на другую сумму"
    if asked.ours and asked.ours != str(row.payment_id):
        return f"отмена операции {row.external_id} называет чужой номер {asked.ours}"
    if row.cancelled_at is not None:
        other = number != row.cancel_number
        return f"вторая отмена операции {row.external_id} под номером {number}" if other else ""
    taken = Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id=number
    )
    return f"номер отмены {number} занят другой операцией" if taken.exists() else ""


def _give_back(
    row: AgentOperation, paid: Payment, asked: CancelAsked, today: date, now: datetime
) -> None:
    back = taking_off(paid, external_id=cancel_number(asked), on=today, now=now)
    back.save(force_insert=True)
    row.cancelled_at = now
    row.cancel_number = back.external_id
    row.cancel_payment_id = back.pk
    row.save(update_fields=["cancelled_at", "cancel_number", "cancel_payment_id"])
    crash_point("terminal.cancel_inserted")
    credit_received(back, now=now)
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=None,
        action="payment_cancelled_by_agent",
        subject=f"payment:{paid.pk}",
        details={"amount": paid.amount, "channel": paid.channel, "external_id": row.external_id},
        now=now,
    )
    crash_point("terminal.cancel_posted")
