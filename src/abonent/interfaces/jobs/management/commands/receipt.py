"""``abonent receipt``: a published bill as PDF (EXCHANGE 2)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.common.refusals import Refusal
from abonent.common.words import file_size
from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.billing.operations.document import printed_bill
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import period_argument


class Command(BaseCommand):
    """Write the PDF of one account and month to a file."""

    help = "Сохранить опубликованный счёт в PDF"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--account", required=True, help="номер лицевого счёта")
        parser.add_argument("--period", required=True, type=period_argument, help="ГГГГ-ММ")
        parser.add_argument("--out", required=True, type=Path, help="куда записать файл")

    def handle(self, **options: Any) -> None:
        """Refuses when the month is not published or the file cannot be written."""
        supplier = suppliers.get_supplier(options["supplier"])
        card = find_account(supplier_id=supplier.id, number=options["account"])
        file = printed_bill(
            supplier_id=supplier.id,
            account_id=card.id,
            period=options["period"],
            actor_id=None,
            now=clock.now(),
        )
        out: Path = options["out"]
        try:
            out.write_bytes(file.content)
        except OSError as error:
            text = f"Не удалось записать «{out}»: {error.strerror}. Укажите другой файл в --out."
            raise Refusal(text) from error
        self.stderr.write(f"{file.view.title}: {out}, {file_size(file.view.size)}")
