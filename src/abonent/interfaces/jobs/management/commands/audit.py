"""``abonent audit``: measures every invariant of TRUST A1 that applies."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common.invariants import Invariant
from abonent.common.words import counted
from abonent.domain.accounts.queries.registers import register_invariants as account_registers
from abonent.domain.billing import queries as billing
from abonent.domain.ledger import queries as ledger
from abonent.domain.metering.queries.registers import register_invariants as meter_registers
from abonent.domain.payments import queries as payments
from abonent.domain.suppliers import queries as suppliers

_PLACES = ("нарушение", "нарушения", "нарушений")


class Command(BaseCommand):
    """Print one line an invariant; exit 1 when one is broken."""

    help = "Проверить деньги и записи: каждый инвариант одной строкой"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", help="код поставщика; без него – все")
        parser.add_argument("--json", action="store_true", help="печатать только JSON")

    def handle(self, **options: Any) -> None:
        """Measure, print, and tell by the exit code."""
        code = options["supplier"]
        supplier_id = suppliers.get_supplier(code).id if code else None
        found = [
            *ledger.invariants(supplier_id=supplier_id),
            *payments.invariants(supplier_id=supplier_id),
            *billing.invariants(supplier_id=supplier_id),
            *account_registers(supplier_id=supplier_id),
            *meter_registers(supplier_id=supplier_id),
        ]
        if options["json"]:
            lines = [asdict(line) for line in found]
            self.stdout.write(json.dumps({"invariants": lines}, ensure_ascii=False))
        else:
            for line in found:
                self.stdout.write(_written(line))
        if any(line.breaches for line in found):
            sys.exit(1)


def _written(line: Invariant) -> str:
    """Write one invariant as a line."""
    state = "в порядке"
    if line.breaches:
        state = f"{counted(line.breaches, _PLACES)}, например: {line.example}"
    return f"{line.code:<4} {line.text}: {state}"
