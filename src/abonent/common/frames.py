"""Frames in and out of PostgreSQL by COPY: what bulk verbs exchange (HOUSE 12)."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, cast

import polars as pl
import psycopg
import psycopg.errors
from django.db import connection
from psycopg import sql

Schema = Mapping[str, Any]
FEW_BYTES = 4096
_PLACE = re.compile(r'("(?:[^"]|"")*"|[^",\n]*)([,\n])')
_READERS: Mapping[Any, Callable[[str], Any]] = {
    pl.String: str,
    pl.Int64: int,
    pl.Int32: int,
    pl.Int16: int,
    pl.Boolean: "t".__eq__,
    pl.Date: date.fromisoformat,
    pl.Datetime: datetime.fromisoformat,
    pl.Decimal: Decimal,
}


def _cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    """Return a driver's cursor on Django's connection, hence in its transaction."""
    connection.ensure_connection()
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection).cursor()


def read_frame(
    query: str, schema: Schema, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """Run a SELECT and return its rows as a frame of the given schema.

    The query names its parameters as ``%(name)s``; its columns come in the schema's order.
    Whoever watches the connection (``execute_wrapper``) sees it like any other statement.
    """
    with _cursor() as cursor:
        bound = psycopg.ClientCursor(cursor.connection).mogrify(query, parameters or {})
        send: Callable[..., bytes] = partial(_sent, cursor.connection.pgconn)
        for watch in connection.execute_wrappers:
            send = partial(watch, send)
        lines = send(bound, None, False, {"connection": connection, "cursor": cursor})  # noqa: FBT003 (the signature is Django's)
    if not lines:
        return _without_rows(tuple(schema.items()))
    return _few(lines, schema) if len(lines) < FEW_BYTES else _many(lines, schema)


def _sent(link: "psycopg.pq.abc.PGconn", query: str, *_: object) -> bytes:
    return _copied_out(link, f"COPY ({query}) TO STDOUT (FORMAT csv)")


def _copied_out(link: "psycopg.pq.abc.PGconn", statement: str) -> bytes:
    """Return what COPY sends, taken from libpq itself: the driver's loop costs 3 µs a row."""
    result = link.exec_(statement.encode())
    if result.status != psycopg.pq.ExecStatus.COPY_OUT:
        raise psycopg.errors.lookup(_sqlstate(result))(result.get_error_message())
    lines = []
    while (taken := link.get_copy_data(0))[0] > 0:
        lines.append(bytes(taken[1]))
    result = link.get_result() or result
    while link.get_result() is not None:
        pass
    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.lookup(_sqlstate(result))(result.get_error_message())
    return b"".join(lines)


def _sqlstate(result: "psycopg.pq.abc.PGresult") -> str:
    field = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
    return field.decode() if field else "XX000"


@lru_cache(maxsize=256)
def _without_rows(columns: tuple[tuple[str, Any], ...]) -> pl.DataFrame:
    """Return a frame without rows; frames do not change, so one serves everybody."""
    return pl.DataFrame(schema=dict(columns))


def _few(lines: bytes, schema: Schema) -> pl.DataFrame:
    """Parse COPY's csv of a few rows: the parser of many takes longer to start than they do."""
    readers = [_READERS[kind.base_type()] for kind in schema.values()]
    rows: list[list[Any]] = []
    row: list[Any] = []
    for place, end in _PLACE.findall(lines.decode()):
        if place:
            text = place[1:-1].replace('""', '"') if place[0] == '"' else place
            row.append(readers[len(row)](text))
        else:
            row.append(None)
        if end == "\n":
            rows.append(row)
            row = []
    return pl.DataFrame(rows, schema=schema, orient="row")


def _many(lines: bytes, schema: Schema) -> pl.DataFrame:
    """Parse COPY's csv: an empty quoted text is a text, an empty place is not given."""
    texts = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.read_csv(lines, has_header=False, schema=texts)
    booleans = [name for name, kind in schema.items() if kind == pl.Boolean]
    return frame.with_columns(pl.col(name) == "t" for name in booleans) if booleans else frame


def copy_frame(table: str, frame: pl.DataFrame, columns: Sequence[str] | None = None) -> int:
    """COPY a frame into a table; the frame's column names are the table's. Returns rows.

    A null in the frame becomes NULL, an empty text stays an empty text.
    """
    if frame.is_empty():
        return 0
    names = list(columns or frame.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name in names)
    )
    with _cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.select(names).iter_slices(100_000):
            copy.write(part.write_csv(include_header=False, quote_style="non_numeric").encode())
    return frame.height


def row_versions(tables: Sequence[tuple[str, str]], parameters: Mapping[str, Any]) -> str:
    """Return a text that any change of the rows of some tables makes another.

    ``tables``: table and condition. Which transaction wrote each row, and where: what
    PostgreSQL itself tells the versions of a row by. Reading it costs a small part of
    reading the rows, so what is made of them is kept in memory under it.
    """
    versions = ", ".join(
        f"(SELECT count(*) || ':' || bit_xor(hashtextextended(xmin::text, hashtid(ctid)))"
        f" FROM {table} WHERE {condition})"
        for table, condition in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concat_ws(' ', {versions})", parameters)
        return cast("str", cursor.fetchone()[0])


def execute(statement: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Run a statement in the current transaction; returns the rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cast("int", cursor.rowcount)
