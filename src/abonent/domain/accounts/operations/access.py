"""Links that live: given by staff, renamed, ended by the user or by another owner."""

from datetime import datetime

from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts.models import (
    AccessInvitation,
    AccountAccess,
    CustomerAccount,
    LinkRequest,
)
from abonent.domain.accounts.queries.access import NO_ACCOUNT
from abonent.domain.accounts.rules import AccessRole, AccessState, Evidence
from abonent.domain.journal import operations as journal

_LONGEST_ALIAS = 80


class NotYours(Refusal):
    """Only an owner whose link is open gives access to others and ends it."""


@requires_transaction
def grant_access(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    evidence: Evidence,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Open the account to the user at once; return the account's identifier.

    For staff who have seen a passport, and for the verbs that have checked a code. A link
    that waits is opened; one that is open stays as it is. Refuses with NotFound when the
    supplier has no account of this number.
    """
    account = CustomerAccount.objects.filter(supplier_id=supplier_id, number=number).first()
    if account is None:
        text = f"Лицевого счёта {number} нет. Проверьте номер."
        raise NotFound(text, field="number")
    end_expired(user_id=user_id, account_id=account.pk, now=now)
    link, made = AccountAccess.objects.exclude(state=AccessState.REVOKED).get_or_create(
        account=account,
        user_id=user_id,
        defaults={
            "supplier_id": supplier_id,
            "role": AccessRole.OWNER,
            "state": AccessState.ACTIVE,
            "evidence": evidence,
            "asked_at": now,
            "opens_at": now,
        },
    )
    if not made and link.state == AccessState.ACTIVE and link.role == AccessRole.OWNER:
        return int(account.pk)
    # A relative who has proven the account is an owner from now on.
    link.role, link.ends_at, link.invited_by_id = AccessRole.OWNER, None, None
    link.state, link.evidence, link.opens_at = AccessState.ACTIVE, evidence, now
    link.save(update_fields=["role", "ends_at", "invited_by", "state", "evidence", "opens_at"])
    record_access(link, actor_id, "account_linked", {"evidence": evidence}, now)
    return int(account.pk)


@outermost
def rename_account(
    *, user_id: int, supplier_id: int, number: str, alias: str, now: datetime
) -> None:
    """Give the account the user's own name, «Мама»; an empty one takes it away.

    Nobody else sees it. Refuses with NotFound when the account is not linked to the user.
    """
    link = _own_link(user_id, supplier_id, number)
    link.alias = " ".join(alias.split())[:_LONGEST_ALIAS]
    link.save(update_fields=["alias"])
    record_access(link, user_id, "account_renamed", {}, now)


@outermost
def unlink_account(*, user_id: int, supplier_id: int, number: str, now: datetime) -> None:
    """End the user's own link at once; the account itself and its history stay.

    Refuses with NotFound when the account is not linked to the user.
    """
    _end(_own_link(user_id, supplier_id, number), user_id, "Отвязан в кабинете", now)


@outermost
def revoke_access(
    *, user_id: int, supplier_id: int, number: str, access_id: int, now: datetime
) -> None:
    """End another user's link to an account; the caller must be an owner with an open link.

    Refuses with NotFound for an account or a link that is not the caller's to see, with
    NotYours when the caller's own link is not that of an owner or is not open yet.
    """
    own = open_owner_link(user_id, supplier_id, number, now)
    other = (
        AccountAccess.objects.select_for_update()
        .filter(pk=access_id, account_id=own.account_id)
        .exclude(state=AccessState.REVOKED)
        .first()
    )
    if other is None:
        text = "Этот доступ уже закрыт."
        raise NotFound(text)
    _end(other, user_id, "Закрыт владельцем счёта", now)


@requires_transaction
def end_links(*, user_id: int, supplier_id: int | None, why: str, now: datetime) -> list[str]:
    """End every link of the user, at one supplier or, with None, at all; return the numbers.

    The user's own names of the accounts and what waits from sign-up go with them. The
    accounts, their bills and payments stay. There are no refusals.
    """
    links = AccountAccess.objects.filter(user_id=user_id)
    requests = LinkRequest.objects.filter(user_id=user_id)
    if supplier_id is not None:
        links = links.filter(supplier_id=supplier_id)
        requests = requests.filter(supplier_id=supplier_id)
    requests.delete()
    links.update(alias="")
    living = links.select_for_update(of=("self",)).exclude(state=AccessState.REVOKED)
    ended = []
    for link in living.select_related("account").order_by("pk"):
        _end(link, user_id, why, now)
        ended.append(link.account.number)
    return ended


@requires_transaction
def end_given_access(
    *, user_id: int, supplier_id: int, since: datetime, actor_id: int | None, now: datetime
) -> int:
    """End what a user has given to relatives at a supplier since a moment; return how many.

    Invitations that wait are withdrawn, whenever they were sent. There are no refusals.
    """
    AccessInvitation.objects.filter(
        inviter_id=user_id, supplier_id=supplier_id, accepted_at=None, cancelled_at=None
    ).update(cancelled_at=now)
    guests = AccountAccess.objects.select_for_update().filter(
        invited_by_id=user_id, supplier_id=supplier_id, asked_at__gte=since
    )
    rows = list(guests.exclude(state=AccessState.REVOKED).order_by("pk"))
    for guest in rows:
        _end(guest, actor_id, "Кабинет того, кто приглашал, заблокирован", now)
    return len(rows)


def record_access(
    link: AccountAccess,
    actor_id: int | None,
    action: str,
    details: dict[str, object],
    now: datetime,
) -> None:
    """Write an act on a link into the journal of the account and of the link's user."""
    shared = {"account": link.account_id, "user": link.user_id, **details}
    for subject in (f"account:{link.account_id}", f"user:{link.user_id}"):
        journal.record(
            supplier_id=link.supplier_id,
            actor_id=actor_id,
            action=action,
            subject=subject,
            details=shared,
            now=now,
        )


def open_owner_link(user_id: int, supplier_id: int, number: str, now: datetime) -> AccountAccess:
    """Return the caller's own link, locked, if it is that of an owner and open.

    Refuses with NotFound for an account that is not the caller's, else with NotYours.
    """
    own = _own_link(user_id, supplier_id, number)
    is_open = own.state == AccessState.ACTIVE or own.opens_at <= now
    if own.role != AccessRole.OWNER or not is_open:
        text = "Открывать и закрывать доступ другим может только владелец счёта."
        raise NotYours(text)
    return own


def end_expired(*, user_id: int, account_id: int, now: datetime) -> None:
    """Mark a link whose time is over as ended, so that another may take its place."""
    over = AccountAccess.objects.filter(user_id=user_id, account_id=account_id, ends_at__lte=now)
    over.exclude(state=AccessState.REVOKED).update(
        state=AccessState.REVOKED, revoked_at=now, revoked_why="Срок вышел"
    )


def end_guests_of(link: AccountAccess, actor_id: int | None, now: datetime) -> None:
    """End what the user of a link has given to relatives there, and withdraw invitations."""
    guests = AccountAccess.objects.select_for_update().filter(
        account_id=link.account_id, invited_by_id=link.user_id
    )
    for guest in guests.exclude(state=AccessState.REVOKED).order_by("pk"):
        _end(guest, actor_id, "Закрыт доступ того, кто приглашал", now)
    AccessInvitation.objects.filter(
        account_id=link.account_id, inviter_id=link.user_id, accepted_at=None, cancelled_at=None
    ).update(cancelled_at=now)


def _own_link(user_id: int, supplier_id: int, number: str) -> AccountAccess:
    """Return the user's living link, locked."""
    link = (
        AccountAccess.objects.select_for_update()
        .filter(user_id=user_id, supplier_id=supplier_id, account__number=number)
        .exclude(state=AccessState.REVOKED)
        .first()
    )
    if link is None:
        raise NotFound(NO_ACCOUNT)
    return link


def _end(link: AccountAccess, actor_id: int | None, why: str, now: datetime) -> None:
    """Revoke a link: the next request already finds nothing."""
    link.state, link.revoked_at, link.revoked_why = AccessState.REVOKED, now, why
    link.save(update_fields=["state", "revoked_at", "revoked_why"])
    record_access(link, actor_id, "account_unlinked", {"why": why}, now)
    if link.role == AccessRole.OWNER:
        end_guests_of(link, actor_id, now)
