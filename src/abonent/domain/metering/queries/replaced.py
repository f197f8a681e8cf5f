"""Which readings of a submission no longer count, and by which they were replaced."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from abonent.domain.metering.queries.history import fetch
from abonent.domain.metering.rules import (
    SOURCE_NAMES,
    SOURCE_PRIORITY,
    ReadingQuality,
    ReadingSource,
)

_OF_THE_MONTHS = """
SELECT x.register_id, x.period, x.taken_on, x.source, x.sequence, x.submission_id
  FROM metering_reading x
 WHERE x.account_id = %(account)s AND x.register_id = ANY(%(registers)s)
   AND x.period BETWEEN %(since)s AND %(until)s AND x.quality <> %(aside)s
"""


@dataclass(frozen=True)
class Replacement:
    """The reading that counts instead: its day and the way it came."""

    taken_on: date
    source: str
    submission_id: UUID | None


def replacements(
    *, account_id: int, submission_id: UUID, registers: Collection[int], since: date, until: date
) -> dict[int, Replacement]:
    """Return by register what counts instead of a submission's values, in their months.

    The order in which readings of a month count is that of RULES 4.3. One statement.
    """
    rows = fetch(
        _OF_THE_MONTHS,
        {
            "account": account_id,
            "registers": list(registers),
            "since": since,
            "until": until,
            "aside": int(ReadingQuality.SET_ASIDE),
        },
    )
    closing: dict[tuple[int, date], tuple[Any, ...]] = {}
    for row in sorted(rows, key=_order):
        closing[row[0], row[1]] = row
    ours = {(row[0], row[1]) for row in rows if row[5] == submission_id}
    return {
        register: Replacement(last[2], SOURCE_NAMES[ReadingSource(last[3])], last[5])
        for (register, period), last in closing.items()
        if (register, period) in ours and last[5] != submission_id
    }


def _order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[1], row[2], SOURCE_PRIORITY.get(ReadingSource(row[3]), 1), row[4])
