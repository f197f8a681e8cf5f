"""Frames in and out of PostgreSQL by COPY: what bulk verbs exchange (HOUSE 12)."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl
import psycopg
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
    buffer = io.BytesIO()
    with _cursor() as cursor:
        bound = psycopg.ClientCursor(cursor.connection).mogrify(query, parameters or {})
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(sql.SQL(bound))
        with cursor.copy(statement) as copy:
            for block in copy:
                buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    buffer.seek(0)
    return _parsed(buffer, schema)


def _parsed(buffer: io.BytesIO, schema: Schema) -> pl.DataFrame:
    """Parse COPY's csv: an empty quoted text is a text, an empty place is not given."""
    texts = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.read_csv(buffer, has_header=False, schema=texts)
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


def execute(statement: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Run a statement in the current transaction; returns the rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cast("int", cursor.rowcount)
