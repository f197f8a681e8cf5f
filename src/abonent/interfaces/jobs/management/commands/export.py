"""``abonent export``: a supplier's bundle goes out (EXCHANGE 2)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.domain.exchange import operations as exchange
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import period_argument
from abonent.interfaces.jobs.progress import FileProgress


class Command(BaseCommand):
    """Write a supplier's bundle with its charges and bills."""

    help = "Выгрузить набор файлов поставщика с начислениями и счетами"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="новая папка или имя .zip")
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--period", type=period_argument, help="начисления и счета месяца")

    def handle(self, **options: Any) -> None:
        """Write the bundle, then print the rows of each file."""
        supplier = suppliers.get_supplier(options["supplier"])
        report = exchange.export_bundle(
            supplier_id=supplier.id,
            path=options["bundle"],
            period=options["period"],
            now=clock.now(),
            progress=FileProgress(),
        )
        for file, rows in report.rows.items():
            self.stdout.write(f"{file}: строк {rows}")
