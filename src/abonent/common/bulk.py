"""Rows that come by the million: staged by COPY, then compared and merged as sets.

A bulk verb takes ``Rows`` (frames that stream through, so memory is bounded), stages them
in a temporary table of its room and works with a constant number of statements. Each row
carries ``at_line``, its place in the file, so that a refused row can be named.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from abonent.common.frames import copy_frame, execute, read_frame

LINE = "at_line"
_FEW = 2000
REFUSED = {
    LINE: pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "remedy": pl.String,
}


@dataclass(frozen=True)
class Rows:
    """Frames of one kind of row. ``given`` names the columns that the sender has.

    The other columns hold defaults: they serve new rows and leave standing ones alone.
    """

    frames: Iterable[pl.DataFrame]
    given: frozenset[str]

    def has(self, columns: Iterable[str]) -> list[str]:
        """Return those of the columns that the sender has."""
        return [name for name in columns if name in self.given]


@dataclass(frozen=True)
class Loaded:
    """How many rows were new, changed and already so; which were refused and why."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED))


def stage(name: str, columns: Mapping[str, str], rows: Iterable[pl.DataFrame]) -> int:
    """Fill a temporary table of these columns (SQL types) from the frames; returns rows.

    The table ends with the transaction. It has two more columns: ``at_line`` and
    ``refused``, which holds the number of a refusal or null.

    Many rows are joined by hashing only, until ``plan_freely``: the planner takes columns
    of one key for independent, expects a single row and would loop through all of them.
    """
    declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    execute(f'DROP TABLE IF EXISTS "{name}"')
    execute(
        f'CREATE TEMPORARY TABLE "{name}" ({LINE} bigint, refused smallint, {declared}) '
        "ON COMMIT DROP"
    )
    count = 0
    for frame in rows:
        count += copy_frame(name, frame.select(LINE, *(c for c in columns if c in frame.columns)))
    execute(f'ANALYZE "{name}"')
    if count > _FEW:
        execute("SET LOCAL enable_nestloop = off")
    return count


def plan_freely() -> None:
    """Let the planner choose how to join again."""
    execute("SET LOCAL enable_nestloop = on")


@dataclass(frozen=True)
class Reason:
    """Why a staged row is refused; ``column`` is where the reader should look."""

    column: str
    rule: str
    remedy: str
    value: str = ""


def refused_rows(name: str, reasons: Sequence[Reason]) -> pl.DataFrame:
    """Return the staged rows marked as refused; the mark is the reason's place, from 1."""
    frames = [pl.DataFrame(schema=REFUSED)]
    marked = read_frame(
        f'SELECT {LINE}, refused FROM "{name}" WHERE refused IS NOT NULL ORDER BY {LINE}',
        {LINE: pl.Int64, "refused": pl.Int64},
    )
    for number, reason in enumerate(reasons, start=1):
        lines = marked.filter(pl.col("refused") == number).select(LINE)
        frames.append(
            lines.with_columns(
                pl.lit(reason.column).alias("column"),
                pl.lit(reason.value).alias("value"),
                pl.lit(reason.rule).alias("rule"),
                pl.lit(reason.remedy).alias("remedy"),
            )
        )
    return pl.concat(frames)


