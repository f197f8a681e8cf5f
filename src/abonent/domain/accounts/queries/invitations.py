"""Invitations of relatives: what an owner has sent, what a link in a letter offers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing

from abonent.common.refusals import NotFound
from abonent.common.words import masked_email, masked_phone
from abonent.domain.accounts.models import AccessInvitation, AccountAccess
from abonent.domain.accounts.queries.access import account_for, living
from abonent.domain.accounts.rules import INVITATION_FOR, AccessRole, AccessState, masked_number
from abonent.domain.identity import queries as people

INVITATION_SALT = "accounts.invitation"
GONE = "Приглашение больше не действует. Попросите владельца счёта прислать новое."


@dataclass(frozen=True)
class InvitationView:
    """An invitation that waits, as the account's owners see it; the contact is half hidden."""

    id: int
    contact: str
    role: AccessRole
    ends_on: date | None
    invited_at: datetime


@dataclass(frozen=True)
class Offer:
    """What a link offers. Only the holder of the contact learns who invites."""

    number: str
    role: AccessRole
    ends_on: date | None
    contact: str
    inviter: str
    is_yours: bool


def invitations_of(
    *, user_id: int, supplier_id: int, number: str, now: datetime
) -> list[InvitationView]:
    """Return the invitations to an account that wait; none to one who is no owner."""
    view = account_for(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    if not (view.private and view.role.may_manage):
        return []
    rows = AccessInvitation.objects.filter(
        account_id=view.id,
        accepted_at=None,
        cancelled_at=None,
        invited_at__gt=now - INVITATION_FOR,
    )
    return [
        InvitationView(
            row.pk, _masked(row.contact), AccessRole(row.role), row.ends_on, row.invited_at
        )
        for row in rows.order_by("-invited_at", "-pk")
    ]


def offer_for(*, user_id: int, supplier_id: int, token: str, now: datetime) -> Offer:
    """Return what a mark offers to this person; reading it changes nothing.

    Refuses with NotFound for a mark that is forged, old, withdrawn, used by another, or whose
    inviter owns the account no more.
    """
    row = invitation_of_token(token, supplier_id, now, locked=False)
    if row is None or not (row.accepted_by_id == user_id or invites_still(row, now)):
        raise NotFound(GONE)
    is_yours = holds(user_id, row.contact)
    return Offer(
        number=masked_number(row.account.number),
        role=AccessRole(row.role),
        ends_on=row.ends_on,
        contact=_masked(row.contact),
        inviter=people.user_view(row.inviter_id).name if is_yours else "",
        is_yours=is_yours,
    )


def invitation_of_token(
    token: str, supplier_id: int, now: datetime, *, locked: bool
) -> AccessInvitation | None:
    """Return the living invitation that a signed mark names, or None."""
    seconds = int(INVITATION_FOR.total_seconds())
    try:
        pk = int(signing.loads(token, salt=INVITATION_SALT, max_age=seconds))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = AccessInvitation.objects.select_related("account")
    if locked:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=pk, supplier_id=supplier_id, cancelled_at=None)
    return found.filter(invited_at__gt=now - INVITATION_FOR).first()


def invites_still(row: AccessInvitation, now: datetime) -> bool:
    """Tell whether nobody has accepted yet and the inviter still owns the account, openly."""
    if row.accepted_at is not None:
        return False
    owners = living(AccountAccess.objects.filter(account_id=row.account_id), now)
    own = owners.filter(user_id=row.inviter_id, role=AccessRole.OWNER).first()
    return own is not None and (own.state == AccessState.ACTIVE or own.opens_at <= now)


def holds(user_id: int, contact: str) -> bool:
    """Tell whether the person has proven this contact."""
    person = people.user_view(user_id)
    return contact in {person.email, person.phone} - {""}


def _masked(contact: str) -> str:
    return masked_email(contact) if "@" in contact else masked_phone(contact)
