"""Payments as pages know them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from abonent.common.money import Kopecks
from abonent.common.refusals import NotFound
from abonent.domain.accounts import queries as accounts
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.models import Payment, PaymentMove, PaymentPart
from abonent.domain.payments.rules import (
    CAME_TO_NOTHING,
    CHANNEL_NAMES,
    FINAL,
    IN_FLIGHT,
    STATE_TEXTS,
    Kind,
    PaymentState,
    decline_text,
    payment_number,
)

_NO_PAYMENT = "Такого платежа нет. Откройте историю платежей и выберите его там."
_RESTED = FINAL | CAME_TO_NOTHING


@dataclass(frozen=True)
class PartView:
    """What a part of a payment was meant for; 0 and None mean "as the rules divide it"."""

    account_id: int
    amount: Kopecks
    service_id: int
    month: date | None
    part: Part


@dataclass(frozen=True)
class StepView:
    """A step of a payment."""

    state: PaymentState
    at: datetime

    @property
    def text(self) -> str:
        """Return the step in Russian."""
        return STATE_TEXTS[self.state]


@dataclass(frozen=True)
class PaymentView:
    """A payment; sums in kopecks. ``steps`` are filled for a single payment only."""

    id: int
    uuid: UUID
    number: str
    supplier_id: int
    user_id: int | None
    account_id: int
    amount: Kopecks
    kind: Kind
    state: PaymentState
    channel: str
    channel_name: str
    external_id: str
    created_at: datetime
    deadline_at: datetime | None
    settled_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    happened_on: date
    paid_on: date | None
    confirmation_url: str
    method: str
    card: str
    decline_text: str
    parts: tuple[PartView, ...]
    steps: tuple[StepView, ...]
    # The payer let the bank keep the card; a kept card was charged; an autopayment did that.
    keeps_card: bool = False
    by_card: bool = False
    by_autopay: bool = False

    @property
    def state_text(self) -> str:
        """Return the state in Russian."""
        if self.kind != Kind.PAYMENT and self.state == PaymentState.CAPTURED:
            return "Возвращён" if self.kind == Kind.REFUND else "Отменён"
        return STATE_TEXTS[self.state]

    @property
    def paid(self) -> bool:
        """Tell whether the money is on the account."""
        return self.state == PaymentState.CAPTURED

    @property
    def final(self) -> bool:
        """Tell whether there is nothing to wait for."""
        return self.state in _RESTED

    @property
    def checking(self) -> bool:
        """Tell whether the outcome is unknown: the payer must not pay a second time."""
        # A charge of a bound card waits for the bank alone.
        awaits_bank = self.by_card and self.state == PaymentState.AWAITING
        unclear = {PaymentState.SENT, PaymentState.UNKNOWN, PaymentState.QUARANTINED}
        return self.state in unclear or awaits_bank

    @property
    def can_continue(self) -> bool:
        """Tell whether the payer may go (back) to the bank's page."""
        return self.state == PaymentState.AWAITING and bool(self.confirmation_url)

    def can_cancel(self, user_id: int | None) -> bool:
        """Tell whether this person may give the payment up: its payer, while it waits."""
        waits = self.state == PaymentState.AWAITING and not self.by_card
        return waits and self.user_id == user_id

    def amount_for(self, account_id: int) -> Kopecks:
        """Return what of the payment was meant for one account."""
        return Kopecks(sum(part.amount for part in self.parts if part.account_id == account_id))


def payment_view(*, user_id: int, supplier_id: int, payment_uuid: UUID) -> PaymentView:
    """Return a payment to whoever made it or may see the history of its accounts.

    Refuses with NotFound for everybody else: a stranger cannot tell it from no payment.
    """
    row = Payment.objects.filter(supplier_id=supplier_id, uuid=payment_uuid).first()
    if row is None:
        raise NotFound(_NO_PAYMENT)
    if row.user_id != user_id:
        seen = {
            view.id
            for view in accounts.accounts_of(user_id=user_id, supplier_id=supplier_id)
            if view.private
        }
        meant = PaymentPart.objects.filter(payment_id=row.pk).values_list("account_id", flat=True)
        if seen.isdisjoint({row.account_id, *meant}):
            raise NotFound(_NO_PAYMENT)
    return view_of(row.pk)


def open_payment_view(*, supplier_id: int, payment_uuid: UUID) -> PaymentView:
    """Return a payment made without sign-in to whoever knows its unguessable uuid."""
    row = Payment.objects.filter(
        supplier_id=supplier_id, uuid=payment_uuid, user_id__isnull=True, asked__isnull=False
    ).first()
    if row is None:
        raise NotFound(_NO_PAYMENT)
    return view_of(row.pk)


