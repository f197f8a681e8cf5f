"""``abonent bill``: the billing run of a month with its progress (EXCHANGE 2)."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.common.money import format_kopecks
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.domain.billing.operations.run import CHUNK
from abonent.domain.billing.rules.words import RunState
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument, period_argument
from abonent.interfaces.jobs.progress import TimeLeft
from abonent.interfaces.jobs.run_checks import checks_in_words
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
        parser.add_argument(
            "--resume",
            action="store_true",
            help="продолжить остановленный расчёт, а не начать заново",
        )
        parser.add_argument("--chunk", type=int, default=CHUNK, help="лицевых счетов в части")
        parser.add_argument("--workers", type=int, default=0, help="сколько частей считать сразу")

    def handle(self, **options: Any) -> None:
        """Run the whole month, or help a run that is under way."""
        supplier = suppliers.get_supplier(options["supplier"])
        run = self._opened(supplier.id, options)
        if run.state != RunState.PUBLISHED:
            try:
                self._run(run, options)
            except KeyboardInterrupt:
                self._stopped(run)
                raise
        elif options["publish"] and queries.left_out_count(run_id=run.id):
            bill_left_out(run)
        self._report(run)
        if queries.left_out_count(run_id=run.id):
            sys.exit(1)

    def _opened(self, supplier_id: int, options: dict[str, Any]) -> billing.RunView:
        period: Period = options["period"]
        if options["resume"]:
            return billing.resume_run(supplier_id=supplier_id, period=period)
        as_of: date = options["as_of"] or period.last_day
        return billing.open_run(
            supplier_id=supplier_id,
            period=period,
            as_of=as_of,
            now=clock.now(),
            chunk=options["chunk"],
        )

    def _run(self, run: billing.RunView, options: dict[str, Any]) -> None:
        workers = options["workers"] or WORKERS
        if run.state == RunState.DRAFT:
            draft(run, workers, self._teller(run, "посчитано"))
            self._check(run)
        if options["publish"]:
            publish(run, workers, self._teller(run, "опубликовано"))

    def _check(self, run: billing.RunView) -> None:
        """Tell what the month looks like; bills that differ from their lines go no further."""
        checks = queries.run_checks(run_id=run.id)
        for row in checks_in_words(checks):
            self.stderr.write(row)
        if checks.unproven:
            text = "Счета не равны своим строкам: месяц не опубликован. Сообщите разработчикам."
            raise Refusal(text)

    def _teller(self, run: billing.RunView, word: str) -> Callable[[], None]:
        left = TimeLeft()

        def tell() -> None:
            now = queries.run_progress(run_id=run.id)
            ready = now.published if word == "опубликовано" else now.drafted
            rest = left.words(ready, now.chunks)
            self.stderr.write(f"{run.period}: {word} {ready} из {now.chunks} частей{rest}")

        return tell

    def _stopped(self, run: billing.RunView) -> None:
        """Say what is done and how to go on."""
        now = queries.run_progress(run_id=run.id)
        if now.state == RunState.DRAFT:
            text = (
                f"Остановлено: посчитано {now.drafted} из {now.chunks} частей. "
                "Продолжить: та же команда с --resume; без него месяц считается заново."
            )
        else:
            text = (
                f"Остановлено: опубликовано {now.published} из {now.chunks} частей. "
                "Продолжить: повторите ту же команду."
            )
        self.stderr.write(text)

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
