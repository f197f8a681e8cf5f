"""Several workers of one billing run: each takes chunks on a connection of its own.

Further processes, on this or another machine, may run the same command at the same time:
chunks are taken with SKIP LOCKED, so nobody waits and nobody takes one twice.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from abonent.common import clock
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries import run_progress
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import RunState

WORKERS = min(os.cpu_count() or 1, 2)
# Seconds after which a worker lets another one run Python: most of the work is done outside.
TURN = 0.0005
PAUSE = 0.2  # seconds between looks at chunks that another process holds


def draft(run: billing.RunView, workers: int, tell: Callable[[], None]) -> None:
    """Draft the chunks of a run until none waits, nor is held by another process.

    A process that dies gives its chunk back, and it is drafted here.
    """
    known = _known(run)
    while True:
        _together(workers, lambda: billing.bill_batch(run=run, known=known), tell)
        now = run_progress(run_id=run.id)
        if now.state != RunState.DRAFT or now.drafted == now.chunks:
            return
        time.sleep(PAUSE)


def publish(run: billing.RunView, workers: int, tell: Callable[[], None]) -> None:
    """Post every drafted chunk and make the month public."""
    billing.start_publication(run=run)
    while True:
        _together(workers, lambda: billing.publish_batch(run=run, now=clock.now()), tell)
        if billing.publish_run(run=run, now=clock.now()):
            return
        time.sleep(PAUSE)


def bill_left_out(run: billing.RunView) -> None:
    """Bill what a published run left out and what can be billed now."""
    known = _known(run)
    after: int | None = 0
    while after is not None:
        after = billing.bill_left_out(run=run, known=known, after=after, now=clock.now())


def _known(run: billing.RunView) -> Parameters:
    return billing.run_parameters(run=run)


def _together(workers: int, step: Callable[[], bool], tell: Callable[[], None]) -> None:
    """Repeat the step in every worker until it says there is nothing left.

    After an interruption or a failure each worker finishes the chunk in its hands, no more.
    """
    stopping = threading.Event()
    if workers == 1:
        _repeat(step, tell, stopping)
        return
    with _short_turns(), ThreadPoolExecutor(max_workers=workers) as pool:
        running = [pool.submit(_in_thread, step, tell, stopping) for _ in range(workers)]
        try:
            for one in running:
                one.result()
        finally:
            stopping.set()


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let a worker that has an answer of the database or a frame go on at once."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _in_thread(
    step: Callable[[], bool], tell: Callable[[], None], stopping: threading.Event
) -> None:
    try:
        _repeat(step, tell, stopping)
    finally:
        connection.close()


def _repeat(step: Callable[[], bool], tell: Callable[[], None], stopping: threading.Event) -> None:
    while not stopping.is_set() and step():
        tell()
