"""``abonent bill``: the billing run of a month with its progress (EXCHANGE 2)."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.common.money import format_kopecks
from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.domain.billing.rules.words import RunState
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument, period_argument

MOST_WORKERS = 64


class Command(BaseCommand):
    """Draft the month's bills, name what was left out, publish when asked."""

    help = "Начислить месяц: счета всех лицевых счетов поставщика"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--period", required=True, type=period_argument, help="ГГГГ-ММ")
        parser.add_argument("--as-of", type=day_argument, help="день расчёта")
        parser.add_argument("--publish", action="store_true", help="опубликовать счета")
        parser.add_argument("--workers", type=int, default=0, help="сколько процессов считают")
        # A worker of a run that another process opened.
        parser.add_argument("--join", type=int, help="не открывать месяц, помочь начатому")

    def handle(self, **options: Any) -> None:
        """Run the whole month, or help a run that is under way."""
        supplier = suppliers.get_supplier(options["supplier"])
        period: Period = options["period"]
        if options["join"]:
            run = billing.RunView(options["join"], supplier.id, period, RunState.DRAFT)
            _work(run, publish=options["publish"])
            return
        as_of: date = options["as_of"] or period.last_day
        run = billing.open_run(
            supplier_id=supplier.id, period=period, as_of=as_of, now=clock.now()
        )
        if run.state != RunState.PUBLISHED:
            self._run(run, options)
        self._report(run)
        if queries.left_out_count(run_id=run.id):
            sys.exit(1)

    def _run(self, run: billing.RunView, options: dict[str, Any]) -> None:
        helpers = _helpers(run, options) if run.state == RunState.DRAFT else []
        while run.state == RunState.DRAFT and billing.bill_batch(run=run):
            self._progress(run, "посчитано")
        _wait(helpers)
        if not options["publish"]:
            return
        billing.start_publication(run=run)
        helpers = _helpers(run, options)
        while billing.publish_batch(run=run, now=clock.now()):
            self._progress(run, "опубликовано")
        _wait(helpers)
        billing.publish_run(run=run, now=clock.now())

    def _progress(self, run: billing.RunView, word: str) -> None:
        now = queries.run_progress(run_id=run.id)
        ready = now.published if word == "опубликовано" else now.drafted
        self.stderr.write(f"{run.period}: {word} {ready} из {now.chunks} частей")

    def _report(self, run: billing.RunView) -> None:
        now = queries.run_progress(run_id=run.id)
        count = queries.left_out_count(run_id=run.id)
        for one in queries.left_out(run_id=run.id):
            self.stderr.write(
                f"Лицевой счёт {one.account}, {one.service}, {one.day:%d.%m.%Y}: {one.text}"
            )
        if count:
            self.stderr.write(f"Не начислено лицевых счетов: {count}. Остальные начислены.")
        word = "опубликовано" if now.state == RunState.PUBLISHED else "черновики"
        self.stdout.write(
            f"{run.period}: счетов {now.bills}, строк {now.lines}, "
            f"начислено {format_kopecks(now.charged)} ₽, {word}"
        )


def _work(run: billing.RunView, *, publish: bool) -> None:
    """Take chunks until none is left."""
    if publish:
        while billing.publish_batch(run=run, now=clock.now()):
            pass
        return
    while billing.bill_batch(run=run):
        pass


def _helpers(run: billing.RunView, options: dict[str, Any]) -> list["subprocess.Popen[bytes]"]:
    """Start the further workers, each a process of its own that takes chunks too."""
    chunks = queries.run_progress(run_id=run.id).chunks
    wanted = options["workers"] or min(os.cpu_count() or 1, 2)
    count = min(wanted, chunks, MOST_WORKERS) - 1
    publishing = options["publish"] and run_is_publishing(run)
    command = [
        sys.executable, "-m", "abonent.config.cli", "bill", "--supplier", options["supplier"],
        "--period", str(run.period), "--join", str(run.id),
        *(["--publish"] if publishing else []),
    ]  # fmt: skip
    return [subprocess.Popen(command) for _ in range(count)]  # noqa: S603 (our own program)


def run_is_publishing(run: billing.RunView) -> bool:
    """Say whether the drafts of the run are closed."""
    return queries.run_progress(run_id=run.id).state == RunState.PUBLISHING


def _wait(helpers: list["subprocess.Popen[bytes]"]) -> None:
    """Wait for the helpers; a helper that died leaves its chunk to be taken again."""
    for helper in helpers:
        helper.wait()
