"""Named places where a test kills the process; nothing at all in production.

``ABONENT_CRASH_AT`` names one point, optionally ``name:N`` for its N-th passing
(TRUST A5.2). Only set by tests of the money paths.
"""

import os
import signal

_passed: dict[str, int] = {}


def crash_point(name: str) -> None:
    """Die here by SIGKILL when a test asked for it."""
    plan = os.environ.get("ABONENT_CRASH_AT")
    if not plan:
        return
    wanted, _, nth = plan.partition(":")
    if wanted != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
