"""The queue on PostgreSQL: a job is deferred in the same transaction as its cause.

A job is a name and identifiers; the handlers live in ``interfaces.jobs``. No job that
moves money uses the queue's own locks: uniqueness belongs to business tables (TRUST A2).
"""

from datetime import datetime

from procrastinate.contrib.django import app


def defer(name: str, *, at: datetime | None = None, **identifiers: str | int) -> None:
    """Queue a job; it exists if and only if the surrounding transaction commits."""
    app.configure_task(name, schedule_at=at).defer(**identifiers)
