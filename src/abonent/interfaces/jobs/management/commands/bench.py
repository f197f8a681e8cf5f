"""``abonent bench``: a hot path and its limit, measured in the same run (EXCHANGE 2)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from abonent.interfaces.jobs.bench import KINDS
from abonent.interfaces.jobs.bench.scratch import scratch_database

ACCOUNTS = 100_000


class Command(BaseCommand):
    """Measure in a scratch database that is removed afterwards."""

    help = "Измерить главное и сравнить с пределом этой машины"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("kind", choices=sorted(KINDS), help="что измерить")
        parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="сколько счетов")
        parser.add_argument("--json", action="store_true", help="печатать только JSON")

    def handle(self, **options: Any) -> None:
        """Print the figures; the last line is one JSON object with the ratio."""
        with scratch_database():
            figures = KINDS[options["kind"]](options["accounts"])
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:>26}  {value}")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
