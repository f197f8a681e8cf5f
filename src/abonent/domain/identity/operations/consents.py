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
def give_consent(
    *,
    user_id: int,
    supplier_id: int,
    consent: ConsentGiven,
    address: str,
    user_agent: str,
    now: datetime,
) -> None:
    """Keep one consent given in the profile, as ``give_consents`` does at sign-up."""
    give_consents(
        user_id=user_id,
        supplier_id=supplier_id,
        consents=[consent],
        address=address,
        user_agent=user_agent,
        now=now,
    )


@outermost
def withdraw_consent(*, user_id: int, supplier_id: int, purpose: Purpose, now: datetime) -> None:
    """End the standing consent to a purpose from this moment.

    Refuses with NotFound when none stands.
    """
    if not _standing(user_id, supplier_id, purpose).update(withdrawn_at=now):
        text = "Такого согласия нет или оно уже отозвано."
        raise NotFound(text)
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="consent_withdrawn",
        subject=f"user:{user_id}",
        details={"purpose": purpose},
        now=now,
    )


def _standing(user_id: int, supplier_id: int, purpose: Purpose) -> QuerySet[Consent]:
    """Return the consents to a purpose that are not withdrawn."""
    return Consent.objects.filter(
        user_id=user_id, supplier_id=supplier_id, purpose=purpose, withdrawn_at=None
    )
