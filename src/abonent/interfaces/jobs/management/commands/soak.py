"""``abonent soak``: the product under a seeded storm of failures, its money proven each round."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from abonent.interfaces.jobs.soak.house import ACQUIRERS
from abonent.interfaces.jobs.soak.plan import with_full_disk
from abonent.interfaces.jobs.soak.run import soak


class Command(BaseCommand):
    """Run for the time given; exit 1 when money or an invariant suffered."""

    help = "Долгая работа под отказами: деньги сверяются после каждого круга"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--minutes", type=float, default=5, help="сколько минут (5)")
        parser.add_argument("--seed", type=int, default=1, help="зерно случая (1)")
        parser.add_argument(
            "--bank", choices=sorted(ACQUIRERS), default="yookassa", help="эквайер (yookassa)"
        )
        parser.add_argument(
            "--disk-full",
            action="store_const",
            const=with_full_disk,
            help="заполнять диск посреди каждого круга: папка данных должна лежать на своём томе",
        )
        parser.add_argument("--json", action="store_true", help="печатать только JSON")

    def handle(self, **options: Any) -> None:
        """Print the figures; the last line is one JSON object; violations decide the exit code."""
        self.stderr.write(f"Зерно {options['seed']}: с ним решения повторятся.")
        figures = soak(
            seed=options["seed"],
            minutes=options["minutes"],
            bank=options["bank"],
            disk=options["disk_full"],
            tell=self.stderr.write,
        )
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:>22}  {value}")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
        if figures["violations"]:
            sys.exit(1)
