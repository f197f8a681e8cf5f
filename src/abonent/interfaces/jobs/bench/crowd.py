"""Many callers of the money's doors at once: one account paid by all, notices at a rate."""

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from urllib.parse import urlencode

from abonent.common import clock
from abonent.common.money import plain_roubles
from abonent.domain.ledger import queries as ledger
from abonent.interfaces.jobs.bench.serving import Line, at_a_rate, served, share

PAYMENTS = 10_000
CONNECTIONS = (64,)
NOTICE_RATE, TERMINAL_RATE, SECONDS = 100, 50, 10.0
# Lines on which callers at a rate come: enough that none waits for another.
LINES = 16
DOOR, CALLBACK = "/api/agents/bench/terminals/", "/api/callbacks/yookassa/bench/"
AMOUNT = 12_345
_NUMBERS = count(1)


def measure_crowd(accounts: int) -> dict[str, Any]:
    """Pay one account from many lines, then check, pay and tell at their rates (TRUST 14, 51)."""
    figures: dict[str, Any] = {}
    with served() as new_line:
        for lines in CONNECTIONS:
            figures |= _on_one_account(new_line, lines)
        figures |= _acknowledged(new_line)
        figures |= terminals_at_a_rate(new_line, accounts)
    return figures


def terminals_at_a_rate(new_line: Callable[[], Line], accounts: int) -> dict[str, Any]:
    """Check and pay by turns at the rate of TRUST 51 and more; return how long callers waited."""
    numbers = range(1, int(TERMINAL_RATE * SECONDS) // 2 + 1)
    calls = [
        (f"{DOOR}?{urlencode(asked)}", None)
        for place in numbers
        for asked in (_check(1 + place % accounts), _pay(1 + place % accounts))
    ]
    spent = at_a_rate(new_line, calls, rate=TERMINAL_RATE, lines=LINES)
    return {
        "terminals_rate": TERMINAL_RATE,
        "terminals_p50_ms": share(spent, 0.50),
        "terminals_p99_ms": share(spent, 0.99),
    }


def _on_one_account(new_line: Callable[[], Line], lines: int) -> dict[str, Any]:
    """Pay account 1 from so many lines at once; its sum must be exact."""
    before = ledger.subject_total(supplier_id=1, subject_id=1)
    paths = [f"{DOOR}?{urlencode(_pay(1))}" for _ in range(PAYMENTS)]

    def pay(own: Iterable[str]) -> list[float]:
        line, spent = new_line(), []
        for path in own:
            begun = time.perf_counter()
            # What is answered «repeat later» is repeated, as every network does.
            while b"<result>0</result>" not in line.ask(path):
                time.sleep(0.01)
            spent.append(time.perf_counter() - begun)
        line.close()
        return spent

    started = time.perf_counter()
    with ThreadPoolExecutor(lines) as pool:
        parts = pool.map(pay, (paths[first::lines] for first in range(lines)))
        spent = [one for part in parts for one in part]
    seconds = time.perf_counter() - started
    came = before - ledger.subject_total(supplier_id=1, subject_id=1)
    if came != PAYMENTS * AMOUNT:
        message = f"на счёте {came} коп. вместо {PAYMENTS * AMOUNT}"
        raise RuntimeError(message)
    return {
        f"one_account_{lines}_lines_seconds": round(seconds, 1),
        f"one_account_{lines}_lines_per_second": round(PAYMENTS / seconds),
        f"one_account_{lines}_lines_p99_ms": share(spent, 0.99),
    }


def _acknowledged(new_line: Callable[[], Line]) -> dict[str, Any]:
    """Send notices of a bank at a rate; nobody is asked anything before they are answered."""
    calls = [(CALLBACK, _notice()) for _ in range(int(NOTICE_RATE * SECONDS))]
    spent = at_a_rate(new_line, calls, rate=NOTICE_RATE, lines=LINES)
    return {
        "notices_rate": NOTICE_RATE,
        "notices_p50_ms": share(spent, 0.50),
        "notices_p99_ms": share(spent, 0.99),
    }


def _check(account: int) -> dict[str, str]:
    return {
        "command": "check", "txn_id": str(next(_NUMBERS)), "account": f"{account:010d}",
        "sum": "0.00",
    }  # fmt: skip


def _pay(account: int) -> dict[str, str]:
    return {
        "command": "pay", "txn_id": f"7{next(_NUMBERS):010d}", "account": f"{account:010d}",
        "sum": plain_roubles(AMOUNT), "txn_date": clock.now().strftime("%Y%m%d%H%M%S"),
    }  # fmt: skip


def _notice() -> bytes:
    number = f"2d1e0000-000f-5000-8000-{next(_NUMBERS):012d}"
    told = {"id": number, "status": "succeeded", "paid": True, "metadata": {}}
    told |= {"amount": {"value": "1284.93", "currency": "RUB"}}
    return json.dumps(
        {"type": "notification", "event": "payment.succeeded", "object": told}
    ).encode()
