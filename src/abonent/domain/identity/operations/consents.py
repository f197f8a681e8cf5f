"""What people agree to, kept with the text they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.identity.models import Consent
from abonent.domain.identity.rules import Purpose
from abonent.domain.journal import operations as journal


@dataclass(frozen=True)
class ConsentGiven:
    """One ticked box: the purpose, the version and the very text beside the box."""

    purpose: Purpose
    version: str
    text: str


@requires_transaction
def give_consents(
    *,
    user_id: int,
    supplier_id: int,
    consents: Sequence[ConsentGiven],
    address: str,
    user_agent: str,
    now: datetime,
) -> None:
    """Keep each consent apart: purpose, version, text and its hash, moment, address, browser.

    A consent to the same purpose at the same supplier that still stood is withdrawn by the
    new one (RULES 7.2). There are no refusals.
    """
    for consent in consents:
        _standing(user_id, supplier_id, consent.purpose).update(withdrawn_at=now)
        Consent.objects.create(
            user_id=user_id,
            supplier_id=supplier_id,
            purpose=consent.purpose,
            version=consent.version,
            text=consent.text,
            text_hash=sha256(consent.text.encode()).hexdigest(),
            given_at=now,
            address=address or None,
            user_agent=user_agent[:400],
        )
        journal.record(
            supplier_id=supplier_id,
            actor_id=user_id,
            action="consent_given",
            subject=f"user:{user_id}",
            details={"purpose": consent.purpose, "version": consent.version},
            now=now,
        )


@outermost
def agree(
    *,
    user_id: int,
    supplier_id: int,
    consents: Sequence[ConsentGiven],
    address: str,
    user_agent: str,
    now: datetime,
) -> None:
    """Keep consents given inside the cabinet, as ``give_consents`` does at sign-up."""
    give_consents(
        user_id=user_id,
        supplier_id=supplier_id,
        consents=consents,
        address=address,
        user_agent=user_agent,
        now=now,
    )


@requires_transaction
def withdraw_consent(*, user_id: int, supplier_id: int, purpose: Purpose, now: datetime) -> None:
    """End the standing consent to a purpose from this moment.

    What follows from it is the matter of ``journeys.withdraw_consent``. Refuses with
    NotFound when none stands.
    """
    if not _withdraw(_standing(user_id, supplier_id, purpose), now):
        text = "Такого согласия нет или оно уже отозвано."
        raise NotFound(text)


@requires_transaction
def withdraw_all(*, user_id: int, supplier_id: int | None, now: datetime) -> None:
    """End whatever consents still stand, of one supplier or, with None, of all."""
    standing = Consent.objects.filter(user_id=user_id, withdrawn_at=None)
    if supplier_id is not None:
        standing = standing.filter(supplier_id=supplier_id)
    _withdraw(standing, now)


def _withdraw(standing: QuerySet[Consent], now: datetime) -> int:
    """Withdraw each of these, with a line in the journal; return how many."""
    rows = list(standing.select_for_update().order_by("pk"))
    for row in rows:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        journal.record(
            supplier_id=row.supplier_id,
            actor_id=row.user_id,
            action="consent_withdrawn",
            subject=f"user:{row.user_id}",
            details={"purpose": row.purpose, "version": row.version},
            now=now,
        )
    return len(rows)


def _standing(user_id: int, supplier_id: int, purpose: Purpose) -> QuerySet[Consent]:
    """Return the consents to a purpose that are not withdrawn."""
    return Consent.objects.filter(
        user_id=user_id, supplier_id=supplier_id, purpose=purpose, withdrawn_at=None
    )
