"""Phones are claimed, then proven; what is never proven gives way and is removed."""

from collections.abc import Collection
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.identity.models import User
from abonent.domain.identity.rules import (
    CONTACTS_REST,
    UNPROVEN_DAYS,
    Contact,
    Proof,
    rests_on_one_contact,
)
from abonent.domain.journal import operations as journal
from abonent.domain.journal import queries as journal_queries
from abonent.domain.messaging import operations as messaging

_REST = (
    "Вход держится на одном телефоне, поэтому почту и телефон можно менять не чаще одного за "
    "сутки. Попробуйте завтра или войдите с ключом доступа."
)
_NEW_PHONE = (
    "В вашем личном кабинете заменили телефон. Если это были не вы, сразу позвоните на горячую "
    "линию поставщика: кабинет заблокируют."
)


class ContactsRest(Refusal):
    """The other contact was changed a while ago by one who proved no more than a telephone."""


@outermost
def ask_contact_change(
    *, user_id: int, contact: Contact, proofs: Collection[Proof], now: datetime
) -> None:
    """Note that a person begins to change a contact; its proof is still to come.

    Refuses with ContactsRest when the sign-in rests on a telephone alone and the other
    contact was begun to be changed within 24 hours (TRUST T11).
    """
    since, subject = now - CONTACTS_REST, f"user:{user_id}"
    recovered = journal_queries.happened(subject, action="password_recovered", since=since)
    other = Contact.PHONE if contact is Contact.EMAIL else Contact.EMAIL
    changed = journal_queries.happened(subject, action=f"{other}_change_asked", since=since)
    if changed and rests_on_one_contact(proofs, recovered=recovered):
        raise ContactsRest(_REST, field=contact)
    _record(user_id, f"{contact}_change_asked", now)


@outermost
def claim_phone(*, user_id: int, phone: str, now: datetime) -> None:
    """Give the user an E.164 number that is still to be proven.

    Whoever held the same number without proof loses it: a number that somebody typed must
    not keep out the one who has the telephone in hand. A proven number is never taken
    here; the caller asks ``queries.user_by_phone`` before. There are no refusals.
    """
    User.objects.filter(phone=phone, phone_proven_at=None).exclude(pk=user_id).update(phone=None)
    User.objects.filter(pk=user_id).update(phone=phone, phone_proven_at=None)
    _record(user_id, "phone_claimed", now)


@outermost
def prove_phone(*, user_id: int, phone: str, now: datetime) -> None:
    """Mark the number as proven by a code that came to it, as the user's only one.

    When it takes the place of another number, that number and the mailbox are told.
    """
    before = User.objects.filter(pk=user_id).exclude(phone_proven_at=None).first()
    if before is not None and before.phone and before.phone != phone:
        _tell_of_new_phone(user_id, before.phone, now)
    User.objects.filter(phone=phone, phone_proven_at=None).exclude(pk=user_id).update(phone=None)
    User.objects.filter(pk=user_id).update(phone=phone, phone_proven_at=now)
    _record(user_id, "phone_proven", now)


@outermost
def prove_email(*, user_id: int, now: datetime) -> None:
    """Mark the user's mailbox as proven: a letter's link was opened and answered.

    Nothing happens when another user has proven the same mailbox before or there is none.
    """
    user = User.objects.get(pk=user_id)
    address = EmailAddress.objects.filter(user_id=user_id, email=user.email).first()
    if address is None or address.verified or not address.set_verified():
        return
    _record(user_id, "email_proven", now)


@outermost
def remove_unproven(*, now: datetime) -> int:
    """Remove the users who joined 14 days ago and proved no contact; return how many.

    A job of the night; such a user has never been inside. There are no refusals.
    """
    rows = unproven_users().filter(joined_at__lte=now - timedelta(days=UNPROVEN_DAYS))
    count = rows.count()
    rows.delete()
    return count


def unproven_users() -> QuerySet[User]:
    """Return the users who signed up themselves and have proven neither mail nor phone."""
    proven = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
    return User.objects.filter(
        ~Exists(proven), phone_proven_at=None, is_staff=False, last_login=None, erased_at=None
    )


def _tell_of_new_phone(user_id: int, old: str, now: datetime) -> None:
    """Tell the number that was and the mailbox that another number has taken its place."""
    mailbox = EmailAddress.objects.filter(user_id=user_id, verified=True).order_by("-primary")
    found = mailbox.values_list("email", flat=True).first()
    for channel, recipient in (("sms", old), ("email", found)):
        if recipient:
            messaging.enqueue(
                supplier_id=None,
                channel=channel,
                recipient=recipient,
                kind="phone_changed",
                subject="Телефон изменён" if channel == "email" else "",
                body=_NEW_PHONE,
                now=now,
            )


def _record(user_id: int, action: str, now: datetime) -> None:
    """Write an act of the user upon themselves into the journal."""
    journal.record(
        supplier_id=None,
        actor_id=user_id,
        action=action,
        subject=f"user:{user_id}",
        details={},
        now=now,
    )
