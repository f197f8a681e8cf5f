"""``abonent amnesty``: campaigns that forgive penalties to those who pay their debts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abonent.common import clock
from abonent.common.money import format_kopecks
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries.forgiven import amnesty_preview
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument


class Command(BaseCommand):
    """Declare a campaign, look what it would write off, write it off."""

    help = "Амнистия по пеням: объявить, посмотреть, применить"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of docs/guides/penalties.md."""
        parser.add_argument("action", choices=["declare", "preview", "apply"])
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--name", required=True, help="название кампании")
        parser.add_argument("--pay-until", type=day_argument, help="заплатить долг до этого дня")
        parser.add_argument("--counted-to", type=day_argument, help="списать пени по этот день")

    def handle(self, **options: Any) -> None:
        """Do what was asked; the sums go to standard output."""
        supplier = suppliers.get_supplier(options["supplier"])
        now = clock.now()
        named = {"supplier_id": supplier.id, "name": options["name"]}
        today = clock.local_day(now, supplier.timezone)
        if options["action"] == "declare":
            if options["pay_until"] is None or options["counted_to"] is None:
                raise CommandError("Укажите --pay-until и --counted-to.")
            billing.declare_amnesty(
                **named, pay_until=options["pay_until"], counted_to=options["counted_to"], now=now
            )
            self.stdout.write(f"Кампания «{options['name']}» объявлена.")
        elif options["action"] == "preview":
            seen = amnesty_preview(**named, today=today)
            self.stdout.write(
                f"Условия выполнили счетов: {seen.accounts}, к списанию "
                f"{format_kopecks(seen.amount)} ₽. Не выполнили: {seen.not_met}."
            )
        else:
            done = billing.apply_amnesty(**named, today=today, now=now)
            self.stdout.write(
                f"Списано пеней по {done.accounts} счетам: {format_kopecks(done.amount)} ₽."
            )
