"""Imports beside each other and beside readers, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from abonent.common.periods import Period
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.metering.models import Reading
from abonent.domain.metering.operations import ensure_months
from bundles import WHOLE, became, load, write_bundle

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts in threads that start together; return their results."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_bundle_loaded_twice_at_once_is_loaded_once(tmp_path):
    folder = write_bundle(tmp_path / "whole", WHOLE)
    one, other = at_once(lambda: became(load(folder)), lambda: became(load(folder)))
    for name in WHOLE:
        # Whoever came second found everything as it should be.
        assert min(one[name][0], other[name][0]) == 0
        assert max(one[name][2], other[name][2]) == sum(one[name][:3])
    assert CustomerAccount.objects.count() == 2
    assert Reading.objects.count() == 5


def test_bundles_of_two_suppliers_at_once_both_come_in(tmp_path):
    first = write_bundle(tmp_path / "first", WHOLE)
    other = write_bundle(
        tmp_path / "other", {**WHOLE, "supplier.toml": 'code = "other"\nname = "Другой"\n'}
    )
    reports = at_once(lambda: became(load(first)), lambda: became(load(other)))
    assert [report["readings.csv"] for report in reports] == [(4, 0, 0, 0)] * 2
    assert CustomerAccount.objects.count() == 4


def test_readings_are_read_and_written_while_a_long_import_makes_months(tmp_path):
    load(write_bundle(tmp_path / "whole", WHOLE))

    def read():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute("UPDATE metering_reading SET quality = quality")
            return cursor.rowcount

    with transaction.atomic():
        ensure_months(months=[Period(2031, month) for month in (1, 2, 3)])
        assert at_once(read) == [5]
