"""The last shipped key rate is known only to the day of the next decision on it.

Left open, it would be taken for the rate of 2027, when the cap has ended, and sums would
rest on a rate that nobody has loaded.
"""

from datetime import date
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LAST_FROM, LAST_TO = date(2025, 10, 27), date(2025, 12, 21)


def close(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give the last shipped key rate its last day."""
    rates = apps.get_model("tariffs", "ReferenceRate").objects
    rates.filter(supplier=None, kind="key_rate", valid_from=LAST_FROM).update(valid_to=LAST_TO)


def reopen(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Leave it open again."""
    rates = apps.get_model("tariffs", "ReferenceRate").objects
    rates.filter(supplier=None, kind="key_rate", valid_from=LAST_FROM).update(valid_to=None)


class Migration(migrations.Migration):
    """Close the last key rate."""

    dependencies: ClassVar = [("tariffs", "0003_hourly_prices")]
    operations: ClassVar = [migrations.RunPython(close, reopen)]
