"""``abonent worker``: takes jobs from the queue and keeps the schedule until stopped."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from abonent.interfaces.jobs.schedule import DEAD_AFTER_SECONDS

HEARTBEAT_SECONDS = 10.0
# Shorter than the supervisor's patience, longer than half a bank's call.
GRACE_SECONDS = 25.0


class Command(BaseCommand):
    """Run a worker; SIGTERM and Ctrl+C let the jobs at hand end first."""

    help = "Очередь заданий и расписание: работает, пока не остановят"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--concurrency", type=int, default=4, help="заданий сразу (4)")

    def handle(self, **options: Any) -> None:
        """Work until told to stop.

        The application gets connections of its own that survive a restart of the database;
        jobs deferred inside jobs do not use them (``common.queue``).
        """
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]  # set by a middleware or a library without types
            app.run_worker(
                concurrency=options["concurrency"],
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=float(DEAD_AFTER_SECONDS),
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
