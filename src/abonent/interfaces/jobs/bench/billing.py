"""``abonent bench billing``: a month's run of N accounts against COPY of its rows."""

import resource
import time
from typing import Any

from django.db import connection

from abonent.common import clock
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.interfaces.jobs.bench.limit import copy_seconds
from abonent.interfaces.jobs.bench.world import MONTH, build
from abonent.interfaces.jobs.workers import WORKERS, draft, publish


def measure(accounts: int) -> dict[str, Any]:
    """Run and publish the month; ratio = our wall time / the limit's wall time."""
    build(accounts)
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
        "billing_bill": f"SELECT * FROM billing_bill WHERE run_id = {run.id}",
        "ledger_transfer": f"SELECT * FROM ledger_transfer WHERE id > {before} ORDER BY id",
        "ledger_entry": f"SELECT * FROM ledger_entry WHERE transfer_id > {before}"
        " ORDER BY transfer_id, line",
    })  # fmt: skip
    return {
        "bench": "billing",
        "accounts": accounts,
        "bills": progress.bills,
        "lines": progress.lines,
        "rows": rows,
        "seconds": round(wall, 2),
        "draft_seconds": round(drafted - started, 2),
        "client_cpu_seconds": round(used, 2),
        "limit_seconds": round(limit, 2),
        "microseconds_per_account": round(wall / accounts * 1e6, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ratio": round(wall / limit, 2),
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _silent() -> None:
    """Say nothing: the progress of a bench is its result."""
