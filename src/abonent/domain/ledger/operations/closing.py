"""Close the months behind: what the entries come to is kept, so that no run sums all years."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from abonent.common.transactions import outermost
from abonent.domain.ledger.models import ClosedBalance, ClosedMovement, Closing
from abonent.domain.ledger.operations.sealing import horizon
from abonent.domain.ledger.queries.closing import CLOSED_BALANCES, CLOSED_MOVEMENTS

# The last month's serves a bill that is still drafted when the next month has begun.
KEPT = 2
_ONE_CLOSER = "SELECT pg_advisory_xact_lock(%s)"
# "CLOS" in ASCII.
_LOCK = 0x434C4F53
_FILL = (
    f"""INSERT INTO ledger_closedbalance (closing_id, subject_id, book, service_id, month, part,
               amount, last_on, place)
        SELECT %(closing)s, * FROM ({CLOSED_BALANCES}) AS closed
         ORDER BY subject_id, place""",
    f"""INSERT INTO ledger_closedmovement (closing_id, subject_id, reason, happened_on, amount,
               lasting)
        SELECT %(closing)s, * FROM ({CLOSED_MOVEMENTS}) AS closed
         ORDER BY subject_id, happened_on, reason""",
)


def close_days(*, supplier_id: int, before: date, now: datetime) -> bool:
    """Keep what a supplier's accounts came to, folding the days before a day; False if done.

    ``before`` is the first day of a month. Reckoned from the entries alone, whatever was
    closed earlier. Nobody who posts waits for it: like a seal it takes the numbers below
    which nothing can appear any more, and reads add what came after. No refusals; while
    somebody posts for longer than two minutes nothing is closed, and the next night makes it
    good (docs/adr/0012).
    """
    if before.day != 1:
        raise ValueError(before)
    done = Closing.objects.filter(supplier_id=supplier_id, before_on__gte=before)
    through = 0 if done.exists() else horizon()
    return bool(through) and _close(supplier_id, through, before, now)


@outermost
def _close(supplier_id: int, through_id: int, before: date, now: datetime) -> bool:
    """Write a closing and let the oldest go; False when another was quicker."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_CLOSER, [_LOCK])
        closing, made = Closing.objects.get_or_create(
            supplier_id=supplier_id,
            before_on=before,
            defaults={"through_id": through_id, "closed_at": now},
        )
        if not made:
            return False
        values: dict[str, Any] = {
            "supplier": supplier_id, "through": through_id, "before": before,
            "closing": closing.pk,
        }  # fmt: skip
        for statement in _FILL:
            cursor.execute(statement, values)
    mine = Closing.objects.filter(supplier_id=supplier_id).order_by("-before_on")
    old = list(mine.values_list("pk", flat=True)[KEPT:])
    for table in (ClosedBalance, ClosedMovement):
        table.objects.filter(closing_id__in=old).delete()
    Closing.objects.filter(pk__in=old).delete()
    return True
