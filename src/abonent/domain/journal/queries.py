"""Reads of the journal, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from abonent.domain.journal.models import JournalEntry


@dataclass(frozen=True)
class JournalLine:
    """One act as pages show it."""

    id: int
    supplier_id: int | None
    actor_id: int | None
    action: str
    subject: str
    details: dict[str, Any]
    recorded_at: datetime


def entries_for(subject: str, *, limit: int = 100) -> list[JournalLine]:
    """Return the newest lines about a thing such as ``account:17``."""
    return _lines(JournalEntry.objects.filter(subject=subject), limit)


def entries_of_actor(actor_id: int, *, limit: int = 100) -> list[JournalLine]:
    """Return the newest acts of a user."""
    return _lines(JournalEntry.objects.filter(actor_id=actor_id), limit)


def entries_of_person(user_id: int, *, limit: int = 100) -> list[JournalLine]:
    """Return the newest acts about a user and acts of theirs about accounts and payments."""
    about = JournalEntry.objects.filter(subject=f"user:{user_id}")
    theirs = JournalEntry.objects.filter(actor_id=user_id).exclude(subject__startswith="user:")
    found = [*_lines(about, limit), *_lines(theirs, limit)]
    return sorted(found, key=lambda one: (one.recorded_at, one.id), reverse=True)[:limit]


def acts_since(*, actor_id: int, action: str, since: datetime) -> int:
    """Return how often a user has done something since a moment: for ceilings of a day."""
    return JournalEntry.objects.filter(
        actor_id=actor_id, action=action, recorded_at__gt=since
    ).count()


def entries_by_others(
    user_id: int, *, since: Mapping[str, datetime], limit: int = 100
) -> list[JournalLine]:
    """Return the newest acts of other people about things, each from its own moment on.

    ``since`` names the things, as ``account:17``, with the moment the user began to have to
    do with them: what was done before is not the user's to know. Acts of the house itself
    are not here.
    """
    about = Q(pk__in=[])
    for subject, moment in since.items():
        about |= Q(subject=subject, recorded_at__gte=moment)
    rows = JournalEntry.objects.filter(about).exclude(actor_id=None).exclude(actor_id=user_id)
    return _lines(rows, limit)


def happened(subject: str, *, action: str, since: datetime) -> bool:
    """Tell whether an act upon a thing was recorded after a moment."""
    return JournalEntry.objects.filter(
        subject=subject, action=action, recorded_at__gt=since
    ).exists()


def _lines(rows: QuerySet[JournalEntry], limit: int) -> list[JournalLine]:
    return [
        JournalLine(**{name: getattr(row, name) for name in JournalLine.__dataclass_fields__})
        for row in rows.order_by("-recorded_at", "-pk")[:limit]
    ]
