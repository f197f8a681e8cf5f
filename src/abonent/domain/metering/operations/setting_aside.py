"""Readings that count no more: undone by the owner, or sent from a cabinet that was stolen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from abonent.common.transactions import requires_transaction
from abonent.domain.journal import operations as journal
from abonent.domain.metering import models
from abonent.domain.metering.operations.submit import TABLE, account_lock
from abonent.domain.metering.rules import ReadingQuality, ReadingSource


@dataclass(frozen=True)
class SetAside:
    """A submission that counts no more: its account and its number."""

    account_id: int
    number: str


@requires_transaction
def set_aside_submission(*, supplier_id: int, submission_id: UUID, now: datetime) -> bool:
    """Let the readings of an open submission count no more; what stood before counts again.

    The values stay, marked as set aside. Tells whether anything changed.
    """
    row = models.MeterReading.objects.get(
        pk=submission_id, supplier_id=supplier_id, source=int(ReadingSource.OPEN_PAGE)
    )
    return _set_aside(row, actor_id=None, action="readings_undone", closed=(), now=now)


@requires_transaction
def set_aside_readings(
    *,
    supplier_id: int,
    user_id: int,
    since: datetime,
    closed: Collection[date],
    actor_id: int | None,
    now: datetime,
) -> list[SetAside]:
    """Let everything that a user has sent since a moment count no more (MISSION A11).

    What stood before counts again until a control reading of the commission says otherwise.
    Months in ``closed`` (their first days) are billed already: their readings stay as what
    was billed up to, and the control reading corrects them by difference (RULES 2.2). Returns
    what was set aside now; there are no refusals.
    """
    rows = models.MeterReading.objects.filter(
        supplier_id=supplier_id, user_id=user_id, received_at__gte=since
    ).order_by("received_at", "pk")
    return [
        SetAside(row.account_id, row.number)
        for row in rows
        if _set_aside(row, actor_id=actor_id, action="readings_set_aside", closed=closed, now=now)
    ]


def _set_aside(
    row: models.MeterReading,
    *,
    actor_id: int | None,
    action: str,
    closed: Collection[date],
    now: datetime,
) -> bool:
    account_lock(row.account_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {TABLE} SET quality = %s
                 WHERE account_id = %s AND submission_id = %s AND quality <> %s
                   AND NOT period = ANY(%s::date[])""",
            [int(ReadingQuality.SET_ASIDE), row.account_id, row.pk,
             int(ReadingQuality.SET_ASIDE), list(closed)],
        )  # fmt: skip
        changed = bool(cursor.rowcount)
    if changed:
        journal.record(
            supplier_id=row.supplier_id,
            actor_id=actor_id,
            action=action,
            subject=f"account:{row.account_id}",
            details={"number": row.number},
            now=now,
        )
    return changed
