"""Monthly partitions of hot tables, made when a month is first needed."""

from collections.abc import Iterable

from django.db import connection

from abonent.common.periods import Period

_LOCK = 7_204_001  # one advisory lock for all: partitions are made seldom and quickly


def ensure_partitions(table: str, months: Iterable[Period]) -> None:
    """Make sure that the table has a partition for each month; safe for two at once."""
    wanted = sorted(set(months))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [table],
        )
        present = {name for (name,) in cursor.fetchall()}
        missing = [month for month in wanted if _name(table, month) not in present]
        if not missing:
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for month in missing:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {_name(table, month)} PARTITION OF {table} "
                f"FOR VALUES FROM ('{month.first_day}') TO ('{month.plus(1).first_day}')"
            )


def _name(table: str, month: Period) -> str:
    return f"{table}_{month.year:04d}_{month.month:02d}"
