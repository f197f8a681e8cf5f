"""A database of its own for a bench, removed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

LEFT_OVER = "SELECT datname FROM pg_database WHERE datname LIKE 'abonent_bench_%%'"


@contextmanager
def scratch_database() -> Iterator[str]:
    """Create and migrate a database, make it Django's default, drop it at the end."""
    name = f"abonent_bench_{getpid()}"
    real = settings.DATABASES["default"]["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER)
        for (old,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    _point_at(name)
    try:
        call_command("migrate", verbosity=0)
        yield name
    finally:
        _point_at(real)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _point_at(name: str) -> None:
    connections.close_all()
    connections["default"].settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
