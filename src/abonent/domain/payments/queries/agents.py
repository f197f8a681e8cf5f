"""What agents brought: one operation's answer, money without an account, calls set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from abonent.common.money import Kopecks
from abonent.domain.accounts.queries.payable import SuggestedAccount, suggested_accounts
from abonent.domain.payments.models import AgentOperation, Notice, Payment
from abonent.domain.payments.rules import AgentAnswer, AgentTerms, Kind, PaymentState, Verdict
from abonent.domain.payments.rules.notices import Outcome

# What a registry's cancellation is numbered by, after the payment's own number.
TAKEN_OFF = ("/cancel", "/registry-cancel")


@dataclass(frozen=True)
class UnmatchedView:
    """Money that waits in suspense for its account; ``account_text`` is what the payer named.

    ``suggestions`` are accounts whose number is one typing error away.
    """

    payment_id: int
    uuid: UUID
    channel: str
    external_id: str
    amount: Kopecks
    paid_on: date | None
    account_text: str
    suggestions: tuple[SuggestedAccount, ...]


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


@dataclass(frozen=True)
class ToldView:
    """A payment that an agent told us online."""

    payment_id: int
    external_id: str
    account_id: int
    amount: Kopecks
    paid_on: date


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


def tells_online(*, supplier_id: int, channel: str) -> bool:
    """Tell whether a channel has ever told us of a payment by itself."""
    return AgentOperation.objects.filter(supplier_id=supplier_id, channel=channel).exists()


def told_on_days(*, supplier_id: int, channel: str, days: Sequence[date]) -> list[ToldView]:
    """Return the payments that an agent told us for these days and did not take back."""
    told = AgentOperation.objects.filter(
        supplier_id=supplier_id,
        channel=channel,
        verdict=Verdict.ACCEPTED,
        cancelled_at__isnull=True,
    )
    rows = Payment.objects.filter(pk__in=told.values("payment_id"), happened_on__in=days)
    return [
        ToldView(row.pk, row.external_id, row.account_id, Kopecks(row.amount), row.happened_on)
        for row in rows.order_by("pk")
    ]


def taken_off(row: Payment) -> bool:
    """Tell whether a payment was given back, reversed or corrected: its money is gone."""
    if AgentOperation.objects.filter(payment_id=row.pk, cancelled_at__isnull=False).exists():
        return True
    numbers = [f"{row.external_id}{suffix}" for suffix in TAKEN_OFF]
    return Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id__in=numbers
    ).exists()


def unmatched_payments(*, supplier_id: int, limit: int = 100) -> list[UnmatchedView]:
    """Return the money whose account is not known, the oldest first; a page of it."""
    nobodys = Payment.objects.filter(
        supplier_id=supplier_id, account_id=0, kind=Kind.PAYMENT, state=PaymentState.CAPTURED
    )
    waiting = (row for row in nobodys.order_by("happened_on", "pk") if not taken_off(row))
    rows = list(islice(waiting, limit))
    return [
        UnmatchedView(
            payment_id=row.pk,
            uuid=row.uuid,
            channel=row.channel,
            external_id=row.external_id,
            amount=Kopecks(row.amount),
            paid_on=row.paid_on,
            account_text=row.named_account,
            suggestions=tuple(
                suggested_accounts(supplier_id=supplier_id, number=row.named_account)
            ),
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
