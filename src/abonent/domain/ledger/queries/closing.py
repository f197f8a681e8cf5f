"""Closings: what the entries through a number come to, and how it is read with what came after.

Every text here is a pure function of the entries. A closing only keeps its answer, so the
same statements make it, prove it and, where none can be used, stand in for it.
"""

from dataclasses import dataclass
from datetime import date

from abonent.domain.ledger.models import Closing

# An index by number cannot be walked for a range of subjects; probing each costs 2 µs.
PROBED = 100_000

# Advances allocated to debts cancel themselves out (reason 5); amounts stand by reason and day.
_MOVED = """
SELECT subject_id, reason, happened_on, sum(amount)::bigint AS amount FROM ledger_entry
WHERE supplier_id = %(supplier)s AND {subjects} AND subject_id > 0 AND {numbers}
  AND book IN (1, 2) AND reason <> 5
GROUP BY subject_id, reason, happened_on
"""
_BALANCES = """
SELECT subject_id, book, service_id, month, part, sum(amount)::bigint AS amount,
       max(happened_on) AS last_on
FROM ledger_entry
WHERE supplier_id = %(supplier)s AND {subjects} AND subject_id > 0 AND {numbers}
GROUP BY subject_id, book, service_id, month, part
"""
_ORDER = "ORDER BY subject_id, book, service_id, month, part"
RANGE = "subject_id BETWEEN %(first)s AND %(last)s"
_EACH = """subject_id = ANY(ARRAY(
    SELECT generate_series(greatest(%(first)s::bigint, 1), %(last)s::bigint)))"""
_THROUGH, _AFTER = "transfer_id <= %(through)s", "transfer_id > %(through)s"

CLOSED_BALANCES = f"""
SELECT subject_id, book, service_id, month, part, amount, last_on,
       row_number() OVER (PARTITION BY subject_id ORDER BY book, service_id, month, part) AS place
FROM ({_BALANCES.format(subjects="true", numbers=_THROUGH)}) AS standing
WHERE amount <> 0
"""
# Owed longer than to the end of the month after: what was left at a month's end without the
# charges of that month; a month without any movement is seen by the gap that it leaves.
# Whatever rose otherwise than by a charge is not reckoned with: it counts as lasting.
CLOSED_MOVEMENTS = f"""
WITH moved AS ({_MOVED.format(subjects="true", numbers=_THROUGH)}),
monthly AS (
    SELECT subject_id, date_trunc('month', happened_on)::date AS month, sum(amount) AS moved,
           coalesce(sum(amount) FILTER (WHERE reason = 2 AND amount > 0), 0) AS charged,
           bool_or(reason = 10 OR reason <> 2 AND amount > 0) AS otherwise
    FROM moved WHERE happened_on < %(before)s GROUP BY 1, 2
), standing AS (
    SELECT subject_id, month, moved, charged, otherwise,
           sum(moved) OVER by_month AS balance,
           coalesce(lead(month) OVER by_month, %(before)s::date) AS next_month
    FROM monthly WINDOW by_month AS (PARTITION BY subject_id ORDER BY month)
), folded AS (
    SELECT subject_id, sum(moved)::bigint AS amount,
           bool_or(otherwise OR balance > charged
                   OR balance > 0 AND next_month > month + interval '1 month') AS lasting
    FROM standing GROUP BY subject_id
)
SELECT subject_id, 0::smallint AS reason, %(before)s::date - 1 AS happened_on, amount, lasting
FROM folded WHERE amount <> 0 OR lasting
UNION ALL
SELECT subject_id, reason, happened_on, amount, false FROM moved WHERE happened_on >= %(before)s
"""
ALL_BALANCES = f"""
{_BALANCES.format(subjects=RANGE, numbers="true")} HAVING sum(amount) <> 0 {_ORDER}
"""
BALANCES_AFTER = f"""
SELECT subject_id, book, service_id, month, part, sum(amount)::bigint AS amount,
       max(last_on) AS last_on
FROM (
    SELECT subject_id, book, service_id, month, part, amount, last_on
    FROM ledger_closedbalance WHERE closing_id = %(closing)s AND {RANGE}
    UNION ALL {_BALANCES.format(subjects="{subjects}", numbers=_AFTER)}
) AS known
GROUP BY subject_id, book, service_id, month, part HAVING sum(amount) <> 0 {_ORDER}
"""
ALL_MOVEMENTS = f"""
SELECT subject_id, reason, amount, happened_on, false
FROM ({_MOVED.format(subjects="{subjects}", numbers="true")}) AS moved
WHERE happened_on < %(before)s ORDER BY subject_id, happened_on, reason
"""
MOVEMENTS_AFTER = f"""
SELECT subject_id, reason, sum(amount)::bigint, happened_on, bool_or(lasting)
FROM (
    SELECT subject_id, reason, happened_on, amount, lasting
    FROM ledger_closedmovement WHERE closing_id = %(closing)s AND {RANGE}
    UNION ALL
    SELECT subject_id, reason, happened_on, amount, false
    FROM ({_MOVED.format(subjects="{subjects}", numbers=_AFTER)}) AS moved
) AS known
WHERE happened_on < %(before)s
GROUP BY subject_id, reason, happened_on ORDER BY subject_id, happened_on, reason
"""


