"""``abonent bench terminals``: checks and payments of a terminal network against their bare SQL.

Ours: calls through the whole door, in this process, one after another: middleware, the dialect,
the verb with its posting and allocation, the answer. The limit: the very statements of the
same calls, seen in a copy of the database and sent bare, one transaction a call, in a second
copy. Then the same calls at a fixed rate from several lines, timed from the moment at which each
was due, so that one that waits for its turn counts its waiting.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from abonent.common import clock
from abonent.interfaces.jobs.bench.crowd import terminals_at_a_rate
from abonent.interfaces.jobs.bench.pages import billed
from abonent.interfaces.jobs.bench.scratch import copied_database
from abonent.interfaces.jobs.bench.serving import CHANNEL, served, share
from abonent.interfaces.jobs.bench.tape import recorded, send_again
from abonent.interfaces.jobs.bench.world import build

CALLS = 200
ADDRESS = "/api/agents/bench/terminals/"
Call = Callable[[], None]


def measure(accounts: int) -> dict[str, Any]:
    """Check and pay for as many accounts; ratio = our time / the limit's."""
    build(accounts)
    # Everybody owes a bill, so each payment has something to divide.
    billed()
    logging.getLogger("abonent.request").setLevel(logging.WARNING)
    figures: dict[str, Any] = {"bench": "terminals", "accounts": accounts}
    with _channel():
        ours_in_all = limit_in_all = 0.0
        for name, asked in (("check", _checks(accounts)), ("pay", _payments(accounts, "1"))):
            calls = [partial(_call, one) for one in asked]
            with copied_database():
                tapes = [_watched(call) for call in calls]
            with copied_database():
                limit = sum(_timed([partial(send_again, tape) for tape in tapes]))
            worked = time.thread_time()
            spent = _timed(calls)
            worked = time.thread_time() - worked
            figures |= {
                f"{name}_statements": round(sum(map(len, tapes)) / len(tapes), 1),
                f"{name}_per_second": round(len(calls) / sum(spent), 1),
                f"{name}_limit_per_second": round(len(calls) / limit, 1),
                # What a call costs this process, however busy the machine is with others.
                f"{name}_cpu_ms": round(worked / len(calls) * 1000, 1),
                f"{name}_p50_ms": share(spent, 0.50),
                f"{name}_p99_ms": share(spent, 0.99),
            }
            ours_in_all, limit_in_all = ours_in_all + sum(spent), limit_in_all + limit
    with served() as new_line:
        figures |= terminals_at_a_rate(new_line, accounts)
    return figures | {"ratio": round(ours_in_all / limit_in_all, 2)}


@contextmanager
def _channel() -> Iterator[None]:
    """Let the scratch supplier have a channel of terminals."""
    before = settings.AGENTS_FILE
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agents.toml"
        path.write_text(CHANNEL, encoding="utf-8")
        settings.AGENTS_FILE = str(path)
        try:
            yield
        finally:
            settings.AGENTS_FILE = before


def _checks(accounts: int) -> list[dict[str, str]]:
    return [
        {
            "command": "check",
            "txn_id": str(place),
            "account": _number(place, accounts),
            "sum": "0.00",
        }
        for place in range(1, CALLS + 1)
    ]


def _payments(accounts: int, series: str) -> list[dict[str, str]]:
    moment = clock.now().strftime("%Y%m%d%H%M%S")
    return [
        {
            "command": "pay",
            "txn_id": f"{series}{place:09d}",
            "account": _number(place, accounts),
            "sum": "1284.93",
            "txn_date": moment,
        }
        for place in range(1, CALLS + 1)
    ]


def _number(place: int, accounts: int) -> str:
    return f"{1 + place % accounts:010d}"


def _call(asked: dict[str, str]) -> None:
    answer = _line().get(f"{ADDRESS}?{urlencode(asked)}")
    if b"<result>0</result>" not in answer.content:
        message = f"{asked} получает {answer.status_code}: {answer.content!r}"
        raise RuntimeError(message)


@cache
def _line() -> Client:
    """Return a caller; what he calls is loaded once, as in a server."""
    return Client(SERVER_NAME="localhost")


def _watched(call: Call) -> list[str]:
    with recorded() as statements:
        call()
    return statements


def _timed(calls: Sequence[Call]) -> list[float]:
    """Make the calls one after another; return the seconds of each."""
    connection.ensure_connection()
    return [_seconds(call, time.perf_counter()) for call in calls]


def _seconds(call: Call, due: float) -> float:
    call()
    return time.perf_counter() - due