def view_of(payment_id: int) -> PaymentView:
    """Return the payment with its steps; who may see it is the caller's matter."""
    row = Payment.objects.get(pk=payment_id)
    moves = PaymentMove.objects.filter(payment_id=payment_id).order_by("version")
    steps = tuple(StepView(PaymentState(move.after), move.moved_at) for move in moves)
    begun = StepView(PaymentState.CREATED, row.created_at)
    return _views([row], {payment_id: (begun, *steps)} if row.asked else {})[0]


def payments_of(
    *, supplier_id: int, account_ids: Sequence[int], limit: int = 100
) -> list[PaymentView]:
    """Return the payments of accounts, newest first; the caller has proven the access."""
    rows = _of_accounts(supplier_id, account_ids).order_by("-happened_on", "-pk")
    return _views(list(rows[:limit]), {})


def payments_between(
    *, supplier_id: int, account_id: int, since: date, until: date
) -> list[PaymentView]:
    """Return all payments of an account of these days, newest first, as ``payments_of`` does."""
    rows = _of_accounts(supplier_id, [account_id]).filter(happened_on__range=(since, until))
    return _views(list(rows.order_by("-happened_on", "-pk")), {})


def payments_by_user(*, supplier_id: int, user_id: int, limit: int = 100) -> list[PaymentView]:
    """Return what the user has paid himself, newest first."""
    rows = Payment.objects.filter(supplier_id=supplier_id, user_id=user_id)
    return _views(list(rows.order_by("-happened_on", "-pk")[:limit]), {})


def in_flight(*, supplier_id: int, account_ids: Sequence[int]) -> list[PaymentView]:
    """Return payments of accounts whose outcome is not known yet, newest first."""
    rows = _of_accounts(supplier_id, account_ids).filter(state__in=IN_FLIGHT)
    return _views(list(rows.order_by("-pk")), {})


def for_operator(*, supplier_id: int, limit: int = 100) -> list[PaymentView]:
    """Return payments that nothing will finish by itself: quarantined, or unknown for a day."""
    rows = Payment.objects.filter(supplier_id=supplier_id).filter(
        Q(state=PaymentState.QUARANTINED) | Q(state__in=IN_FLIGHT, next_check_at__isnull=True)
    )
    return _views(list(rows.order_by("state_since")[:limit]), {})


def _of_accounts(supplier_id: int, account_ids: Sequence[int]) -> QuerySet[Payment]:
    meant = PaymentPart.objects.filter(account_id__in=account_ids).values("payment_id")
    return Payment.objects.filter(supplier_id=supplier_id).filter(
        Q(account_id__in=account_ids) | Q(pk__in=meant)
    )


def _views(rows: list[Payment], steps: dict[int, tuple[StepView, ...]]) -> list[PaymentView]:
    """Turn rows into views with two statements, however many there are."""
    parts: dict[int, list[PartView]] = {}
    meant = PaymentPart.objects.filter(payment_id__in=[row.pk for row in rows])
    for part in meant.order_by("payment_id", "line"):
        parts.setdefault(part.payment_id, []).append(_part(part))
    return [_view(row, parts.get(row.pk) or [_part(row)], steps.get(row.pk, ())) for row in rows]


def _part(row: Payment | PaymentPart) -> PartView:
    return PartView(
        account_id=row.account_id,
        amount=Kopecks(row.amount),
        service_id=row.service_id,
        month=row.month,
        part=Part(row.part),
    )


def _view(row: Payment, parts: Iterable[PartView], steps: tuple[StepView, ...]) -> PaymentView:
    declined = row.state == PaymentState.DECLINED
    # A card was refused at the bank's page, which takes another one.
    tried = row.state == PaymentState.AWAITING and bool(row.answer_word)
    return PaymentView(
        id=row.pk,
        uuid=row.uuid,
        number=payment_number(row.pk, row.created_at),
        supplier_id=row.supplier_id,
        user_id=row.user_id,
        account_id=row.account_id,
        amount=Kopecks(row.amount),
        kind=Kind(row.kind),
        state=PaymentState(row.state),
        channel=row.channel,
        channel_name=CHANNEL_NAMES.get(row.channel, row.channel),
        external_id=row.external_id,
        created_at=row.created_at,
        deadline_at=row.deadline_at,
        settled_at=row.settled_at,
        checked_at=row.checked_at,
        next_check_at=row.next_check_at,
        happened_on=row.happened_on,
        paid_on=row.paid_on,
        confirmation_url=row.confirmation_url,
        method=row.method,
        card=row.card,
        decline_text=decline_text(row.answer_word) if declined or tried else "",
        parts=tuple(parts),
        steps=steps,
        keeps_card=row.keeps_card,
        by_card=row.bound_card_id is not None,
        by_autopay=row.turn_id is not None,
    )
