"""Monthly partitions of hot tables, made when a month is first needed."""

from collections.abc import Iterable

from django.db import connection
from django.db.backends.utils import CursorWrapper

from abonent.common.periods import Period

_LOCK = 7_204_001  # one advisory lock for all: partitions are made seldom and quickly


def ensure_partitions(table: str, months: Iterable[Period]) -> None:
    """Make sure that the table has a partition for each month; safe for two at once.

    A month is made beside the table and attached: that lets others read and write the
    table until a long transaction (an import) ends, which PARTITION OF would not.
    """
    wanted = sorted(set(months))
    with connection.cursor() as cursor:
        if not _missing(cursor, table, wanted):
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for month in _missing(cursor, table, wanted):
            name = _name(table, month)
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {table} ATTACH PARTITION {name} "
                f"FOR VALUES FROM ('{month.first_day}') TO ('{month.plus(1).first_day}')"
            )


def _missing(cursor: CursorWrapper, table: str, wanted: list[Period]) -> list[Period]:
    """Return the months that have no partition yet."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table]
    )
    present = {name for (name,) in cursor.fetchall()}
    return [month for month in wanted if _name(table, month) not in present]


def months_of(table: str) -> list[Period]:
    """Return the months that the table has partitions for, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    return sorted(Period(int(name[-7:-3]), int(name[-2:])) for name in names)


def _name(table: str, month: Period) -> str:
    return f"{table}_{month.year:04d}_{month.month:02d}"
