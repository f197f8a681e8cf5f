"""The tests' PostgreSQL: DATABASE_URL when given, else the embedded cluster of the checkout."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("ABONENT_DATA", str(ROOT / ".data" / "test"))
os.environ.setdefault("ABONENT_DEMO", "1")
# Tests lose nothing by a power cut; durability itself is tested on clusters of its own.
os.environ.setdefault("ABONENT_POSTGRES_SETTINGS", "fsync=off,synchronous_commit=off")


def pytest_configure(config: pytest.Config) -> None:
    """Hold the database server for the whole run."""
    if "DATABASE_URL" in os.environ:
        return
    from abonent.config.postgres import lease

    held = lease(os.environ)
    held.__enter__()
    config.add_cleanup(lambda: held.__exit__(None, None, None))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give each run its own database, so that two runs do not meet."""
    from django.conf import settings

    name = f"test_abonent_{os.getpid()}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name
    from django.db import connections

    connections["default"].settings_dict["TEST"]["NAME"] = name
