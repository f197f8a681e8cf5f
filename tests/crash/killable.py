"""Operations in processes of their own, so that they can be killed at a named point.

A server that has imported everything forks one process for each operation: a fresh start
of the whole house would take seconds each time. It has neither threads nor a connection.
"""

import os
import signal
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import django
import time_machine
from django.conf import settings
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings_of_tests")
django.setup()


def act(place, name, told, now):
    """Run the operation at the test's database and bank."""
    operations = import_module(f"abonent.domain.{place['room']}.operations")
    os.environ["ABONENT_CRASH_AT"] = place["crash_at"]
    connection.settings_dict.update(place["database"])
    for setting, value in place["banks"].items():
        setattr(settings, setting, value)
    moment = datetime.fromisoformat(now)
    # Some banks are told until when a page lives, by the clock.
    with time_machine.travel(moment):
        getattr(operations, name)(**told, now=moment)


def begin(point, bank, name, /, *, now, room="payments", **told):
    """Run the operation in a process of its own that obeys the order about a point."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["killable"])
    # The server of forks finds its modules by this alone.
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    place = {
        "crash_at": point,
        "room": room,
        "database": {
            name: connection.settings_dict[name]
            for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")
        },
        "banks": {
            f"{channel.upper()}_{what}": getattr(settings, f"{channel.upper()}_{what}")
            for channel in settings.ACQUIRERS
            for what in ("URL", "SHOPS")
        },
    }
    process = context.Process(target=act, args=(place, name, told, now.isoformat()))
    process.start()
    return process


def kill_at(point, bank, name, /, **told):
    """Run the operation in a process that must die by SIGKILL at the point."""
    process = begin(point, bank, name, **told)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, process.exitcode


@contextmanager
def stopped_at(point, bank, name, /, **told):
    """Run the operation in a process that stops at the point; afterwards it goes on to its end."""
    process = begin(f"{point} stop", bank, name, **told)
    deadline = time.monotonic() + 60
    while "T" not in Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]:
        assert process.is_alive(), process.exitcode
        assert time.monotonic() < deadline, f"it never came to {point}"
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.join(60)
    assert process.exitcode == 0, process.exitcode
