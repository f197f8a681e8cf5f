"""Which days work (ГК 193): the shipped production calendar and a supplier's own days. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


@cache
def _calendar(year: int) -> "HolidayBase":
    import holidays  # half a second that most commands need not spend

    return holidays.country_holidays("RU", years=year)


@dataclass(frozen=True)
class ProductionCalendar:
    """The shipped calendar, moved days included, but for the days named here."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Say whether the day works."""
        if day in self.off or day in self.working:
            return day in self.working
        return bool(_calendar(day.year).is_working_day(day))

    def is_holiday(self, day: date) -> bool:
        """Say whether the day is off for another reason than being a Saturday or a Sunday."""
        if day in self.off or day in self.working:
            return day in self.off
        return day in _calendar(day.year)

    def next_working(self, day: date) -> date:
        """Return the day itself or the next working day (ГК 193)."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """Return the last of so many working days, the first counted after the day (ГК 191)."""
        for _ in range(count):
            day = self.next_working(day + timedelta(days=1))
        return day


SHIPPED = ProductionCalendar()
