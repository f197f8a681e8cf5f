"""The settings of a test run: the environment first, because settings are read from it.

The test runner reads this module before any conftest.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("ABONENT_DATA", str(ROOT / ".data" / "test"))
os.environ.setdefault("ABONENT_DEMO", "1")
# Tests lose nothing by a power cut; durability itself is tested on clusters of its own.
os.environ.setdefault("ABONENT_POSTGRES_SETTINGS", "fsync=off,synchronous_commit=off")

from abonent.config.settings import *  # noqa: E402, F403  (after the environment is set)

# Static files come from the finders in tests; their server would warn of its empty folder.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405  (from the settings above)
