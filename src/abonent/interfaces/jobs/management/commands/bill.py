"""``abonent bill``: the billing run of a month with its progress (EXCHANGE 2)."""

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
from abonent.domain.billing.operations.run import CHUNK
from abonent.domain.billing.rules.words import RunState
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument, period_argument
from abonent.interfaces.jobs.workers import WORKERS, bill_left_out, draft, publish


class Command(BaseCommand):
    """Draft the month's bills, name what was left out, publish when asked."""

    help = "Начислить месяц: счета всех лицевых счетов поставщика"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--period", required=True, type=period_argument, help="ГГГГ-ММ")
        parser.add_argument("--as-of", type=day_argument, help="день расчёта")
        parser.add_argument("--publish", action="store_true", help="опубликовать счета")
        parser.add_argument("--chunk", type=int, default=CHUNK, help="лицевых счетов в части")
        parser.add_argument("--workers", type=int, default=0, help="сколько частей считать сразу")

    def handle(self, **options: Any) -> None:
        """Run the whole month, or help a run that is under way."""
        supplier = suppliers.get_supplier(options["supplier"])
        period: Period = options["period"]
        as_of: date = options["as_of"] or period.last_day
        run = billing.open_run(
            supplier_id=supplier.id,
            period=period,
            as_of=as_of,
            now=clock.now(),
            chunk=options["chunk"],
        )
        if run.state != RunState.PUBLISHED:
            self._run(run, options)
        elif options["publish"] and queries.left_out_count(run_id=run.id):
            bill_left_out(run)
        self._report(run)
        if queries.left_out_count(run_id=run.id):
            sys.exit(1)

    def _run(self, run: billing.RunView, options: dict[str, Any]) -> None:
        workers = options["workers"] or WORKERS
        if run.state == RunState.DRAFT:
            draft(run, workers, lambda: self._progress(run, "посчитано"))
        if options["publish"]:
            publish(run, workers, lambda: self._progress(run, "опубликовано"))

    def _progress(self, run: billing.RunView, word: str) -> None:
        now = queries.run_progress(run_id=run.id)
        ready = now.published if word == "опубликовано" else now.drafted
        self.stderr.write(f"{run.period}: {word} {ready} из {now.chunks} частей")

    def _report(self, run: billing.RunView) -> None:
        now = queries.run_progress(run_id=run.id)
        count = queries.left_out_count(run_id=run.id)
        start = 0
        while rows := queries.left_out(run_id=run.id, start=start):
            start += len(rows)
            for one in rows:
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
