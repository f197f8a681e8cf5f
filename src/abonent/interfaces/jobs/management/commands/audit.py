"""``abonent audit``: measures every invariant of TRUST A1 that applies."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common.invariants import Invariant
from abonent.common.words import counted
from abonent.domain.journeys.audit_house import Audit, measure_house
from abonent.domain.suppliers import queries as suppliers

_PLACES = ("нарушение", "нарушения", "нарушений")


class Command(BaseCommand):
    """Print one line an invariant; exit 1 when one is broken."""

    help = "Проверить деньги и записи: каждый инвариант одной строкой"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument("--supplier", help="код поставщика; без него – все")
        parser.add_argument(
            "--json", action="store_true", help="JSON: ещё оборотный баланс и конец цепочки"
        )

    def handle(self, **options: Any) -> None:
        """Measure, print, and tell by the exit code."""
        code = options["supplier"]
        found = measure_house(supplier_id=suppliers.get_supplier(code).id if code else None)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found), ensure_ascii=False))
        else:
            for line in found.invariants:
                self.stdout.write(_written(line))
        if found.broken:
            sys.exit(1)


def _as_json(found: Audit) -> dict[str, Any]:
    codes = {one.id: one.code for one in suppliers.all_suppliers()}
    return {
        "invariants": [asdict(one) for one in found.invariants],
        "trial_balance": [
            {
                "supplier": codes.get(one.supplier_id, str(one.supplier_id)),
                "book": one.book.name.lower(),
                "debit": one.debit,
                "credit": one.credit,
                "balance": one.balance,
            }
            for one in found.trial
        ],
        "chain": asdict(found.chain),
    }


def _written(line: Invariant) -> str:
    """Write one invariant as a line."""
    state = "в порядке"
    if line.breaches:
        state = f"{counted(line.breaches, _PLACES)}, например: {line.example}"
    return f"{line.code:<4} {line.text}: {state}"
