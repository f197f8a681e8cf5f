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
            _drop(old)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    _point_at(name)
    try:
        call_command("migrate", verbosity=0)
        yield name
    finally:
        _point_at(real)
        _drop(name)


@contextmanager
def copied_database() -> Iterator[str]:
    """Make a copy of the scratch database Django's default, and drop it at the end."""
    name = settings.DATABASES["default"]["NAME"]
    copy = f"{name}_copy"
    _elsewhere(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    _point_at(copy)
    try:
        yield copy
    finally:
        _point_at(name)
        _elsewhere(f'DROP DATABASE IF EXISTS "{copy}"')


def _drop(name: str) -> None:
    """Drop a database and end our own sessions there.

    Without FORCE: that needs rights over the server's own vacuum, which gives way anyhow.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _elsewhere(statement: str) -> None:
    """Send a statement from the database of the server itself: a copied one must be alone."""
    name = settings.DATABASES["default"]["NAME"]
    _point_at("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        _point_at(name)


def _point_at(name: str) -> None:
    connections.close_all()
    connections["default"].settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
