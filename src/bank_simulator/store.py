"""The file in which the bank remembers what it really did.

One connection under one lock: the bank does one thing at a time, and the answer to a
request leaves only after the commit. That is what makes a kill at any moment harmless.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value = str | int | None
"""What is written into a column; amounts are integer kopecks, moments are text."""

TABLES = (
    "deliveries",
    "notifications",
    "challenges",
    "refusals",
    "visits",
    "kept_cards",
    "movements",
    "refunds",
    "operations",
    "answers",
    "draws",
    "settings",
)
"""All tables, the dependent ones first, so that emptying them in this order is allowed."""


class Store:
    """An SQLite file, or memory, with transactions that exclude each other."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = RLock()
        self._open = False
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(
            files("bank_simulator").joinpath("schema.sql").read_text(encoding="utf-8")
        )

    def close(self) -> None:
        """Close the file; whatever was committed is in it."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one transaction; a block inside a block joins the outer one."""
        with self._lock:
            if self._open:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._open = True
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._open = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else out for several transactions in a row."""
        with self._lock:
            yield

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo the block, and only the block, when it fails inside the open transaction."""
        self.rows("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.rows("ROLLBACK TO attempt")
            raise
        finally:
            self.rows("RELEASE attempt")

    def rows(self, query: str, values: Mapping[str, Value] | None = None) -> list[sqlite3.Row]:
        """Run one statement inside the open transaction and return its rows."""
        with self._lock:
            if not self._open:
                message = "The bank reads and writes only inside a transaction."
                raise RuntimeError(message)
            return self._connection.execute(query, values or {}).fetchall()

    def row(self, query: str, values: Mapping[str, Value] | None = None) -> sqlite3.Row | None:
        """Return the first row, or nothing."""
        found = self.rows(query, values)
        return found[0] if found else None

    def insert(self, table: str, values: dict[str, Value]) -> int:
        """Insert one row and return its number."""
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        # The table and the columns are names from this package, never from a request.
        found = self.row(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING rowid",
            {**values},
        )
        return int(found[0]) if found else 0

    def setting(self, name: str) -> str:
        """Return a remembered setting, or the empty string."""
        found = self.row("SELECT value FROM settings WHERE name = :name", {"name": name})
        return str(found["value"]) if found else ""

    def set_setting(self, name: str, value: str) -> None:
        """Remember a setting."""
        self.rows(
            "INSERT INTO settings VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": value},
        )

    def count_draw(self, purpose: str) -> int:
        """Return how many times the purpose has been drawn, this time included."""
        found = self.row(
            "INSERT INTO draws VALUES (:purpose, 1)"
            " ON CONFLICT (purpose) DO UPDATE SET drawn = drawn + 1 RETURNING drawn",
            {"purpose": purpose},
        )
        return int(found["drawn"]) if found else 0

    def clear(self) -> None:
        """Forget everything the bank ever did."""
        with self.transaction():
            for table in TABLES:
                self.rows(f"DELETE FROM {table}")
