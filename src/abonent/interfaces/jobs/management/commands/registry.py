"""``abonent registry``: a bank's or an agent's file of payments goes in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abonent.common import clock
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.rules.bank_registries import OUTCOME_TEXTS
from abonent.domain.suppliers import queries as suppliers

LARGEST_FILE = 64 * 2**20


class Command(BaseCommand):
    """Load a registry whole, or refuse it whole."""

    help = "Загрузить реестр платежей банка или агента"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of docs/guides/registries.md."""
        parser.add_argument("file", type=Path, metavar="FILE", help="файл реестра")
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--channel", required=True, help="канал: кто принимал платежи")
        parser.add_argument("--format", required=True, help="формат: sber, terminals, 1c…")

    def handle(self, **options: Any) -> None:
        """Print how many rows and how much came to what; a refusal ends with 1."""
        path: Path = options["file"]
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise CommandError("Файл больше 64 МБ. Разделите его.")
            body = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        report = exchange.load_registry(
            supplier_id=suppliers.get_supplier(options["supplier"]).id,
            channel=options["channel"],
            layout=options["format"],
            name=path.name,
            body=body,
            now=clock.now(),
        )
        for outcome, text in OUTCOME_TEXTS.items():
            if report.counts[outcome]:
                amount = f"{format_kopecks(report.sums[outcome])}{NO_BREAK}₽"
                self.stdout.write(f"{text}: {report.counts[outcome]}, {amount}")
