"""By which day a bill must be paid (ЖК 155, ГК 193; RULES 0.4). Pure."""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from abonent.common.periods import Period

if TYPE_CHECKING:
    from holidays import HolidayBase

# Минстрой letter 9202-ДН/04: bills for February 2026 are the first to be paid by the 15th.
DUE_15_FIRST = Period(2026, 2)
ORGANISATION_DUE_DAY = 18  # PP 442 p. 82: the rest of the month's cost


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


def due_day(period: Period, kind: str) -> date:
    """Return the last day to pay the bill of a month."""
    following = period.plus(1)
    if kind == "organisation":
        return next_working(following.day(ORGANISATION_DUE_DAY))
    return next_working(following.day(15 if period >= DUE_15_FIRST else 10))