@dataclass(frozen=True)
class Target:
    """A table that staged rows are merged into; names are those of the table.

    ``key`` tells rows apart; those of ``loose`` in it may be null. ``fixed`` columns hold
    the same value in every row and belong to the key when named there.
    """

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    fixed: Mapping[str, int] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    known_at: datetime | None = None

    def same_key(self, staged: str = "s", standing: str = "t") -> str:
        """Return the condition that a staged and a standing row have one key."""
        parts = []
        for name in self.key:
            right = str(self.fixed[name]) if name in self.fixed else f'{staged}."{name}"'
            sign = "IS NOT DISTINCT FROM" if name in self.loose else "="
            parts.append(f'{standing}."{name}" {sign} {right}')
        return " AND ".join(parts)

    def different(self, columns: Sequence[str], staged: str = "s", standing: str = "t") -> str:
        """Return the condition that a staged and a standing row differ in these columns."""
        if not columns:
            return "false"
        left = ", ".join(f'{standing}."{name}"' for name in columns)
        right = ", ".join(f'{staged}."{name}"' for name in columns)
        return f"ROW({left}) IS DISTINCT FROM ROW({right})"

    def is_empty(self, supplier_id: int) -> bool:
        """Say whether the table has no row of the supplier yet: then all rows are new."""
        found = read_frame(
            f'SELECT EXISTS (SELECT 1 FROM "{self.table}" WHERE supplier_id = {supplier_id})',
            {"found": pl.Boolean},
        )
        return not found["found"][0]


def load_all(
    name: str, columns: Mapping[str, str], target: Target, rows: Rows, *,
    check: Callable[[], None] = lambda: None, empty: bool = False,
) -> Loaded:  # fmt: skip
    """Bring all rows into the target: an ``empty`` one is filled by COPY, else they are merged.

    ``columns`` are those of the staged table with their SQL types; see ``merge``.
    """
    if not empty:
        stage(name, columns, rows.frames)
        return merge(name, target, rows, check=check)
    fixed = [pl.lit(value, pl.Int64).alias(column) for column, value in target.fixed.items()]
    wanted = [*target.fixed, *(c for c in (*target.key, *target.values) if c not in target.fixed)]
    if target.known_at is not None:
        fixed.append(pl.lit(target.known_at.isoformat()).alias("known_at"))
        wanted.append("known_at")
    inserted = 0
    for frame in rows.frames:
        inserted += copy_frame(target.table, frame.with_columns(fixed), wanted)
    return Loaded(inserted)


def next_ids(table: str, count: int) -> pl.Series:
    """Take so many identifiers from a table's sequence."""
    taken = read_frame(
        "SELECT nextval(%(sequence)s::regclass) FROM generate_series(1, %(n)s)",
        {"id": pl.Int64},
        {"sequence": f"{table}_id_seq", "n": count},
    )
    return taken["id"]


def merge(
    name: str, target: Target, rows: Rows, *, check: Callable[[], None] = lambda: None
) -> Loaded:
    """Merge a staged table: new keys are inserted, other values updated, equal ones left.

    ``check`` may mark staged rows as refused before anything is written; the caller adds
    the refusals to the result.
    """
    changing = rows.has(target.values)
    columns = [*(c for c in target.key if c not in target.fixed), *target.values]
    given = {name: str(value) for name, value in target.fixed.items()}
    if target.known_at is not None:
        given["known_at"] = f"'{target.known_at.isoformat()}'::timestamptz"
    listed = ", ".join(f'"{column}"' for column in [*given, *columns])
    taken = ", ".join([*given.values(), *(f's."{c}"' for c in columns)])
    check()
    staged = count(f'"{name}" WHERE refused IS NULL')
    inserted = execute(
        f'INSERT INTO "{target.table}" ({listed}) SELECT {taken} FROM "{name}" s '
        f"WHERE s.refused IS NULL ORDER BY s.{LINE} ON CONFLICT ("
        + ", ".join(f'"{column}"' for column in target.key)
        + ") DO NOTHING"
    )
    updated = 0
    if inserted < staged and changing:
        settings = ", ".join(f'"{column}" = s."{column}"' for column in changing)
        if target.known_at is not None:
            settings += f", known_at = {given['known_at']}"
        updated = execute(
            f'UPDATE "{target.table}" t SET {settings} FROM "{name}" s '
            f"WHERE s.refused IS NULL AND {target.same_key()} AND {target.different(changing)}"
        )
    return Loaded(inserted, updated, staged - inserted - updated)


def count(source: str) -> int:
    """Return how many rows a table (with a condition, if any) has."""
    found = read_frame(f"SELECT count(*) FROM {source}", {"n": pl.Int64})
    return int(found["n"][0])
