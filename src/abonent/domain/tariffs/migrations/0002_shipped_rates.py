"""The dated rates that ship with the product (RULES 0.4); a supplier's own rows come first.

VAT and the cap of arrears interest are as the acts give them. Of the Bank of Russia's key
rate only the values known when this was written stand here: later ones are loaded with
``rates.csv``. While the cap is in force (to 31.12.2026) they change nothing.
"""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHIPPED = (
    ("vat", "20", date(2019, 1, 1), date(2025, 12, 31)),
    ("vat", "22", date(2026, 1, 1), None),
    ("penalty_cap", "9.5", date(2022, 3, 28), date(2026, 12, 31)),
    ("key_rate", "21", date(2024, 10, 28), date(2025, 6, 8)),
    ("key_rate", "20", date(2025, 6, 9), date(2025, 7, 27)),
    ("key_rate", "18", date(2025, 7, 28), date(2025, 9, 14)),
    ("key_rate", "17", date(2025, 9, 15), date(2025, 10, 26)),
    ("key_rate", "16.5", date(2025, 10, 27), None),
)


def ship(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Add the shipped rows."""
    rates = apps.get_model("tariffs", "ReferenceRate")
    rates.objects.bulk_create(
        rates(supplier=None, kind=kind, value=Decimal(value), valid_from=first, valid_to=last)
        for kind, value, first, last in SHIPPED
    )


def unship(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the shipped rows."""
    apps.get_model("tariffs", "ReferenceRate").objects.filter(supplier=None).delete()


class Migration(migrations.Migration):
    """Ship the rates."""

    dependencies: ClassVar = [("tariffs", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(ship, unship)]
