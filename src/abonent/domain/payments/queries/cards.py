"""Bound cards as pages know them, and for which accounts they may be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from abonent.common.periods import Period
from abonent.domain.payments.models import BoundCard, Payment, PaymentPart
from abonent.domain.payments.ports import acquirer
from abonent.domain.payments.rules import CHANNEL_NAMES, Kind, PaymentState
from abonent.domain.payments.rules.cards import CARD_KIND_NAMES, CardKind, is_expired, paid_before
from abonent.domain.suppliers import queries as suppliers


@dataclass(frozen=True)
class CardView:
    """A bound card: last digits, last month, what it pays, and for which accounts."""

    uuid: UUID
    digits: str
    system: str
    expires: Period | None
    expired: bool
    channel: str
    channel_name: str
    kind: CardKind
    kind_name: str
    bound_at: datetime
    account_ids: frozenset[int]

    @property
    def name(self) -> str:
        """Return how people tell their cards apart: «··4477»."""
        return f"··{self.digits}"

    def pays(self, account_ids: Sequence[int]) -> bool:
        """Tell whether the card may pay these accounts: none of them for the first time."""
        return not self.expired and paid_before(account_ids, self.account_ids)


def cards_of(*, user_id: int, supplier_id: int, today: date) -> list[CardView]:
    """Return the person's cards at a supplier, the newest first; none is a stranger's."""
    rows = list(
        BoundCard.objects.filter(user_id=user_id, supplier_id=supplier_id).order_by("-bound_at")
    )
    if not rows:
        return []
    paid = frozenset(accounts_paid_by(user_id=user_id, supplier_id=supplier_id))
    code = suppliers.supplier_by_id(supplier_id).code
    ready = {name: acquirer(name).ready(code) for name in {row.channel for row in rows}}
    return [_view(row, paid, today) for row in rows if ready[row.channel]]


def accounts_paid_by(*, user_id: int, supplier_id: int) -> set[int]:
    """Return the accounts that this person has paid here himself, through a bank."""
    paid = Payment.objects.filter(
        supplier_id=supplier_id,
        user_id=user_id,
        kind=Kind.PAYMENT,
        state=PaymentState.CAPTURED,
        asked__isnull=False,
    )
    parts = PaymentPart.objects.filter(payment_id__in=paid.values("pk"))
    return set(parts.values_list("account_id", flat=True))


def card_left(*, keeper: UUID) -> bool:
    """Tell whether the payment has bound a card that is still there."""
    return BoundCard.objects.filter(keeper=str(keeper)).exists()


def _view(row: BoundCard, paid: frozenset[int], today: date) -> CardView:
    kind = CardKind(row.kind)
    return CardView(
        uuid=row.uuid,
        digits=row.card[-4:],
        system=_SYSTEMS.get(row.card[:1], ""),
        expires=Period.of(row.expires) if row.expires else None,
        expired=is_expired(row.expires, today),
        channel=row.channel,
        channel_name=CHANNEL_NAMES.get(row.channel, row.channel),
        kind=kind,
        kind_name=CARD_KIND_NAMES[kind],
        bound_at=row.bound_at,
        account_ids=paid,
    )


# The first digit of a number names the card's system well enough for its owner.
_SYSTEMS = {"2": "МИР", "4": "Visa", "5": "Mastercard"}
