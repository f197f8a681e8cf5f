"""Reads of subscriptions, and the signed marks by which letters confirm and end them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.db.models import Q, QuerySet

from abonent.common.refusals import NotFound
from abonent.domain.messaging.models import Subscription
from abonent.domain.messaging.rules import Channel, SubscriptionKind

NO_SUBSCRIPTION = "Подписки уже нет. Подписаться снова можно в кабинете."
OLD_LINK = "Ссылка устарела или неполная. Откройте её из письма ещё раз."
_CONFIRM, _END = "subscription.confirm", "subscription.end"
_CONFIRM_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class SubscriptionView:
    """A living or ended wish to be told of something."""

    id: int
    supplier_id: int
    account_id: int
    user_id: int | None
    kind: SubscriptionKind
    channel: Channel
    recipient: str
    is_confirmed: bool
    is_ended: bool
    served_through: date | None
    asked_at: datetime


def living(supplier_id: int) -> QuerySet[Subscription]:
    """Return the rows that nobody has ended; for this room alone."""
    return Subscription.objects.filter(supplier_id=supplier_id, ended_at=None)


def view_of(row: Subscription) -> SubscriptionView:
    """Turn a row into what other rooms may know."""
    return SubscriptionView(
        id=row.pk,
        supplier_id=row.supplier_id,
        account_id=row.account_id,
        user_id=row.user_id,
        kind=SubscriptionKind(row.kind),
        channel=Channel(row.channel),
        recipient=row.recipient,
        is_confirmed=row.confirmed_at is not None,
        is_ended=row.ended_at is not None,
        served_through=row.served_through,
        asked_at=row.asked_at,
    )


def find_subscription(*, supplier_id: int, subscription_id: int) -> SubscriptionView | None:
    """Return the subscription, ended or not, or None."""
    row = Subscription.objects.filter(supplier_id=supplier_id, pk=subscription_id).first()
    return view_of(row) if row else None


def subscriptions_of(
    *, supplier_id: int, account_id: int, user_id: int | None
) -> list[SubscriptionView]:
    """Return the living subscriptions of a person to an account, confirmed or not."""
    rows = living(supplier_id).filter(account_id=account_id, user_id=user_id)
    return [view_of(row) for row in rows.order_by("kind", "channel", "pk")]


def waiting_subscriptions(
    *, supplier_id: int, kind: SubscriptionKind, through: date, after: int, limit: int
) -> list[SubscriptionView]:
    """Return confirmed subscriptions that were not served through this day, by identifier.

    ``after`` is the last identifier seen: what could not be served is passed by.
    """
    rows = living(supplier_id).filter(
        Q(served_through=None) | Q(served_through__lt=through), kind=kind, pk__gt=after
    )
    return [view_of(row) for row in rows.exclude(confirmed_at=None).order_by("pk")[:limit]]


def asked_since(*, user_id: int, since: datetime) -> int:
    """Return how many wishes of a user for others' mailboxes were kept since a moment."""
    return Subscription.objects.filter(user_id=user_id, asked_at__gt=since).count()


def confirming_token(subscription_id: int) -> str:
    """Return the mark of the letter that asks to confirm; it lives 14 days."""
    return signing.dumps(subscription_id, salt=_CONFIRM)


def ending_token(subscription_id: int) -> str:
    """Return the mark that ends a subscription; it never grows old: to leave is always free."""
    return signing.dumps(subscription_id, salt=_END)


def subscription_to_confirm(*, supplier_id: int, token: str) -> SubscriptionView:
    """Return what a letter asks to confirm; refuses with NotFound for a forged or old mark."""
    return _of_token(supplier_id, token, _CONFIRM, _CONFIRM_WITHIN)


def subscription_to_end(*, supplier_id: int, token: str) -> SubscriptionView:
    """Return what a letter's mark ends; refuses with NotFound for a forged mark."""
    return _of_token(supplier_id, token, _END, None)


def _of_token(
    supplier_id: int, token: str, salt: str, within: timedelta | None
) -> SubscriptionView:
    try:
        number = int(signing.loads(token, salt=salt, max_age=within))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(OLD_LINK) from None
    found = find_subscription(supplier_id=supplier_id, subscription_id=number)
    if found is None:
        raise NotFound(OLD_LINK)
    return found
