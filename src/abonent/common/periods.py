"""Billing months and days. Pure: no framework, no clock."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 12
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, the billing period of households (RULES 0.3, 5)."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2026-10``; raises ValueError otherwise."""
        match = _MONTH.match(text.strip())
        if not match:
            raise ValueError(text)
        year, month = int(match[1]), int(match[2])
        if not 1 <= month <= MONTHS:
            raise ValueError(text)
        return cls(year, month)

    @classmethod
    def of(cls, day: date) -> "Period":
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """Return the first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Return the last day of the month."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def days(self) -> int:
        """Return the number of days in the month."""
        return self.last_day.day

    def plus(self, months: int) -> "Period":
        """Return the month that lies ``months`` later (earlier when negative)."""
        count = self.year * MONTHS + self.month - 1 + months
        return Period(count // MONTHS, count % MONTHS + 1)

    def months_since(self, earlier: "Period") -> int:
        """Return how many months lie between ``earlier`` and this one."""
        return (self.year - earlier.year) * MONTHS + self.month - earlier.month

    def day(self, number: int) -> date:
        """Return a day of the month, clamped to the last one (RULES 4.1)."""
        return date(self.year, self.month, min(number, self.days))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def day_after(day: date) -> date:
    """Return the next day: from a last day included to a half-open end."""
    return day + timedelta(days=1)
