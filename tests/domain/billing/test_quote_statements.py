"""A quote asks the database little, and what it remembers of prices is never out of date."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from abonent.common.periods import Period
from abonent.domain.billing.queries.forecast import ahead
from abonent.domain.billing.queries.quotes import quote_readings
from abonent.domain.suppliers.models import Rulebook, ServiceCategory
from abonent.domain.tariffs.models import TariffRate
from flat import COLD, NOVEMBER_23, flat

pytestmark = pytest.mark.django_db
NOVEMBER = Period(2026, 11)
TODAY = NOVEMBER_23.date()
# Frames and rows alike. Of a month's facts each kind is asked for once.
QUOTE, AHEAD = 17, 26


@pytest.fixture
def home(db: None):
    with time_machine.travel(NOVEMBER_23, tick=False):
        yield flat()


@contextmanager
def watched() -> Iterator[list[str]]:
    seen: list[str] = []

    def watch(execute, query, *rest):
        seen.append(query)
        return execute(query, *rest)

    with connection.execute_wrapper(watch):
        yield seen


def cold_water(home):
    household, registers = home
    return quote_readings(
        supplier_id=household.supplier_id,
        account_id=household.account_id,
        values={registers[COLD, "single"].id: 128_900_000},
        taken_on=TODAY,
        today=TODAY,
    )


def test_a_quote_and_a_forecast_keep_to_their_statements(home):
    household, _ = home
    whose = {"supplier_id": household.supplier_id, "account_id": household.account_id}
    cold_water(home)
    with watched() as of_quote:
        cold_water(home)
    with watched() as of_ahead:
        ahead(**whose, today=TODAY)
    assert "metering_register" in " ".join(of_quote), "frames are seen too"
    assert len(of_quote) <= QUOTE
    assert len(of_ahead) <= AHEAD


def test_a_changed_price_is_the_price_of_the_next_quote(home):
    before = cold_water(home)
    TariffRate.objects.filter(service__code="cold").update(rate=Decimal(100))
    after = cold_water(home)
    assert (before.lines[0].volume, before.lines[0].rate) != (0, 100_00000)
    assert after.lines[0].rate == 100_00000
    assert after.amount == 300_00


def test_a_changed_policy_and_a_renamed_service_are_seen_at_once(home):
    household, _ = home
    cold_water(home)
    Rulebook.objects.update_or_create(
        supplier_id=household.supplier_id, service="cold", name="fraction_policy",
        defaults={"value": "truncate"},
    )  # fmt: skip
    assert cold_water(home).lines[0].volume == 3_000_000
    ServiceCategory.objects.filter(code="cold").update(name="Вода из реки")
    assert cold_water(home).lines[0].service_name == "Вода из реки"
