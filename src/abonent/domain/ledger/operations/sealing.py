"""Seal what has been posted: nightly, by set queries, far from the hot path."""

import time
from datetime import datetime

from django.db import connection

from abonent.common.transactions import outermost
from abonent.domain.ledger.models import Seal
from abonent.domain.ledger.queries.chain import APPEND, RANGE

_LAST = """
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_transfer_id_seq
"""
# Whoever posts holds this lock from before he takes a number until he has committed.
_POSTING = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'ledger_transfer'::regclass AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
"""
_PATIENCE, _BETWEEN_LOOKS = 120.0, 0.1
_ONE_SEALER = "SELECT pg_advisory_xact_lock(%s)"
# "SEAL" in ASCII.
_LOCK = 0x5345414C


def seal_ledger(*, now: datetime) -> int:
    """Add the transfers that stand to the chain of seals; return how many seals were added.

    Nobody waits for it: the last number is read, then those who were posting at that moment
    are waited for, and after that nothing below the number can appear any more. Each seal is
    a transaction of its own; what is sealed already is not read again. No refusals; while
    somebody posts for longer than two minutes nothing is sealed, and the next night makes
    it good.
    """
    last_id = horizon()
    added = 0
    while last_id and _seal_next(last_id, now):
        added += 1
    return added


def horizon() -> int:
    """Return the number up to which all is written or void, 0 when that cannot be had."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        (last,) = cursor.fetchone() or (0,)
        cursor.execute(_POSTING)
        awaited = set(cursor.fetchall())
        deadline = time.monotonic() + _PATIENCE
        while awaited:
            if time.monotonic() > deadline:
                return 0
            time.sleep(_BETWEEN_LOOKS)
            cursor.execute(_POSTING)
            awaited &= set(cursor.fetchall())
    return int(last)


@outermost
def _seal_next(last_id: int, now: datetime) -> bool:
    """Seal the next range; False when everything up to the horizon is sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_SEALER, [_LOCK])
        last = Seal.objects.order_by("-pk").first()
        first_id = last.last_id + 1 if last else 1
        if first_id > last_id:
            return False
        cursor.execute(
            APPEND,
            {
                "first": first_id,
                "last": min(first_id + RANGE - 1, last_id),
                "previous": bytes(last.hash) if last else b"",
                "now": now,
            },
        )
    return True
