"""Users and their consents as other rooms and pages know them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef

from abonent.common.refusals import NotFound
from abonent.common.words import written_phone
from abonent.domain.identity.models import Consent, User
from abonent.domain.identity.rules import OF_THE_CABINET, Purpose


@dataclass(frozen=True)
class UserView:
    """A person who signs in. A contact that is not proven yet is not here."""

    id: int
    login: str
    full_name: str
    email: str
    phone: str
    is_staff: bool
    is_active: bool
    blocked_at: datetime | None
    blocked_why: str
    joined_at: datetime

    @property
    def name(self) -> str:
        """Return how to call this person on a page: the name or a contact."""
        return (
            self.full_name or self.email or written_phone(self.phone) or self.login or "без имени"
        )


@dataclass(frozen=True)
class ConsentView:
    """One consent as its giver sees it."""

    id: int
    supplier_id: int
    purpose: Purpose
    version: str
    text: str
    given_at: datetime
    withdrawn_at: datetime | None


def user_view(user_id: int) -> UserView:
    """Return the user; refuses with NotFound when there is none."""
    found = user_views([user_id])
    if not found:
        text = "Такого кабинета нет."
        raise NotFound(text)
    return found[user_id]


def user_views(user_ids: Iterable[int]) -> dict[int, UserView]:
    """Return the users of these identifiers in two statements, however many."""
    rows = list(User.objects.filter(pk__in=list(user_ids)))
    proven: dict[int, str] = {
        address.user_id: address.email
        for address in EmailAddress.objects.filter(
            user_id__in=[row.pk for row in rows], verified=True
        ).order_by("primary")
    }
    return {row.pk: _view(row, proven.get(row.pk, "")) for row in rows}


def staff_among(user_ids: Iterable[int]) -> frozenset[int]:
    """Return who of these users works for a supplier."""
    rows = User.objects.filter(pk__in=list(user_ids), is_staff=True)
    return frozenset(rows.values_list("pk", flat=True))


def user_by_email(email: str) -> UserView | None:
    """Return the user who has proven this address, or None."""
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).first()
    return user_view(address.user_id) if address else None


def user_by_phone(phone: str) -> UserView | None:
    """Return the user who has proven this E.164 number, or None."""
    row = User.objects.filter(phone=phone).exclude(phone_proven_at=None).first()
    return user_view(row.pk) if row else None


def user_by_login(login: str) -> UserView | None:
    """Return the user of this login, or None."""
    row = User.objects.filter(login=login).first() if login else None
    return user_view(row.pk) if row else None


def has_password(user_id: int) -> bool:
    """Tell whether the user has set a password; without one they sign in by codes."""
    return User.objects.get(pk=user_id).has_usable_password()


def consents_of(user_id: int) -> list[ConsentView]:
    """Return everything the user agreed to, the newest first."""
    rows = Consent.objects.filter(user_id=user_id).order_by("-given_at", "-pk")
    return [
        ConsentView(
            id=row.pk,
            supplier_id=row.supplier_id,
            purpose=Purpose(row.purpose),
            version=row.version,
            text=row.text,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def missing_consents(
    *, user_id: int, supplier_id: int, needed: Iterable[Purpose]
) -> tuple[Purpose, ...]:
    """Return what of the needed the user has not agreed to at this supplier, or has withdrawn."""
    standing = set(
        Consent.objects.filter(
            user_id=user_id, supplier_id=supplier_id, withdrawn_at=None
        ).values_list("purpose", flat=True)
    )
    return tuple(purpose for purpose in needed if purpose not in standing)


def is_password(*, user_id: int, password: str) -> bool:
    """Tell whether this is the user's password; the door limits how often it is asked."""
    return User.objects.get(pk=user_id).check_password(password)


def users_without_consent(*, since: datetime) -> list[int]:
    """Return who has withdrawn the last consent to a cabinet at or before a moment."""
    of_the_cabinet = Consent.objects.filter(user_id=OuterRef("pk"), purpose__in=OF_THE_CABINET)
    alive = of_the_cabinet.filter(withdrawn_at=None) | of_the_cabinet.filter(withdrawn_at__gt=since)
    rows = User.objects.filter(
        Exists(of_the_cabinet), ~Exists(alive), is_staff=False, erased_at=None
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _view(row: User, proven_email: str) -> UserView:
    """Turn a row into what other rooms may know."""
    return UserView(
        id=row.pk,
        login=row.login or "",
        full_name=row.full_name,
        email=proven_email,
        phone=(row.phone or "") if row.phone_proven_at else "",
        is_staff=row.is_staff,
        is_active=row.is_active,
        blocked_at=row.blocked_at,
        blocked_why=row.blocked_why,
        joined_at=row.joined_at,
    )
