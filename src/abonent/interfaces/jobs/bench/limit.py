"""The limit of the machine: COPY of the very rows into the same indexed tables."""

import statistics
import tempfile
import time
from typing import IO

from django.db import connection

ROUNDS = 3


def copy_seconds(selects: dict[str, str]) -> tuple[float, int]:
    """Return the median seconds of COPYing the selected rows into twins of their tables.

    ``selects``: table → SELECT of all its columns that were written. The twins have the
    same columns, keys and indexes and are empty at the start of each round.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {table: _dump(select, f"{folder}/{table}") for table, select in selects.items()}
        times = [_round(files) for _ in range(ROUNDS)]
    rows = sum(_count(select) for select in selects.values())
    return statistics.median(times), rows


def _dump(select: str, path: str) -> str:
    connection.ensure_connection()
    with (
        open(path, "wb") as file,  # noqa: PTH123  (a plain file for COPY)
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT binary)") as copy,
    ):
        file.writelines(copy)
    return path


def _round(files: dict[str, str]) -> float:
    with connection.cursor() as cursor:
        for table in files:
            cursor.execute(f"DROP TABLE IF EXISTS limit_{table}")
            cursor.execute(f"CREATE TABLE limit_{table} (LIKE {table} INCLUDING ALL)")
    started = time.perf_counter()
    for table, path in files.items():
        with open(path, "rb") as file:  # noqa: PTH123  (a plain file for COPY)
            _load(table, file)
    return time.perf_counter() - started


def _load(table: str, file: IO[bytes]) -> None:
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY limit_{table} FROM STDIN (FORMAT binary)") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def _count(select: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({select}) AS rows")
        (count,) = cursor.fetchone() or (0,)
    return int(count)
