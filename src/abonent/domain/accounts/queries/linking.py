"""What is known of an account that somebody wants to link; a number unknown is known nothing of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Q

from abonent.common.refusals import NotFound
from abonent.domain.accounts.models import AccountAccess, CustomerAccount, LinkAttempt
from abonent.domain.accounts.queries.access import NO_ACCOUNT, account_for, living
from abonent.domain.accounts.rules import (
    ROLE_WORDS,
    TRIES_OF_USER,
    TRIES_ON_ACCOUNT,
    AccessRole,
    AccessState,
    Evidence,
    masked_number,
)
from abonent.domain.identity import queries as identity
from abonent.domain.identity.rules import parse_phone

DAY = timedelta(days=1)
_LOOKED_AT = 20
OBJECTION_SALT = "accounts.objection"
OBJECTION_SECONDS = 30 * 24 * 60 * 60


@dataclass(frozen=True)
class KnownFacts:
    """What an account's papers say, by the field of evidence."""

    account_id: int | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TriesLeft:
    """How many wrong tries are left now; once none is, the next one is free at ``opens_at``."""

    left: int
    opens_at: datetime


@dataclass(frozen=True)
class ContactsOnFile:
    """The mailbox and the E.164 telephone that the contract names; empty when it does not."""

    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class AccessLine:
    """One person who may see an account, as its owners see them."""

    id: int
    person: str
    role: AccessRole
    evidence: Evidence
    asked_at: datetime
    opens_at: datetime
    ends_at: datetime | None
    is_open: bool
    is_you: bool

    @property
    def may(self) -> str:
        """Return in words what this person may do."""
        return ROLE_WORDS[self.role]


@dataclass(frozen=True)
class ObjectionView:
    """A link that somebody may object to: nothing personal but the end of the number."""

    number: str
    asked_at: datetime
    opens_at: datetime
    is_live: bool
    is_guest: bool


def tries_left(*, user_id: int, supplier_id: int, number: str | None, now: datetime) -> TriesLeft:
    """Return the tries of a day that this user has on this number; they age one by one.

    The user's own tries on all accounts are counted, and all users' tries on the number,
    whether it exists or not; without a number the user's own alone.
    """
    recent = LinkAttempt.objects.filter(tried_at__gt=now - DAY).order_by("tried_at")
    limits = [(recent.filter(user_id=user_id), TRIES_OF_USER)]
    if number is not None:
        on_it = recent.filter(supplier_id=supplier_id, account_number=number)
        limits.append((on_it, TRIES_ON_ACCOUNT))
    found = []
    for tries, most in limits:
        moments = list(tries.values_list("tried_at", flat=True))
        # The tries that still count when the last is spent; the oldest of them ages first.
        oldest = moments[-most:][0] if moments else now
        found.append(TriesLeft(max(most - len(moments), 0), oldest + DAY))
    return min(found, key=lambda one: (one.left, -one.opens_at.timestamp()))


def known_facts(*, supplier_id: int, number: str) -> KnownFacts:
    """Return what the house's own papers say of the account of this number."""
    account = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number=number)
        .select_related("customer", "house")
        .first()
    )
    if account is None:
        return KnownFacts()
    house = account.house
    values = {
        "flat": (account.flat + account.flat_extension,),
        "branch": (account.branch,),
        "surname": (account.customer.full_name,),
    }
    if house:
        values |= {
            "locality": (house.locality,),
            "street": (house.street,),
            "house": (house.number + house.letter,),
            "corpus": (house.corpus,),
        }
    return KnownFacts(account_id=account.pk, values=values)


def contacts_on_file(*, supplier_id: int, number: str) -> ContactsOnFile:
    """Return the contacts of the account's customer, in the form they are compared in."""
    account = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number=number)
        .select_related("customer")
        .first()
    )
    if account is None:
        return ContactsOnFile()
    try:
        phone = parse_phone(account.customer.phone)
    except ValueError:
        phone = ""
    return ContactsOnFile(email=account.customer.email.strip().lower(), phone=phone)


def account_id_of(*, supplier_id: int, number: str) -> int | None:
    """Return the identifier of the account of this number, or None.

    For rooms above that gather evidence; a page never shows which of the two it was.
    """
    return (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number=number)
        .values_list("pk", flat=True)
        .first()
    )


def numbers_are_digits(*, supplier_id: int) -> bool:
    """Tell whether this supplier's numbers look like digits alone, by the first and the last.

    For the keys that a telephone shows; what is typed is judged elsewhere. A supplier without
    accounts is not said to have digits.
    """
    numbers = CustomerAccount.objects.filter(supplier_id=supplier_id)
    ends = [
        number
        for order in ("number", "-number")
        for number in numbers.order_by(order).values_list("number", flat=True)[:_LOOKED_AT]
    ]
    return bool(ends) and all(number.isascii() and number.isdigit() for number in ends)


def user_for_sign_in(*, supplier_id: int, number: str, now: datetime) -> int | None:
    """Return the user who signs in by the number of this account: its first open owner.

    A link that has waited its time is as open as one that was proven at once.
    """
    waited = Q(state=AccessState.PENDING, opens_at__lte=now)
    return (
        AccountAccess.objects.filter(
            Q(state=AccessState.ACTIVE) | waited,
            supplier_id=supplier_id,
            account__number=number,
            role=AccessRole.OWNER,
        )
        .order_by("asked_at", "pk")
        .values_list("user_id", flat=True)
        .first()
    )


def who_has_access(
    *, user_id: int, supplier_id: int, number: str, now: datetime
) -> list[AccessLine]:
    """Return everybody whose link to the account lives, the caller included.

    Whoever is no owner sees only themselves. Refuses with NotFound for an account that is not
    linked to the caller or whose link still waits: other people's names are private.
    """
    view = account_for(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    if not view.private:
        raise NotFound(NO_ACCOUNT)
    links = living(AccountAccess.objects.filter(account_id=view.id), now)
    if not view.role.may_manage:
        links = links.filter(user_id=user_id)
    rows = list(links.order_by("asked_at", "pk"))
    people = identity.user_views(row.user_id for row in rows)
    return [
        AccessLine(
            id=row.pk,
            person=people[row.user_id].name,
            role=AccessRole(row.role),
            evidence=Evidence(row.evidence),
            asked_at=row.asked_at,
            opens_at=row.opens_at,
            ends_at=row.ends_at,
            is_open=row.state == AccessState.ACTIVE or row.opens_at <= now,
            is_you=row.user_id == user_id,
        )
        for row in rows
    ]


def objection_for(*, token: str, supplier_id: int) -> ObjectionView:
    """Return the link that a signed mark names; reading it changes nothing.

    Refuses with NotFound for a mark that is forged, of another supplier or older than 30 days.
    """
    row = (
        AccountAccess.objects.filter(pk=access_of_token(token), supplier_id=supplier_id)
        .select_related("account")
        .first()
    )
    if row is None:
        text = "Ссылка устарела или неполная. Откройте её из письма ещё раз или позвоните нам."
        raise NotFound(text)
    return ObjectionView(
        number=masked_number(row.account.number),
        asked_at=row.asked_at,
        opens_at=row.opens_at,
        is_live=row.state != AccessState.REVOKED,
        is_guest=row.role != AccessRole.OWNER,
    )


def access_of_token(token: str) -> int:
    """Return the link that a signed mark names, or 0, which no link has."""
    try:
        return int(signing.loads(token, salt=OBJECTION_SALT, max_age=OBJECTION_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        return 0
