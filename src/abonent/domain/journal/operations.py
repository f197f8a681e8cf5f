"""Record what was done."""

from datetime import datetime
from typing import Any

from abonent.common.transactions import requires_transaction
from abonent.domain.journal.models import JournalEntry


@requires_transaction
def record(
    *,
    supplier_id: int | None,
    actor_id: int | None,
    action: str,
    subject: str,
    details: dict[str, Any],
    now: datetime,
) -> int:
    """Add a line to the journal in the same transaction as the act itself.

    ``actor_id`` is the user who acted, None for the house itself; ``action`` is a short
    English word such as ``account_linked``; ``subject`` names the thing as
    ``account:17`` or ``user:5``. Details hold no passwords, codes or card numbers.
    Returns the identifier of the line. There are no refusals.
    """
    row = JournalEntry.objects.create(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action=action,
        subject=subject,
        details=details,
        recorded_at=now,
    )
    return int(row.pk)
