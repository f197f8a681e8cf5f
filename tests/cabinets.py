"""People in front of a household's cabinet: the owner, a newcomer whose link waits, a stranger."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.test import Client

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.rules import AccessRole, AccessState, Evidence
from abonent.domain.identity.models import User
from abonent.domain.identity.operations import register_user
from bills import Household

LONG_AGO = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


def signed_in(email: str) -> Client:
    """Register a person and return a browser in which they are inside."""
    with transaction.atomic():
        user_id = register_user(
            full_name="Иванов Иван",
            email=email,
            phone="",
            password=None,
            actor_id=None,
            now=LONG_AGO,
        )
    client = Client()
    client.force_login(
        User.objects.get(pk=user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def link(client: Client, household: Household, state: AccessState, opens_at: datetime) -> None:
    """Link the household's account to the person of this browser."""
    AccountAccess.objects.create(
        supplier_id=household.supplier_id,
        account_id=household.account_id,
        user_id=int(client.session["_auth_user_id"]),
        role=AccessRole.OWNER,
        state=state,
        evidence=Evidence.STAFF,
        asked_at=LONG_AGO,
        opens_at=opens_at,
    )


def owner_of(household: Household) -> Client:
    """Return the browser of the account's owner."""
    client = signed_in("owner@example.ru")
    link(client, household, AccessState.ACTIVE, LONG_AGO)
    return client


def reader_of(household: Household, role: AccessRole = AccessRole.READER) -> Client:
    """Return the browser of a person who was let in by an owner, to look and no more."""
    client = signed_in(f"{role}@example.ru")
    link(client, household, AccessState.ACTIVE, LONG_AGO)
    user_id = int(client.session["_auth_user_id"])
    AccountAccess.objects.filter(user_id=user_id).update(role=role, evidence=Evidence.INVITED)
    return client


def waiting_for(household: Household) -> Client:
    """Return the browser of a person whose link to the account still waits."""
    client = signed_in("newcomer@example.ru")
    link(client, household, AccessState.PENDING, datetime.now(UTC) + timedelta(days=2))
    return client


def stranger() -> Client:
    """Return the browser of a signed-in person without any account."""
    return signed_in("stranger@example.ru")
