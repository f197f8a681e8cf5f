"""The days of a reading window, as the strip of days shows them. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class WindowDay:
    """One day of the strip: its number and the class that paints it."""

    number: int
    state: str


def window_days(first: date, last: date, today: date) -> tuple[WindowDay, ...]:
    """Return the days from the first to the last, both included, as seen today.

    A day is past (no class), ``today``, ``left``, or ``last``; the last day is ``today``
    when today is the last.
    """
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return tuple(WindowDay(day.day, _state(day, last, today)) for day in days)


def _state(day: date, last: date, today: date) -> str:
    """Return the class of one day."""
    if day == today:
        return "today"
    if day == last:
        return "last" if day > today else ""
    return "left" if day > today else ""
