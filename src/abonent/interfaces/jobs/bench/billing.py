"""``abonent bench billing|billing-year``: a month's run of N accounts against COPY of its rows.

``billing-year`` bills the month after a year that the engine billed itself, with averages,
corrections and penalties.
"""

import resource
import time
from typing import Any

from django.db import connection

from abonent.common import clock
from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.interfaces.jobs.bench.limit import copy_seconds
from abonent.interfaces.jobs.bench.world import (
    MONTH,
    build,
    build_homes,
    pay_bills,
    send_readings,
)
from abonent.interfaces.jobs.workers import WORKERS, draft, publish


def measure(accounts: int) -> dict[str, Any]:
    """Run and publish the month; ratio = our wall time / the limit's wall time."""
    build(accounts)
    return _measured("billing", accounts)


def measure_after_a_year(accounts: int) -> dict[str, Any]:
    """Run and publish the month after twelve others; ratio as above."""
    build_homes(accounts)
    first = MONTH.plus(-12)
    for step in range(13):
        month = first.plus(step)
        send_readings(month, step)
        if month < MONTH:
            _bill(month)
            pay_bills(month)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return _measured("billing-year", accounts)


def _bill(month: Period) -> None:
    """Bill and publish an earlier month."""
    run = billing.open_run(supplier_id=1, period=month, as_of=month.last_day, now=clock.now())
    draft(run, WORKERS, _silent)
    publish(run, WORKERS, _silent)


def _measured(name: str, accounts: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_transfer")
        (before,) = cursor.fetchone() or (0,)
    used, started = _cpu(), time.perf_counter()
    run = billing.open_run(supplier_id=1, period=MONTH, as_of=MONTH.last_day, now=clock.now())
    draft(run, WORKERS, _silent)
    drafted = time.perf_counter()
    publish(run, WORKERS, _silent)
    wall, used = time.perf_counter() - started, _cpu() - used
    progress = queries.run_progress(run_id=run.id)
    limit, rows = copy_seconds({
        "billing_charge": f"SELECT * FROM billing_charge WHERE run_id = {run.id}",
        "billing_penalty": f"SELECT * FROM billing_penalty WHERE run_id = {run.id}",
        "billing_bill": f"SELECT * FROM billing_bill WHERE run_id = {run.id}",
        "ledger_transfer": f"SELECT * FROM ledger_transfer WHERE id > {before} ORDER BY id",
        "ledger_entry": f"SELECT * FROM ledger_entry WHERE transfer_id > {before}"
        " ORDER BY transfer_id, line",
    })  # fmt: skip
    return {
        "bench": name,
        "accounts": accounts,
        "bills": progress.bills,
        "lines": progress.lines,
        **_kinds(run.id),
        "rows": rows,
        "seconds": round(wall, 2),
        "draft_seconds": round(drafted - started, 2),
        "client_cpu_seconds": round(used, 2),
        "limit_seconds": round(limit, 2),
        "microseconds_per_account": round(wall / accounts * 1e6, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ratio": round(wall / limit, 2),
    }


def _kinds(run_id: int) -> dict[str, int]:
    """Return how many lines are averages or corrections, and how many sums of penalty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE method = 'average'),"
            " count(*) FILTER (WHERE method = 'correction'),"
            " (SELECT count(*) FROM billing_penalty WHERE run_id = %(run)s)"
            " FROM billing_charge WHERE run_id = %(run)s",
            {"run": run_id},
        )
        names = ("averages", "corrections", "penalties")
        return dict(zip(names, cursor.fetchone() or (0, 0, 0), strict=True))


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _silent() -> None:
    """Say nothing: the progress of a bench is its result."""
