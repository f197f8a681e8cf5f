"""Refunds as pages and staff know them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from abonent.common.money import Kopecks
from abonent.domain.payments.models import Refund
from abonent.domain.payments.rules.refunds import (
    REFUND_FINAL,
    REFUND_IN_FLIGHT,
    REFUND_TEXTS,
    Origin,
    RefundState,
)


@dataclass(frozen=True)
class RefundView:
    """Money on its way back; kopecks. ``back_id`` is the payment of kind refund it became."""

    id: int
    uuid: UUID
    payment_id: int
    account_id: int
    amount: Kopecks
    origin: Origin
    why: str
    state: RefundState
    asked_by: int | None
    asked_at: datetime
    decided_by: int | None
    done_at: datetime | None
    state_since: datetime
    external_id: str
    answer_word: str
    back_id: int | None

    @property
    def state_text(self) -> str:
        """Return the state in Russian."""
        if self.origin == Origin.CHARGE_BACK:
            return "Деньги вернул банк плательщика"
        return REFUND_TEXTS[self.state]

    @property
    def final(self) -> bool:
        """Tell whether there is nothing to wait for."""
        return self.state in REFUND_FINAL


def refund_view(refund_id: int) -> RefundView:
    """Return one refund; who may see it is the caller's matter."""
    return _view(Refund.objects.get(pk=refund_id))


def refunds_of(*, payment_id: int) -> list[RefundView]:
    """Return the refunds of a payment, the oldest first."""
    return _views(Refund.objects.filter(payment_id=payment_id).order_by("pk"))


def refunds_to_approve(*, supplier_id: int) -> list[RefundView]:
    """Return the refunds that wait for a second person, the longest waiting first."""
    rows = Refund.objects.filter(supplier_id=supplier_id, state=RefundState.ASKED)
    return _views(rows.order_by("pk"))


def refunds_for_operator(*, supplier_id: int) -> list[RefundView]:
    """Return refunds that nothing will finish by itself."""
    rows = Refund.objects.filter(
        supplier_id=supplier_id, state__in=REFUND_IN_FLIGHT, next_check_at__isnull=True
    ).exclude(state=RefundState.ASKED)
    return _views(rows.order_by("pk"))


def given_back(*, payment_id: int) -> Kopecks:
    """Return what of a payment has gone back, or may yet go."""
    counted = [*REFUND_IN_FLIGHT, RefundState.DONE]
    rows = Refund.objects.filter(payment_id=payment_id, state__in=counted)
    return Kopecks(int(rows.aggregate(whole=Sum("amount"))["whole"] or 0))


def returned(*, payment_id: int) -> Kopecks:
    """Return what of a payment has surely gone back."""
    rows = Refund.objects.filter(payment_id=payment_id, state=RefundState.DONE)
    return Kopecks(int(rows.aggregate(whole=Sum("amount"))["whole"] or 0))


def _views(rows: Iterable[Refund]) -> list[RefundView]:
    return [_view(row) for row in rows]


def _view(row: Refund) -> RefundView:
    return RefundView(
        id=row.pk,
        uuid=row.uuid,
        payment_id=row.payment_id,
        account_id=row.account_id,
        amount=Kopecks(row.amount),
        origin=Origin(row.origin),
        why=row.why,
        state=RefundState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        done_at=row.done_at,
        state_since=row.state_since,
        external_id=row.external_id,
        answer_word=row.answer_word,
        back_id=row.back_id,
    )
