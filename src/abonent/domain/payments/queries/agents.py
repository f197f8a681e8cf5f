"""What agents brought: one operation's answer, money without an account, calls set aside."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from abonent.common.money import Kopecks
from abonent.domain.payments.models import AgentOperation, Notice, Payment
from abonent.domain.payments.rules import AgentAnswer, AgentTerms, Kind, PaymentState, Verdict
from abonent.domain.payments.rules.notices import Outcome


@dataclass(frozen=True)
class UnmatchedView:
    """Money that waits in suspense for its account; ``account_text`` is what the payer named."""

    payment_id: int
    uuid: UUID
    channel: str
    external_id: str
    amount: Kopecks
    paid_on: date | None
    account_text: str


@dataclass(frozen=True)
class SetAsideView:
    """A call that was not carried out, for staff: why, how often, what it said."""

    id: int
    channel: str
    reason: str
    text: str
    address: str
    times: int
    received_at: datetime
    payment_id: int | None


def answer_of(row: AgentOperation, *, repeated: bool) -> AgentAnswer:
    """Return the answer that stands for an operation; made of stored values alone."""
    return AgentAnswer(
        Verdict(row.verdict),
        ours=row.payment_id,
        amount=Kopecks(row.amount) if row.amount is not None else None,
        at=row.answered_at,
        repeated=repeated,
    )


def operation_status(*, supplier_id: int, terms: AgentTerms, number: str) -> AgentAnswer:
    """Return what became of an operation, for the agent who asks."""
    row = AgentOperation.objects.filter(
        supplier_id=supplier_id, channel=terms.channel, external_id=number
    ).first()
    if row is None:
        return AgentAnswer(Verdict.UNKNOWN_OPERATION)
    if row.cancelled_at is not None and row.verdict == Verdict.ACCEPTED:
        return AgentAnswer(
            Verdict.CANCELLED,
            ours=row.payment_id,
            amount=Kopecks(row.amount or 0),
            at=row.cancelled_at,
            repeated=True,
        )
    return answer_of(row, repeated=True)


def unmatched_payments(*, supplier_id: int) -> list[UnmatchedView]:
    """Return the money whose account is not known, the oldest first."""
    given_back = AgentOperation.objects.filter(
        supplier_id=supplier_id, cancelled_at__isnull=False, payment_id__isnull=False
    )
    rows = list(
        Payment.objects.filter(
            supplier_id=supplier_id,
            account_id=0,
            kind=Kind.PAYMENT,
            state=PaymentState.CAPTURED,
        )
        .exclude(pk__in=given_back.values("payment_id"))
        .order_by("happened_on", "pk")
    )
    told = AgentOperation.objects.filter(payment_id__in=[row.pk for row in rows])
    named = dict(told.values_list("payment_id", "account_text"))
    return [
        UnmatchedView(
            payment_id=row.pk,
            uuid=row.uuid,
            channel=row.channel,
            external_id=row.external_id,
            amount=Kopecks(row.amount),
            paid_on=row.paid_on,
            account_text=named.get(row.pk, ""),
        )
        for row in rows
    ]


def calls_set_aside(*, supplier_id: int) -> list[SetAsideView]:
    """Return the calls of agents that contradict what stands, the newest first."""
    rows = Notice.objects.filter(supplier_id=supplier_id, outcome=Outcome.QUARANTINED)
    return [
        SetAsideView(
            id=row.pk,
            channel=row.channel,
            reason=row.reason,
            text=bytes(row.body).decode("utf-8", "replace"),
            address=row.address,
            times=row.times,
            received_at=row.received_at,
            payment_id=row.payment_id,
        )
        for row in rows.exclude(reason="").order_by("-received_at", "-pk")
    ]
