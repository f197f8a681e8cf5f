"""Bringing the database's tables up to date before a command works on them."""

import pkgutil
from importlib import import_module

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from abonent.common.refusals import Refusal
from abonent.config.postgres.messages import Tell

# Any number that nothing else in the database locks.
LOCK = 8_217_001


class Outdated(Refusal):
    """An outside database with data in it is behind the program."""


def migrate_own(tell: Tell) -> None:
    """Apply what is missing to the embedded database; costs one statement when nothing is."""
    if _missing(_applied()):
        _migrate(tell)


def migrate_outside(tell: Tell) -> None:
    """Apply the migrations to an outside database that is empty; refuse one that is behind.

    When to change a database in service is its administrator's decision.
    """
    applied = _applied()
    missing = _missing(applied)
    if not missing:
        return
    if applied:
        raise Outdated(
            f"База данных отстаёт от программы: не применено миграций – {len(missing)}. "
            "Сделайте резервную копию и выполните: abonent migrate."
        )
    _migrate(tell)


def _migrate(tell: Tell) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            # Another command may have done it while this one waited for the lock.
            if _missing(_applied()):
                tell("Обновляем таблицы базы данных…")
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _missing(applied: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Compare names alone: Django's own plan imports every migration, which takes longer."""
    return _on_disk() - applied


def _on_disk() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for app in apps.get_app_configs():
        name, _ = MigrationLoader.migrations_module(app.label)
        if name is None:
            continue
        try:
            folder = import_module(name)
        except ModuleNotFoundError:
            continue
        found.update(
            (app.label, module.name)
            for module in pkgutil.iter_modules(folder.__path__)
            if module.name[0] not in "_~"
        )
    return found
