"""The statements of a hot path, kept as texts and sent again bare: the database's own share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Give a list that grows by every statement sent, its parameters written into it."""
    seen: list[str] = []

    def watch(execute: Any, query: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  (the signature is Django's)
        raw = connection.connection
        rows = parameters if many else [parameters]
        seen.extend(psycopg.ClientCursor(raw).mogrify(query, one) for one in rows)
        return execute(query, parameters, many, context)

    connection.ensure_connection()
    with connection.execute_wrapper(watch):
        yield seen


def send_again(statements: Sequence[str]) -> None:
    """Send the statements in one transaction and fetch what they answer, nothing more."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.transaction(), psycopg.ClientCursor(raw) as cursor:
        for statement in statements:
            # Savepoints were Django's; the transaction is ours.
            if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                continue
            cursor.execute(statement.encode())
            if cursor.description:
                cursor.fetchall()
