"""``abonent bench billing``: a month's run of N accounts against COPY of the very rows it wrote.

Two services, zones, bands, averages, corrections and penalties, after a year that the engine
billed itself. Three months in a row are measured; each figure is the median.
"""

import resource
import statistics
from typing import Any

from django.db import connection

from abonent.common import clock
from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.domain.ledger.operations import close_days
from abonent.interfaces.jobs.bench.limit import Meter, copy_limit
from abonent.interfaces.jobs.bench.world import MONTH, build_homes, pay_bills, send_readings
from abonent.interfaces.jobs.workers import WORKERS, draft, publish

HISTORY, MEASURED = 12, 3
# The first night of a month closes the books; a bench need not do it after each.
NIGHTS = 3


def measure(accounts: int) -> dict[str, Any]:
    """Run and publish three months after twelve; ratio = our wall time / the limit's."""
    build_homes(accounts)
    found = []
    for step in range(HISTORY + MEASURED):
        month = MONTH.plus(step - HISTORY - MEASURED + 1)
        send_readings(month, step)
        if step < HISTORY:
            _bill(month)
        else:
            _tidy()
            found.append(_measured(month, accounts))
        if step >= HISTORY - 1 or step % NIGHTS == NIGHTS - 1:
            close_days(supplier_id=1, before=month.plus(1).first_day, now=clock.now())
        pay_bills(month)
    return _medians(accounts, found)


def _bill(month: Period) -> int:
    """Bill and publish a month; return its run."""
    run = billing.open_run(supplier_id=1, period=month, as_of=month.last_day, now=clock.now())
    draft(run, WORKERS, _silent)
    publish(run, WORKERS, _silent)
    return run.id


def _tidy() -> None:
    """Do at once what the server would do in the background while we measure."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _measured(month: Period, accounts: int) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_transfer")
        (before,) = cursor.fetchone() or (0,)
    meter = Meter()
    run_id = _bill(month)
    ours = meter.read()
    progress = queries.run_progress(run_id=run_id)
    limit, rows = copy_limit({
        "billing_charge": f"SELECT * FROM billing_charge WHERE run_id = {run_id}",
        "billing_penalty": f"SELECT * FROM billing_penalty WHERE run_id = {run_id}",
        "billing_bill": f"SELECT * FROM billing_bill WHERE run_id = {run_id}",
        "ledger_transfer": f"SELECT * FROM ledger_transfer WHERE id > {before} ORDER BY id",
        "ledger_entry": f"SELECT * FROM ledger_entry WHERE transfer_id > {before}"
        " ORDER BY transfer_id, line",
    })  # fmt: skip
    return {
        "bills": progress.bills,
        "lines": progress.lines,
        **_kinds(run_id),
        "rows": rows,
        "seconds": ours.wall,
        "cpu_seconds": ours.cpu,
        "limit_seconds": limit.wall,
        "limit_cpu_seconds": limit.cpu,
        "per_account_us": ours.wall / accounts * 1e6,
        "cpu_ratio": ours.cpu / limit.cpu,
        "ratio": ours.wall / limit.wall,
    }


def _medians(accounts: int, found: list[dict[str, float]]) -> dict[str, Any]:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "bench": "billing",
        "accounts": accounts,
        "memory_mb": memory,
        **{name: round(statistics.median(one[name] for one in found), 2) for name in found[0]},
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


def _silent() -> None:
    """Say nothing: the progress of a bench is its result."""
