"""The queue: a job lives and dies with its cause, and dead workers' jobs come back."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.common.queue import defer
from abonent.interfaces.jobs import schedule
from commands import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queue():
    """Empty the queue's own tables, which Django's flush does not know."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def work_off():
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


def sweep():
    async def swept():
        async with app.open_async():
            context = SimpleNamespace(app=app)
            await schedule.sweep_jobs.func(context, timestamp=0)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(swept())


def statuses():
    rows = ProcrastinateJob.objects.filter(task_name="handle_notice").order_by("pk")
    return list(rows.values_list("status", flat=True))


def left_by_a_worker(silent_for, attempts=1):
    """Leave a job in the hands of a worker whose last sign of life was so long ago."""
    defer("handle_notice", notice_id=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [timezone.now() - timedelta(seconds=silent_for)],
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s",
            [cursor.fetchone()[0], attempts],
        )


def test_a_job_exists_only_if_its_cause_was_committed():
    with transaction.atomic():
        defer("handle_notice", notice_id=1)
        transaction.set_rollback(True)
    assert statuses() == []
    with transaction.atomic():
        defer("handle_notice", notice_id=1)
    assert statuses() == ["todo"]


def test_the_worker_knows_every_job_that_is_deferred_or_scheduled():
    assert {"handle_notice", "settle_awaiting", "send_due", "sweep_jobs", "forget_jobs"} <= set(
        app.tasks
    )


def test_no_job_about_money_has_a_lock_of_the_queue():
    for name in ("handle_notice", "settle_awaiting", "sweep_jobs"):
        assert (app.tasks[name].lock, app.tasks[name].queueing_lock) == (None, None)


def test_a_worker_weighs_a_notice(monkeypatch):
    from abonent.domain.payments import operations

    weighed = []
    monkeypatch.setattr(operations, "handle_notice", lambda **told: weighed.append(told))
    defer("handle_notice", notice_id=17)
    work_off()
    assert [told["notice_id"] for told in weighed] == [17]
    assert statuses() == ["succeeded"]


def test_a_job_deferred_inside_a_job_shares_the_transaction_of_its_cause(monkeypatch):
    from abonent.domain.payments import operations

    def handled(*, notice_id, now):
        with transaction.atomic():
            if notice_id == 1:
                defer("handle_notice", notice_id=2)
                transaction.set_rollback(True)

    monkeypatch.setattr(operations, "handle_notice", handled)
    defer("handle_notice", notice_id=1)
    work_off()
    assert statuses() == ["succeeded"]


def test_a_job_of_a_dead_worker_comes_back():
    left_by_a_worker(silent_for=91)
    sweep()
    assert statuses() == ["todo"]


def test_a_job_of_a_worker_that_is_only_slow_is_left_to_it():
    left_by_a_worker(silent_for=60)
    sweep()
    assert statuses() == ["doing"]


def test_a_job_of_a_forgotten_worker_comes_back():
    left_by_a_worker(silent_for=91)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    sweep()
    assert statuses() == ["todo"]


def test_a_job_that_kills_its_workers_is_put_aside(caplog):
    caplog.set_level(logging.ERROR)
    left_by_a_worker(silent_for=91, attempts=5)
    sweep()
    assert statuses() == ["failed"]
    assert "put aside" in caplog.text


def test_the_worker_command_works_and_stops_cleanly_when_asked():
    defer("forget_jobs", timestamp=0)
    process = subprocess.Popen(
        [sys.executable, "-m", "abonent.config.cli", "worker"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "abonent.config.settings",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = ProcrastinateJob.objects.filter(task_name="forget_jobs")
        deadline = timezone.now() + timedelta(seconds=60)
        while first.get().status != "succeeded":
            assert timezone.now() < deadline
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0, process.stderr.read()
    finally:
        process.kill()
        process.communicate()
