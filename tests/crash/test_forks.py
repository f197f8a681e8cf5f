"""A process that has imported the house may be forked: it has no pool of columns' threads yet."""

import subprocess
import sys

THREADS = """
import os, pathlib
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abonent.config.settings")
import django
django.setup()
print(*(place.read_text() for place in pathlib.Path("/proc/self/task").glob("*/comm")), sep="")
"""


def test_importing_the_house_starts_no_pool_of_threads():
    """A pool started before a fork has no threads after it: the child would wait for ever."""
    told = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, check=True
    )
    assert "python" in told.stdout
    assert "polars-0" not in told.stdout.splitlines()
