"""``abonent statement``: a published bill as JSON, explained when asked (EXCHANGE 2, 3)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.billing import queries
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import period_argument


class Command(BaseCommand):
    """Print the statement of one account and month."""

    help = "Показать опубликованный счёт лицевого счёта"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--account", required=True, help="номер лицевого счёта")
        parser.add_argument("--period", required=True, type=period_argument, help="ГГГГ-ММ")
        parser.add_argument("--json", action="store_true", help="печатать JSON (иначе так же)")
        parser.add_argument("--explain", action="store_true", help="шаги расчёта каждой строки")

    def handle(self, **options: Any) -> None:
        """Refuses when the month is not published."""
        supplier = suppliers.get_supplier(options["supplier"])
        card = find_account(supplier_id=supplier.id, number=options["account"])
        found = queries.statement(
            supplier_id=supplier.id, account_id=card.id, period=options["period"]
        )
        steps = queries.explanations(found) if options["explain"] else None
        document = queries.statement_json(found, steps=steps)
        if options["explain"]:
            document["changes"] = queries.changes_json(
                supplier_id=supplier.id, account_id=card.id, found=found
            )
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
