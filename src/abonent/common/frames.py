"""Frames in and out of PostgreSQL by COPY: what bulk verbs exchange (HOUSE 12)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl
import psycopg
import psycopg.errors
from django.db import connection
from psycopg import sql

Schema = Mapping[str, Any]


def _cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    """Return a driver's cursor on Django's connection, hence in its transaction."""
    connection.ensure_connection()
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection).cursor()


def read_frame(
    query: str, schema: Schema, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """Run a SELECT and return its rows as a frame of the given schema.

    The query names its parameters as ``%(name)s``; its columns come in the schema's order.
    """
    with _cursor() as cursor:
        bound = psycopg.ClientCursor(cursor.connection).mogrify(query, parameters or {})
        lines = _copied_out(cursor.connection.pgconn, f"COPY ({bound}) TO STDOUT (FORMAT csv)")
    return _parsed(lines, schema) if lines else pl.DataFrame(schema=schema)


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


def _parsed(lines: bytes, schema: Schema) -> pl.DataFrame:
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
