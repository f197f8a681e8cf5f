"""The days in which a month's readings are taken, as seen on one day (RULES 4.1). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from abonent.common.periods import Period


class WindowState(StrEnum):
    """How a day lies to the window; a reading is taken in all three."""

    BEFORE = "before"  # the window of this very month is still ahead
    OPEN = "open"
    LATE = "late"  # this month's window has closed: a reading counts for the next month


@dataclass(frozen=True)
class ReadingWindow:
    """The window that a reading of ``today`` belongs to; ``last`` is included.

    ``to_day`` is the day of each month on which windows close.
    """

    period: Period
    first: date
    last: date
    today: date
    to_day: int

    @property
    def state(self) -> WindowState:
        """Return how today lies to the window."""
        if self.first <= self.today:
            return WindowState.OPEN
        return WindowState.LATE if Period.of(self.today) < self.period else WindowState.BEFORE

    @property
    def days_left(self) -> int:
        """Return how many days follow today up to the last one."""
        return (self.last - self.today).days

    @property
    def closed(self) -> Period:
        """Return the month whose window closed last."""
        return self.period.plus(-1)

    @property
    def closed_on(self) -> date:
        """Return the day on which the last window closed."""
        return self.closed.day(self.to_day)


def window_on(today: date, *, from_day: int, to_day: int) -> ReadingWindow:
    """Return the window that a reading taken today belongs to.

    Days of the month that do not exist are clamped to its last one. A window that begins
    after it ends («с 26-го по 5-е») begins in the month before.
    """
    month = Period.of(today)
    period = month if today <= month.day(to_day) else month.plus(1)
    begins = period if from_day <= to_day else period.plus(-1)
    return ReadingWindow(period, begins.day(from_day), period.day(to_day), today, to_day)
