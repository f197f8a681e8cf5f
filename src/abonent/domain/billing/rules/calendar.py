"""By which day a bill must be paid (ЖК 155, ГК 193; RULES 0.4). Pure."""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from abonent.common.periods import Period

if TYPE_CHECKING:
    from holidays import HolidayBase

# Минстрой letter 9202-ДН/04: bills for February 2026 are the first to be paid by the 15th.
DUE_15_FIRST = Period(2026, 2)
# The rest of an organisation's month: PP 442 p. 82 (p. 81 for providers of utilities),
# PP 808 p. 33 for heat, PP 644 for water.
PROVIDERS = ("manager", "cooperative")
ELECTRICITY_DUE_DAY, PROVIDER_DUE_DAY, OTHER_DUE_DAY = 18, 15, 10


@cache
def _calendar(year: int) -> "HolidayBase":
    import holidays  # half a second that most commands need not spend

    return holidays.country_holidays("RU", years=year)


def is_working(day: date) -> bool:
    """Say whether the day works by the production calendar, moved days included."""
    return bool(_calendar(day.year).is_working_day(day))


def next_working(day: date) -> date:
    """Return the day itself or the next working day (ГК 193)."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def household_due_day(period: Period) -> date:
    """Return the last day for a household to pay the bill of a month."""
    return next_working(period.plus(1).day(15 if period >= DUE_15_FIRST else 10))


def organisation_due_day(period: Period, service_kind: str, *, provider: bool) -> date:
    """Return the last day for an organisation to pay a service of a month.

    ``provider``: it buys the service for the people of a house (a manager, a cooperative).
    """
    day = OTHER_DUE_DAY
    if service_kind == "electricity":
        day = PROVIDER_DUE_DAY if provider else ELECTRICITY_DUE_DAY
    return next_working(period.plus(1).day(day))


def due_day(period: Period, kind: str, service_kind: str, organisation_class: str | None) -> date:
    """Return the last day to pay a service of a month, whoever the payer is."""
    if kind != "organisation":
        return household_due_day(period)
    return organisation_due_day(period, service_kind, provider=organisation_class in PROVIDERS)
