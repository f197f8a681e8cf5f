"""``abonent demo``: an invented town for each preset, to walk through (docs/guides/demo.md)."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.interfaces.jobs.demo.accounts import CAST, people_town
from abonent.interfaces.jobs.demo.bundle import write_bundle
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.cast import STAFF, USERS, hire, let_in
from abonent.interfaces.jobs.demo.news import tell_news
from abonent.interfaces.jobs.demo.plans import PLANS
from abonent.interfaces.jobs.demo.sheet import sheet_of
from abonent.interfaces.jobs.demo.town import found_town, standing_town
from abonent.interfaces.jobs.demo.world import Plan

SHEET = "demo-sign-ins.txt"


class Command(BaseCommand):
    """Found the towns that are not there yet; what is there stays as it is."""

    help = "Заселить демонстрационный город: поставщики, лицевые счета, год начислений"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=1, help="зерно случая (1)")
        parser.add_argument(
            "--accounts", type=int, default=300, help="лицевых счетов у поставщика (300)"
        )
        codes = [plan.code for plan in PLANS]
        parser.add_argument("--only", choices=codes, help="один поставщик")
        parser.add_argument(
            "--write", type=Path, metavar="ПАПКА", help="только записать файлы, не загружать"
        )

    def handle(self, **options: Any) -> None:
        """Found the towns and write the sheet of sign-ins into the data folder."""
        count = max(options["accounts"], len(CAST) + 1)
        plans = [plan for plan in PLANS if options["only"] in {None, plan.code}]
        if options["write"]:
            self._write(plans, options["seed"], count, options["write"])
            return
        seed, now = options["seed"], clock.now()
        with TemporaryDirectory() as folder:
            for plan in plans:
                town = found_town(
                    plan, seed=seed, count=count, folder=Path(folder), now=now,
                    tell=self.stderr.write,
                )  # fmt: skip
                if town is not None:
                    for user in USERS:
                        let_in(user, town, now=now)
                    for member in STAFF:
                        hire(member, town.supplier_id, now=now)
                    tell_news(town, now=now)
        # The sheet tells of every town that stands, not only of the ones asked for now.
        towns = [town for plan in PLANS if (town := standing_town(plan, seed=seed, now=now))]
        if not towns:
            return
        sheet = Path(settings.DATA) / SHEET
        sheet.write_text(sheet_of(towns, settings.PUBLIC_URL), encoding="utf-8")
        self.stdout.write(f"Готово. Как войти: {sheet}")

    def _write(self, plans: Sequence[Plan], seed: int, count: int, folder: Path) -> None:
        for plan in plans:
            year = DemoYear.ending_before(clock.local_day(clock.now(), plan.timezone))
            write_bundle(folder / plan.code, plan, year, people_town(plan, year, seed, count))
            self.stdout.write(f"{folder / plan.code}")
