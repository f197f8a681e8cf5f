"""Named places where a trial ends the process; nothing at all in production.

``ABONENT_CRASH_AT`` names one point, ``name:N`` for its N-th passing, ``name stop`` to stop there
as a paused machine does instead of dying, ``name raise`` to leave the operation by ``Crash``.
``@file`` reads the same from a file at each passing: an order may come while the process runs,
and who obeys takes the file away first, so that one order ends one process (TRUST A5.2). Set
only by tests and by ``abonent soak``.
"""

import os
import signal
from pathlib import Path

_passed: dict[str, int] = {}


class Crash(BaseException):
    """The death of a process inside a test's own: nobody catches it, every transaction ends."""


def crash_point(name: str) -> None:
    """End here, or stop, when a trial asked for it."""
    plan = os.environ.get("ABONENT_CRASH_AT")
    if not plan:
        return
    if plan.startswith("@"):
        _obey(Path(plan[1:]), name)
        return
    wanted, _, manner = plan.partition(" ")
    point, _, nth = wanted.partition(":")
    if point != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == int(nth or 1):
        _end(manner)


def _obey(order: Path, name: str) -> None:
    try:
        point, _, manner = order.read_text().partition(" ")
        if point != name:
            return
        order.unlink()
    except FileNotFoundError:
        # There is no order, or somebody else has just obeyed it.
        return
    _end(manner)


def _end(manner: str) -> None:
    if manner == "raise":
        raise Crash
    os.kill(os.getpid(), signal.SIGSTOP if manner == "stop" else signal.SIGKILL)
