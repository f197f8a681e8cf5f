"""Users made by staff, their names, passwords and blocking."""

from datetime import datetime
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.identity.models import User
from abonent.domain.journal import operations as journal


class LoginTaken(Refusal):
    """Another user has this login."""


@requires_transaction
def register_user(
    *,
    full_name: str,
    email: str,
    phone: str,
    password: str | None,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Make a user whose contacts staff has checked, so they count as proven.

    Without a password the person signs in by a code and sets one. ``phone`` is E.164;
    either contact may be empty. Returns the identifier. Refuses with LoginTaken when
    another user has proven one of the contacts.
    """
    taken = (
        EmailAddress.objects.filter(email=email.lower(), verified=True).exists() if email else False
    )
    if taken or (phone and User.objects.filter(phone=phone).exists()):
        text = "Кабинет с этой почтой или телефоном уже есть. Найдите его в списке."
        raise LoginTaken(text)
    user = User(full_name=full_name, email=email, phone=phone)
    user.phone_proven_at = now if phone else None
    user.set_password(password)
    user.save()
    if email:
        EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    _record(user.pk, actor_id, "user_registered", {}, now)
    return int(user.pk)


@outermost
def change_name(*, user_id: int, full_name: str, login: str, now: datetime) -> None:
    """Set the name and the login a user goes by; an empty login means none.

    Refuses with LoginTaken when another user has the login.
    """
    wanted = login.strip().lower()
    if wanted and User.objects.filter(login=wanted).exclude(pk=user_id).exists():
        text = "Этот логин занят. Придумайте другой."
        raise LoginTaken(text, field="login")
    User.objects.filter(pk=user_id).update(full_name=full_name.strip(), login=wanted or None)
    _record(user_id, user_id, "name_changed", {}, now)


@requires_transaction
def set_password(*, user_id: int, password: str, actor_id: int | None, now: datetime) -> None:
    """Set a password; every session of the user ends with it.

    The door has judged its strength. There are no refusals.
    """
    user = User.objects.get(pk=user_id)
    user.set_password(password)
    user.save()
    _record(user_id, actor_id, "password_set", {}, now)


@outermost
def record_entry(
    *, user_id: int, supplier_id: int | None, address: str, user_agent: str, now: datetime
) -> None:
    """Write a sign-in into the user's journal: when, from which address and browser."""
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="signed_in",
        subject=f"user:{user_id}",
        details={"address": address, "browser": user_agent[:200]},
        now=now,
    )


@outermost
def close_sessions(*, user_id: int, kept_key: str, now: datetime) -> int:
    """End every session of the user but the one with ``kept_key``; return how many ended."""
    ended = end_sessions(user_id, kept_key)
    _record(user_id, user_id, "sessions_closed", {"count": ended}, now)
    return ended


@outermost
def close_session(*, user_id: int, session_id: int, now: datetime) -> None:
    """End one session of the user; one that is gone, or somebody else's, is left alone."""
    if _end(UserSession.objects.filter(user_id=user_id, pk=session_id)):
        _record(user_id, user_id, "session_closed", {}, now)


def end_sessions(user_id: int, kept_key: str) -> int:
    """Delete the stored sessions: their cookies are worth nothing from now on."""
    return _end(UserSession.objects.filter(user_id=user_id).exclude(session_key=kept_key))


def _end(rows: QuerySet[UserSession]) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = list(rows.values_list("session_key", flat=True))
    for key in keys:
        store.delete(key)
    rows.delete()
    return len(keys)


def _record(
    user_id: int, actor_id: int | None, action: str, details: dict[str, object], now: datetime
) -> None:
    """Write an act upon a user into the journal."""
    journal.record(
        supplier_id=None,
        actor_id=actor_id,
        action=action,
        subject=f"user:{user_id}",
        details=details,
        now=now,
    )
