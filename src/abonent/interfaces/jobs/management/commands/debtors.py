"""``abonent debtors``: who owes more than two norm payments, and the warnings given to them."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abonent.common import clock
from abonent.common.money import plain_roubles
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries.debtors import debtors
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument


class Command(BaseCommand):
    """List the debtors as a table; record warnings that were delivered."""

    help = "Должники: больше двух платежей по нормативу, предупреждения, сроки"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of docs/guides/penalties.md."""
        parser.add_argument("action", choices=["list", "warned"])
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--on", type=day_argument, help="на какой день; по умолчанию сегодня")
        parser.add_argument("--account", action="append", default=[], help="только эти счета")
        parser.add_argument("--delivered", type=day_argument, help="день вручения предупреждения")
        parser.add_argument("--proof", default="", help="чем подтверждено вручение")

    def handle(self, **options: Any) -> None:
        """Write the list to standard output, or record the warnings."""
        supplier = suppliers.get_supplier(options["supplier"])
        now = clock.now()
        today = options["on"] or clock.local_day(now, supplier.timezone)
        if options["action"] == "list":
            self._list(supplier.id, today)
            return
        if options["delivered"] is None or not options["proof"]:
            raise CommandError("Укажите --delivered и --proof: день вручения и чем он подтверждён.")
        done = billing.record_debt_notices(
            supplier_id=supplier.id,
            accounts=frozenset(options["account"]),
            delivered_on=options["delivered"],
            proof=options["proof"],
            today=today,
            now=now,
        )
        self.stdout.write(f"Записано предупреждений: {done.recorded}, закрыто: {done.closed}.")

    def _list(self, supplier_id: int, today: Any) -> None:
        table = csv.writer(self.stdout, delimiter=";", lineterminator="\n")
        head = ("account", "service", "debt", "limit", "stage", "delivered_on", "restrict_from")
        table.writerow(head)
        for one in debtors(supplier_id=supplier_id, today=today):
            limit = "" if one.limit is None else plain_roubles(one.limit)
            table.writerow(
                (one.account, one.service, plain_roubles(one.debt), limit, one.stage.value,
                 one.delivered_on or "", one.restrict_from or "")
            )  # fmt: skip