@dataclass(frozen=True)
class ClosingView:
    """A closing: of the transfers through a number, folded before a day."""

    id: int
    through_id: int
    before_on: date


def latest_closing(*, supplier_id: int, by: date | None = None) -> ClosingView | None:
    """Return the newest closing of a supplier; ``by``: that folds no day from then on."""
    rows = Closing.objects.filter(supplier_id=supplier_id)
    if by is not None:
        rows = rows.filter(before_on__lte=by)
    last = rows.order_by("-before_on").first()
    return ClosingView(last.pk, last.through_id, last.before_on) if last else None


def of_subjects(statement: str, first_id: int, last_id: int) -> str:
    """Complete a statement: probe each subject of a range, or walk a range that is too wide."""
    few = last_id - first_id < PROBED
    return statement.format(subjects=_EACH if few else RANGE)


def credited(statement: str) -> str:
    """Keep of balances those of subjects that have money to be given to debts.

    By a window: the planner takes sums for few rows and would join them by nested loops.
    """
    return f"""
    SELECT subject_id, book, service_id, month, part, amount, last_on
    FROM (
        SELECT *, bool_or(amount < 0) OVER (PARTITION BY subject_id) AS gives
        FROM ({statement}) AS standing
    ) AS known
    WHERE gives {_ORDER}
    """


def of_some(statement: str) -> str:
    """Complete a statement for the subjects of a list."""
    return statement.format(subjects="subject_id = ANY(%(subjects)s)")


def differing(kept: str, reckoned: str, columns: str) -> str:
    """Return a query of the subjects for which a table does not hold what the entries say."""
    return f"""
    SELECT 'закрытие ' || c.before_on || ', счёт ' || d.subject_id
    FROM ledger_closing c CROSS JOIN LATERAL (
        (SELECT {columns} FROM {kept} WHERE closing_id = c.id
         EXCEPT ALL SELECT {columns} FROM ({reckoned}) AS reckoned)
        UNION ALL
        (SELECT {columns} FROM ({reckoned}) AS reckoned
         EXCEPT ALL SELECT {columns} FROM {kept} WHERE closing_id = c.id)
    ) AS d
    WHERE %(supplier)s::bigint IS NULL OR c.supplier_id = %(supplier)s
    """


def _of_closing(statement: str) -> str:
    """Put the columns of a closing's row in the place of parameters."""
    places = {"supplier": "c.supplier_id", "through": "c.through_id", "before": "c.before_on"}
    for name, column in places.items():
        statement = statement.replace(f"%({name})s", column)
    return statement


BALANCES_DIFFER = differing(
    "ledger_closedbalance",
    _of_closing(CLOSED_BALANCES),
    "subject_id, book, service_id, month, part, amount, last_on",
)
MOVEMENTS_DIFFER = differing(
    "ledger_closedmovement",
    _of_closing(CLOSED_MOVEMENTS),
    "subject_id, reason, happened_on, amount, lasting",
)
