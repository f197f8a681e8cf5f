"""Anna's flat with its meters: two zones of light, cold and hot water, readings since summer.

The household of ``bills`` is the same one; here it gets meters, readings, prices and agreements.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction

from abonent.common.periods import Period
from abonent.domain.accounts.models import CustomerAgreement
from abonent.domain.metering.models import Meter, Reading, Register
from abonent.domain.metering.operations import ensure_months
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.suppliers.models import Rulebook, ServiceCategory
from abonent.domain.tariffs.models import ConsumptionNorm, TariffRate
from bills import NUMBER, Household, two_bills

HOME = f"/demo/accounts/{NUMBER}/"
READINGS = f"{HOME}readings/"
PREVIEW = f"{READINGS}preview/"
HISTORY = f"{READINGS}history/"
# 23 November, 19:42 in Yekaterinburg: two days of the window are left.
NOVEMBER_23 = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
NOVEMBER_26 = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
NOVEMBER_5 = datetime(2026, 11, 5, 6, 0, tzinfo=UTC)

LIGHT, COLD, HOT = "10475512", "22510043", "22510044"
# What each scale showed on the 23rd of June to October.
SHOWN = {
    (LIGHT, "day"): ("13857", "13977", "14087", "14207", "14327"),
    (LIGHT, "night"): ("5878", "5958", "6038", "6118", "6178"),
    (COLD, "single"): ("116.256", "118.856", "121.256", "123.456", "125.900"),
    (HOT, "single"): ("77.212", "80.312", "83.412", "86.412", "89.612"),
}
FIRST = Period(2026, 6)


def furnish(household: Household) -> dict[tuple[str, str], Register]:
    """Give the household its meters, readings, prices and agreements; returns the registers."""
    services = {
        row.code: row for row in ServiceCategory.objects.filter(supplier_id=household.supplier_id)
    }
    common = {"supplier_id": household.supplier_id, "account_id": household.account_id}
    for serial, code, digits in ((LIGHT, "electricity", 0), (HOT, "hot", 3)):
        Meter.objects.create(
            **common, service=services[code], serial=serial, int_digits=5, frac_digits=digits,
            zones="day+night" if serial == LIGHT else "single", verified_until=date(2034, 3, 31),
        )  # fmt: skip
    registers = {}
    for serial, zone in SHOWN:
        meter = Meter.objects.get(account_id=household.account_id, serial=serial)
        place = {"meter": meter, "zone": zone, **common}
        registers[serial, zone] = Register.objects.get_or_create(**place)[0]
    for code, zones in (("electricity", "day+night"), ("cold", ""), ("hot", ""), ("heat", "")):
        CustomerAgreement.objects.create(
            **common, service=services[code], zones=zones, valid_from=date(2020, 1, 1)
        )
    _prices(services)
    for key, values in SHOWN.items():
        for step, value in enumerate(values):
            read(registers[key], FIRST.plus(step), value)
    return registers


def _prices(services: dict[str, ServiceCategory]) -> None:
    for code, component, zone, rate in (
        ("electricity", "", "day", "4.93"),
        ("electricity", "", "night", "2.96"),
        ("cold", "", "single", "48.31"),
        ("hot", "water", "single", "48.31"),
        ("hot", "heat", "single", "2350.12"),
        ("heat", "", "single", "2350.12"),
    ):
        TariffRate.objects.create(
            supplier_id=services[code].supplier_id, service=services[code], component=component,
            zone=zone, rate=rate, valid_from=date(2026, 1, 1),
        )  # fmt: skip
    ConsumptionNorm.objects.create(
        supplier_id=services["hot"].supplier_id, service=services["hot"],
        per="heating_gcal_per_m3", volume="0.0618", valid_from=date(2020, 1, 1),
    )  # fmt: skip


def read(
    register: Register,
    period: Period,
    value: str,
    *,
    day: int = 23,
    source: ReadingSource = ReadingSource.CABINET,
    quality: ReadingQuality = ReadingQuality.ACCEPTED,
    sequence: int = 0,
) -> None:
    """Store a reading that counts for a month."""
    with transaction.atomic():
        ensure_months(months=[period])
    Reading.objects.create(
        supplier_id=register.supplier_id, account_id=register.account_id,
        register_id=register.pk, period=period.first_day, taken_on=period.day(day),
        source=int(source), sequence=sequence, value=micro(value), quality=int(quality),
        received_at=datetime(period.year, period.month, min(day, 28), 9, 0, tzinfo=UTC),
    )  # fmt: skip


def micro(value: str) -> int:
    """Return a reading in millionths."""
    return int(Decimal(value) * 1_000_000)


def policy(household: Household, name: str, value: str, service: str = "") -> None:
    """Set a policy value of the supplier."""
    Rulebook.objects.update_or_create(
        supplier_id=household.supplier_id, service=service, name=name, defaults={"value": value}
    )


def flat() -> tuple[Household, dict[tuple[str, str], Register]]:
    """Build the household with its bills and everything that stands in it."""
    household = two_bills()
    return household, furnish(household)


def growing() -> bool:
    """Tell whether the invented readings only grow, as those of a real meter do."""
    return all(
        Decimal(before) <= Decimal(after)
        for values in SHOWN.values()
        for before, after in pairwise(values)
    )
