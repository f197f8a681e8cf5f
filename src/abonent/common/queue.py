"""The queue on PostgreSQL: a job is deferred in the same transaction as its cause.

A job is a name and identifiers; the handlers live in ``interfaces.jobs``. No job that
moves money uses the queue's own locks: uniqueness belongs to business tables (TRUST A2).
"""

from datetime import datetime

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

# Not the queue's common application: inside a worker that one has connections of its own,
# and a job deferred by a job would leave outside the transaction of its cause.
_manager = JobManager(DjangoConnector())


def defer(name: str, *, at: datetime | None = None, **identifiers: str | int) -> None:
    """Queue a job; it exists if and only if the surrounding transaction commits."""
    configure_task(name=name, job_manager=_manager, schedule_at=at).defer(**identifiers)
