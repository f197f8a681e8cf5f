"""Several workers of one billing run: each takes chunks on a connection of its own.

Further processes, on this or another machine, may run the same command at the same time:
chunks are taken with SKIP LOCKED, so nobody waits and nobody takes one twice.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from abonent.common import clock
from abonent.domain.billing import operations as billing

WORKERS = min(os.cpu_count() or 1, 2)


def draft(run: billing.RunView, workers: int, tell: Callable[[], None]) -> None:
    """Draft the chunks of a run until none waits."""
    known = billing.run_parameters(run=run)
    _together(workers, lambda: billing.bill_batch(run=run, known=known), tell)


def publish(run: billing.RunView, workers: int, tell: Callable[[], None]) -> None:
    """Post every drafted chunk and make the month public."""
    billing.start_publication(run=run)
    _together(workers, lambda: billing.publish_batch(run=run, now=clock.now()), tell)
    billing.publish_run(run=run, now=clock.now())


def _together(workers: int, step: Callable[[], bool], tell: Callable[[], None]) -> None:
    """Repeat the step in every worker until it says there is nothing left."""
    if workers == 1:
        _repeat(step, tell)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for one in [pool.submit(_in_thread, step, tell) for _ in range(workers)]:
            one.result()


def _in_thread(step: Callable[[], bool], tell: Callable[[], None]) -> None:
    try:
        _repeat(step, tell)
    finally:
        connection.close()


def _repeat(step: Callable[[], bool], tell: Callable[[], None]) -> None:
    while step():
        tell()
