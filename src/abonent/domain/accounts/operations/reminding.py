"""Tell those who asked to be reminded: once, and only while they may see the account."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from abonent.common.transactions import outermost
from abonent.domain.accounts.queries import sees_account
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.rules import masked_number
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries.subscriptions import SubscriptionView, waiting_subscriptions
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.domain.messaging.rules.letters import Letter
from abonent.domain.suppliers.queries import SupplierView

_BATCH = 500


@dataclass(frozen=True)
class ReminderWords:
    """A reminder as a letter and as an SMS."""

    letter: Letter
    sms: str


def waiting_batches(
    supplier_id: int, kind: SubscriptionKind, through: date
) -> Iterator[list[SubscriptionView]]:
    """Yield the subscriptions that were not told through this day."""
    after = 0
    while batch := waiting_subscriptions(
        supplier_id=supplier_id, kind=kind, through=through, after=after, limit=_BATCH
    ):
        after = batch[-1].id
        yield batch


def remind_each(
    batch: Sequence[SubscriptionView],
    supplier: SupplierView,
    words: Callable[[SubscriptionView, str], ReminderWords],
    *,
    through: date,
    now: datetime,
) -> int:
    """Tell each of them once through the day, or end what nobody may be told any more.

    Returns how many were told. ``words`` gets the subscription and the account's masked number.
    """
    numbers = account_numbers(
        supplier_id=supplier.id, account_ids=[one.account_id for one in batch]
    )
    return sum(
        _tell(one, words(one, masked_number(numbers[one.account_id])), through, now)
        for one in batch
    )


@outermost
def _tell(one: SubscriptionView, words: ReminderWords, through: date, now: datetime) -> bool:
    """Write a reminder and its mark together; a person who sees the account no more gets none."""
    if one.user_id is not None and not sees_account(
        user_id=one.user_id, supplier_id=one.supplier_id, account_id=one.account_id, now=now
    ):
        messaging.end_subscription(supplier_id=one.supplier_id, subscription_id=one.id, now=now)
        return False
    if not messaging.mark_served(
        supplier_id=one.supplier_id, subscription_id=one.id, through=through
    ):
        return False
    key = f"remind:{one.id}:{through}"
    if one.channel == Channel.EMAIL:
        messaging.enqueue_letter(
            supplier_id=one.supplier_id,
            recipient=one.recipient,
            kind=f"remind_{one.kind}",
            letter=words.letter,
            key=key,
            now=now,
        )
    else:
        messaging.enqueue(
            supplier_id=one.supplier_id,
            channel=one.channel,
            recipient=one.recipient,
            kind=f"remind_{one.kind}",
            subject=words.letter.subject,
            body=words.sms,
            key=key,
            now=now,
        )
    return True
