"""Relatives: an owner invites them by mailbox or telephone, they accept, owners may end it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from abonent.common.clock import local_day
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.common.words import day_and_year
from abonent.domain.accounts.models import AccessInvitation, AccountAccess
from abonent.domain.accounts.operations.access import (
    NotYours,
    end_expired,
    open_owner_link,
    record_access,
)
from abonent.domain.accounts.operations.notices import tell_of_guest
from abonent.domain.accounts.queries.invitations import (
    GONE,
    INVITATION_SALT,
    holds,
    invitation_of_token,
    invites_still,
)
from abonent.domain.accounts.rules import (
    INVITATION_FOR,
    INVITATIONS_A_DAY,
    ROLE_WORDS,
    AccessRole,
    AccessState,
    Evidence,
    masked_number,
)
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import parse_phone
from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers import queries as suppliers

_DAY = timedelta(days=1)


class CannotInvite(Refusal):
    """The contact, the end or the number of invitations is not as it may be."""


@dataclass(frozen=True)
class Guest:
    """Whom an owner invites: by which contact, to what, until which day (None: until ended)."""

    contact: str
    role: AccessRole
    ends_on: date | None = None


@outermost
def invite_to_account(
    *, user_id: int, supplier_id: int, number: str, guest: Guest, url: str, address: str,
    now: datetime,
) -> None:  # fmt: skip
    """Send an invitation to an account by e-mail or SMS; nothing is open until it is accepted.

    In ``url`` the word ``{token}`` becomes the signed mark, good for 14 days and for the
    holder of that contact alone. An earlier invitation to the same contact is withdrawn.
    Refuses with NotYours unless the caller is an owner with an open link, with CannotInvite
    for what is no contact, a day that has passed and above 5 invitations a day, and as
    ``identity.send_sms_code`` does.
    """
    own = open_owner_link(user_id, supplier_id, number, now)
    supplier = suppliers.supplier_by_id(supplier_id)
    contact = _contact(guest.contact)
    if guest.role is AccessRole.OWNER:
        raise CannotInvite("Владельцем становится тот, кто сам подтвердит счёт.", field="role")
    if guest.ends_on is not None and guest.ends_on < local_day(now, supplier.timezone):
        raise CannotInvite("Этот день уже прошёл. Выберите сегодня или позже.", field="ends_on")
    sent = AccessInvitation.objects.filter(account_id=own.account_id)
    if sent.filter(invited_at__gt=now - _DAY).count() >= INVITATIONS_A_DAY:
        raise CannotInvite("За сутки уже отправлено пять приглашений. Попробуйте завтра.")
    sent.filter(contact=contact, accepted_at=None, cancelled_at=None).update(cancelled_at=now)
    row = AccessInvitation.objects.create(
        supplier_id=supplier_id,
        account_id=own.account_id,
        inviter_id=user_id,
        contact=contact,
        role=guest.role,
        ends_on=guest.ends_on,
        invited_at=now,
    )
    record_access(own, user_id, "access_invited", {"role": guest.role}, now)
    _send(row, number, url.replace("{token}", signing.dumps(row.pk, salt=INVITATION_SALT)), address)


@outermost
def accept_invitation(
    *, user_id: int, supplier_id: int, token: str, objection_url: str, now: datetime
) -> str:
    """Open the account to the invited person; every owner is told and may object.

    Returns the account's number. Whoever owns the account already keeps that. Refuses with
    NotFound for an invitation that is forged, old, withdrawn or whose inviter is no owner any
    more, with NotYours for a person who has not proven the contact it went to.
    """
    row = invitation_of_token(token, supplier_id, now, locked=True)
    if row is None or not (row.accepted_by_id == user_id or invites_still(row, now)):
        raise NotFound(GONE)
    if not holds(user_id, row.contact):
        raise NotYours(
            "Приглашение отправлено на другую почту или телефон. Войдите с тем контактом, на "
            "который оно пришло, или добавьте его в профиле."
        )
    if row.accepted_at is not None:
        return str(row.account.number)
    row.accepted_at, row.accepted_by_id = now, user_id
    row.save(update_fields=["accepted_at", "accepted_by"])
    link = _open_to(row, user_id, now)
    if link is not None:
        record_access(link, user_id, "access_accepted", {"role": row.role}, now)
        tell_of_guest(link=link, number=row.account.number, objection_url=objection_url, now=now)
    return str(row.account.number)


@outermost
def cancel_invitation(
    *, user_id: int, supplier_id: int, number: str, invitation_id: int, now: datetime
) -> None:
    """Withdraw an invitation that nobody has accepted yet; one that is gone stays so.

    Refuses with NotYours unless the caller is an owner with an open link.
    """
    own = open_owner_link(user_id, supplier_id, number, now)
    open_ones = AccessInvitation.objects.filter(
        account_id=own.account_id, accepted_at=None, cancelled_at=None
    )
    if open_ones.filter(pk=invitation_id).update(cancelled_at=now):
        record_access(own, user_id, "access_invitation_cancelled", {}, now)


@outermost
def forget_invited(*, now: datetime) -> int:
    """Forget whom invitations of two weeks ago went to; return how many were forgotten.

    A job of the night: their links are dead, and a stranger's contact is kept no longer than
    it is needed. The act itself stays in the journal. There are no refusals.
    """
    over = AccessInvitation.objects.filter(invited_at__lte=now - INVITATION_FOR)
    return over.exclude(contact="").update(contact="")


def _open_to(row: AccessInvitation, user_id: int, now: datetime) -> AccountAccess | None:
    """Give the guest a link, or change the one they have; None for an owner."""
    end_expired(user_id=user_id, account_id=row.account_id, now=now)
    ends_at = None
    if row.ends_on is not None:
        zone = ZoneInfo(suppliers.supplier_by_id(row.supplier_id).timezone)
        ends_at = datetime.combine(row.ends_on + _DAY, time(), zone)
    link, made = AccountAccess.objects.exclude(state=AccessState.REVOKED).get_or_create(
        account_id=row.account_id,
        user_id=user_id,
        defaults={
            "supplier_id": row.supplier_id,
            "role": row.role,
            "state": AccessState.ACTIVE,
            "evidence": Evidence.INVITED,
            "asked_at": now,
            "opens_at": now,
            "ends_at": ends_at,
            "invited_by_id": row.inviter_id,
        },
    )
    if made:
        return link
    if link.role == AccessRole.OWNER:
        return None
    link.role, link.ends_at, link.invited_by_id = row.role, ends_at, row.inviter_id
    link.save(update_fields=["role", "ends_at", "invited_by"])
    return link


def _contact(text: str) -> str:
    """Return a mailbox in small letters or an E.164 telephone."""
    typed = text.strip().lower()
    wrong = CannotInvite(
        "Это не похоже ни на почту, ни на телефон. Проверьте, например: anna@mail.ru",
        field="contact",
    )
    try:
        if "@" not in typed:
            return parse_phone(typed)
        validate_email(typed)
    except (ValidationError, ValueError):
        raise wrong from None
    return typed


def _send(row: AccessInvitation, number: str, url: str, address: str) -> None:
    called = suppliers.supplier_by_id(row.supplier_id).called
    name = people.user_view(row.inviter_id).name
    until = f" до {day_and_year(row.ends_on)}" if row.ends_on else ""
    if "@" not in row.contact:
        identity.send_sms_code(
            supplier_id=row.supplier_id,
            number=row.contact,
            address=address,
            kind="account_invitation",
            body=f"{called}: вам открывают лицевой счёт {masked_number(number)}. Принять: {url}",
            now=row.invited_at,
        )
        return
    messaging.enqueue(
        supplier_id=row.supplier_id,
        channel="email",
        recipient=row.contact,
        kind="account_invitation",
        subject="Вам открывают лицевой счёт",
        body=(
            f"Здравствуйте!\n\n{name} открывает вам лицевой счёт {masked_number(number)} "
            f"поставщика {called}{until}. Можно будет {ROLE_WORDS[AccessRole(row.role)]}.\n\n"
            f"Чтобы принять, откройте ссылку и войдите в кабинет с этой почтой:\n\n{url}\n\n"
            "Кабинета нет? Зарегистрируйтесь с этой почтой и откройте ссылку ещё раз. Она "
            "действует 14\u00a0дней.\n\nЕсли вы не знаете этого человека, ничего не делайте.\n"
        ),
        now=row.invited_at,
    )
