"""Which reminders of an account a person wants, and by which way."""

from collections.abc import Collection, Mapping
from datetime import datetime

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries.access import AccountView
from abonent.domain.identity import queries as identity
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries.subscriptions import subscriptions_of
from abonent.domain.messaging.rules import Channel, SubscriptionKind


class NoContact(Refusal):
    """There is no proven contact for this way."""


@outermost
def choose_reminders(
    *,
    account: AccountView,
    user_id: int,
    wanted: Mapping[SubscriptionKind, Collection[Channel]],
    now: datetime,
) -> None:
    """Let the named kinds of reminders come by exactly these ways, to proven contacts.

    What was chosen before and is not wanted now ends; kinds that are not named stay as they
    are. Refuses with NoContact for a way without a proven contact of the person.
    """
    person = identity.user_view(user_id)
    contacts = {Channel.EMAIL: person.email, Channel.SMS: person.phone}
    asked = {
        (kind, channel, _contact(contacts, channel))
        for kind, channels in wanted.items()
        for channel in channels
    }
    for one in subscriptions_of(
        supplier_id=account.supplier_id, account_id=account.id, user_id=user_id
    ):
        if one.kind in wanted and (one.kind, one.channel, one.recipient) not in asked:
            messaging.end_subscription(
                supplier_id=account.supplier_id, subscription_id=one.id, now=now
            )
    for kind, channel, recipient in sorted(asked):
        messaging.subscribe(
            supplier_id=account.supplier_id,
            account_id=account.id,
            user_id=user_id,
            kind=kind,
            channel=channel,
            recipient=recipient,
            served_through=None,
            now=now,
        )


def _contact(contacts: Mapping[Channel, str], channel: Channel) -> str:
    found = contacts.get(channel, "")
    if not found:
        raise NoContact("Сначала добавьте и подтвердите почту или телефон в профиле.")
    return found
