"""``abonent quote``: what a reading would cost; writes nothing (EXCHANGE 2)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abonent.common.money import plain_roubles
from abonent.common.numbers import parse_decimal, to_scale
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.billing import queries
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.rules import MICRO
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument


class Command(BaseCommand):
    """Print the lines and the sum of a reading that is not stored."""

    help = "Сколько будет стоить показание: ничего не записывает"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--account", required=True, help="номер лицевого счёта")
        parser.add_argument("--meter", required=True, help="заводской номер счётчика")
        parser.add_argument(
            "--reading", required=True, nargs="+", action="extend", metavar="ЗОНА=ЧИСЛО"
        )
        parser.add_argument("--date", required=True, type=day_argument, help="день снятия")
        parser.add_argument("--json", action="store_true", help="печатать JSON (иначе так же)")

    def handle(self, **options: Any) -> None:
        """Refuses an unknown meter, a missing zone and a wrong value, each in words."""
        supplier = suppliers.get_supplier(options["supplier"])
        card = find_account(supplier_id=supplier.id, number=options["account"])
        day = options["date"]
        meters = meters_for(supplier_id=supplier.id, account_id=card.id, month=Period.of(day))
        meter = next((one for one in meters if one.serial == options["meter"]), None)
        if meter is None:
            text = f"Счётчика «{options['meter']}» на лицевом счёте {card.number} нет."
            raise Refusal(text)
        quote = queries.quote_readings(
            supplier_id=supplier.id,
            account_id=card.id,
            values=_values(meter, options["reading"]),
            taken_on=day,
            today=day,
        )
        document = {
            "period": str(quote.period),
            "lines": [queries.line_json(line) for line in (*quote.lines, *quote.corrections)],
            "amount": None if quote.amount is None else plain_roubles(quote.amount),
            "warnings": list(quote.warnings),
        }
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))


def _values(meter: MeterView, pairs: list[str]) -> dict[int, int]:
    """Read ``ЗОНА=ЧИСЛО`` pairs; a bare number is the single zone."""
    registers = {one.zone.value: one.id for one in meter.registers}
    values = {}
    for pair in pairs:
        zone, _, number = pair.rpartition("=")
        zone = zone or "single"
        if zone not in registers:
            message = f"У счётчика нет зоны «{zone}»; есть: {', '.join(registers)}."
            raise CommandError(message, returncode=2)
        try:
            values[registers[zone]] = to_scale(parse_decimal(number), MICRO)
        except ValueError:
            message = f"«{number}» не показание: нужны цифры и не больше одной запятой."
            raise CommandError(message, returncode=2) from None
    return values
