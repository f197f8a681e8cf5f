"""Who wants to be told of what: asked for, confirmed, served, ended."""

from datetime import date, datetime

from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.messaging.models import Subscription
from abonent.domain.messaging.queries.subscriptions import (
    NO_SUBSCRIPTION,
    SubscriptionView,
    living,
    subscription_to_end,
    view_of,
)
from abonent.domain.messaging.rules import Channel, SubscriptionKind


@requires_transaction
def ask_subscription(
    *,
    supplier_id: int,
    account_id: int,
    user_id: int | None,
    kind: SubscriptionKind,
    channel: Channel,
    recipient: str,
    now: datetime,
) -> SubscriptionView:
    """Keep a wish that its recipient must confirm; one that is kept already is returned."""
    Subscription.objects.bulk_create(
        [
            Subscription(
                supplier_id=supplier_id,
                account_id=account_id,
                user_id=user_id,
                kind=kind,
                channel=channel,
                recipient=recipient,
                asked_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    row = living(supplier_id).get(
        account_id=account_id, user_id=user_id, kind=kind, channel=channel, recipient=recipient
    )
    return view_of(row)


@requires_transaction
def subscribe(
    *,
    supplier_id: int,
    account_id: int,
    user_id: int | None,
    kind: SubscriptionKind,
    channel: Channel,
    recipient: str,
    served_through: date | None,
    now: datetime,
) -> SubscriptionView:
    """Subscribe a recipient whom the user has proven already; once, however often asked.

    ``served_through``: what happened until this day is not told any more.
    """
    asked = ask_subscription(
        supplier_id=supplier_id,
        account_id=account_id,
        user_id=user_id,
        kind=kind,
        channel=channel,
        recipient=recipient,
        now=now,
    )
    return confirm_subscription(
        supplier_id=supplier_id, subscription_id=asked.id, served_through=served_through, now=now
    )


@requires_transaction
def confirm_subscription(
    *, supplier_id: int, subscription_id: int, served_through: date | None, now: datetime
) -> SubscriptionView:
    """Let a wish count from now on; refuses with NotFound when it was ended."""
    row = living(supplier_id).select_for_update().filter(pk=subscription_id).first()
    if row is None:
        raise NotFound(NO_SUBSCRIPTION)
    if row.confirmed_at is None:
        row.confirmed_at = now
        row.served_through = served_through
        row.save(update_fields=["confirmed_at", "served_through"])
    return view_of(row)


@requires_transaction
def end_subscription(*, supplier_id: int, subscription_id: int, now: datetime) -> bool:
    """End a subscription; False when it had ended before."""
    return bool(living(supplier_id).filter(pk=subscription_id).update(ended_at=now))


@outermost
def leave(*, supplier_id: int, token: str, now: datetime) -> SubscriptionView:
    """End the subscription of a letter's mark; pressed again it changes nothing.

    Refuses with NotFound for a forged mark.
    """
    found = subscription_to_end(supplier_id=supplier_id, token=token)
    end_subscription(supplier_id=supplier_id, subscription_id=found.id, now=now)
    return found


@outermost
def unsubscribe(
    *, supplier_id: int, account_id: int, user_id: int, subscription_id: int, now: datetime
) -> None:
    """End a person's own subscription to an account; refuses with NotFound for any other's."""
    own = living(supplier_id).filter(account_id=account_id, user_id=user_id, pk=subscription_id)
    if not own.update(ended_at=now):
        raise NotFound(NO_SUBSCRIPTION)


@requires_transaction
def mark_served(*, supplier_id: int, subscription_id: int, through: date) -> bool:
    """Note what is told now, in the transaction that tells it; False: it was told before.

    Another worker that has the subscription in its hands makes this one go on without it.
    """
    row = (
        living(supplier_id)
        .select_for_update(skip_locked=True)
        .filter(pk=subscription_id)
        .exclude(confirmed_at=None)
        .first()
    )
    if row is None or (row.served_through is not None and row.served_through >= through):
        return False
    row.served_through = through
    row.save(update_fields=["served_through"])
    return True
