"""The tests' PostgreSQL: DATABASE_URL when given, else the embedded cluster of the checkout."""

import os
from collections.abc import Iterator

import pytest
from django.urls import clear_script_prefix

# Django's settings are read before this file; programs that tests start read the real ones.
os.environ["DJANGO_SETTINGS_MODULE"] = "abonent.config.settings"
pytest_plugins = ["browser_path"]


def pytest_configure(config: pytest.Config) -> None:
    """Hold the database server for the whole run."""
    if "DATABASE_URL" in os.environ:
        return
    from abonent.config.postgres import lease

    held = lease(os.environ)
    held.__enter__()
    config.add_cleanup(lambda: held.__exit__(None, None, None))


@pytest.fixture(autouse=True)
def _no_prefix_of_a_former_test() -> Iterator[None]:
    """Let no address begin with the supplier whose page another test has asked for."""
    yield
    clear_script_prefix()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give each run its own database, so that two runs do not meet."""
    from django.conf import settings

    name = f"test_abonent_{os.getpid()}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name
    from django.db import connections

    connections["default"].settings_dict["TEST"]["NAME"] = name


_TRUNCATE_TRIGGERS = """
DO $$ DECLARE guard record; BEGIN
    FOR guard IN
        SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
        WHERE NOT tgisinternal AND (tgtype & 32) <> 0
    LOOP
        EXECUTE format('ALTER TABLE %s {} TRIGGER %I', guard.place, guard.tgname);
    END LOOP;
END $$;
"""


# The right to empty the ledger is taken from everybody; a flush borrows it (ledger 0003).
_RIGHTS = "{} TRUNCATE ON ledger_transfer, ledger_entry, ledger_seal {} CURRENT_USER"

# Django does not manage the partitioned tables, so its flush does not know them.
_HOT_TABLES = "TRUNCATE metering_reading, billing_charge, billing_bill"


# What the migrations put in and every supplier may need: it comes back after a flush.
_SHIPPED = (
    "SELECT kind, value, valid_from, valid_to FROM tariffs_referencerate WHERE supplier_id IS NULL"
)
_SHIP = (
    "INSERT INTO tariffs_referencerate (kind, value, valid_from, valid_to) VALUES (%s, %s, %s, %s)"
)


@pytest.fixture(scope="session", autouse=True)
def _flush_knows_our_tables() -> None:
    """Let Django's flush, and nothing else, empty the tables that refuse TRUNCATE."""
    from django.db.backends.postgresql.operations import DatabaseOperations
    from psycopg import ClientCursor

    plain = DatabaseOperations.sql_flush
    shipped: list[str] = []

    def sql_flush(self, *args, **kwargs):
        statements = plain(self, *args, **kwargs)
        if not statements:
            return statements
        if not shipped:
            with self.connection.cursor() as cursor:
                cursor.execute(_SHIPPED)
                writer = ClientCursor(self.connection.connection)
                shipped.extend(writer.mogrify(_SHIP, row) for row in cursor.fetchall())
        off, on = (_TRUNCATE_TRIGGERS.format(word) for word in ("DISABLE", "ENABLE"))
        lend, take = _RIGHTS.format("GRANT", "TO"), _RIGHTS.format("REVOKE", "FROM")
        return [off, lend, *statements, _HOT_TABLES, *shipped, take, on]

    DatabaseOperations.sql_flush = sql_flush
