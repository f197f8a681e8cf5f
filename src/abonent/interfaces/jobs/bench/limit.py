"""The limit of the machine: COPY of the very rows into the same indexed tables."""

import os
import resource
import statistics
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO

from django.db import connection

ROUNDS = 3


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processors: ours and those of a server on this machine."""

    wall: float
    cpu: float


class Meter:
    """Counts what is spent from its making on."""

    def __init__(self) -> None:
        self._server = _server()
        self._cpu, self._wall = self._used(), time.perf_counter()

    def read(self) -> Spent:
        """Return what was spent so far."""
        wall = time.perf_counter() - self._wall
        return Spent(wall, self._used() - self._cpu)

    def _used(self) -> float:
        ours = resource.getrusage(resource.RUSAGE_SELF)
        return ours.ru_utime + ours.ru_stime + _ticks(self._server) / os.sysconf("SC_CLK_TCK")


def _server() -> Path | None:
    """Return where the kernel tells of the server's first process; None for another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone() or (0,)
    try:
        parent = _fields(Path(f"/proc/{session}"))[1]
        return Path(f"/proc/{parent}") if "postgres" in _name(Path(f"/proc/{parent}")) else None
    except OSError:
        return None


def _ticks(server: Path | None) -> int:
    """Sum the ticks of the server, of its processes and of those that have ended."""
    if server is None:
        return 0
    total = sum(map(int, _fields(server)[11:15]))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = _fields(process)
        except OSError:
            continue  # ended meanwhile: the server has its ticks
        if fields[1] == server.name:
            total += sum(map(int, fields[11:13]))
    return total


def _fields(process: Path) -> list[str]:
    """Return what the kernel tells of a process, from its state on (proc(5), stat)."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def _name(process: Path) -> str:
    return (process / "comm").read_text()


def copy_limit(selects: dict[str, str]) -> tuple[Spent, int]:
    """Return what COPYing the selected rows into twins of their tables costs, the median.

    ``selects``: table → SELECT of all its columns that were written. The twins have the
    same columns, keys and indexes and are empty at the start of each round.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {table: _dump(select, f"{folder}/{table}") for table, select in selects.items()}
        found = [_round(files) for _ in range(ROUNDS)]
    rows = sum(_count(select) for select in selects.values())
    wall, cpu = (statistics.median(side) for side in zip(*map(astuple, found), strict=True))
    return Spent(wall, cpu), rows


def _dump(select: str, path: str) -> str:
    connection.ensure_connection()
    with (
        open(path, "wb") as file,  # noqa: PTH123  (a plain file for COPY)
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT binary)") as copy,
    ):
        file.writelines(copy)
    return path


def _round(files: dict[str, str]) -> Spent:
    with connection.cursor() as cursor:
        for table in files:
            cursor.execute(f"DROP TABLE IF EXISTS limit_{table}")
            cursor.execute(f"CREATE TABLE limit_{table} (LIKE {table} INCLUDING ALL)")
    meter = Meter()
    for table, path in files.items():
        with open(path, "rb") as file:  # noqa: PTH123  (a plain file for COPY)
            _load(table, file)
    return meter.read()


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
