"""Which months a demonstration lives in: a billed year that ends with the last full month."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from abonent.common.periods import Period

BILLED_MONTHS = 12
_MORNING = time(7, 30)


@dataclass(frozen=True)
class DemoYear:
    """The months of a town: ``base`` holds the first readings, nothing of it is billed."""

    first: Period
    today: date

    @classmethod
    def ending_before(cls, today: date) -> "DemoYear":
        """Return the year whose last billed month is the one before today's."""
        return cls(first=Period.of(today).plus(-BILLED_MONTHS), today=today)

    @property
    def base(self) -> Period:
        """Return the month before the first billed one."""
        return self.first.plus(-1)

    @property
    def last(self) -> Period:
        """Return the last billed month."""
        return self.first.plus(BILLED_MONTHS - 1)

    @property
    def billed(self) -> list[Period]:
        """Return the billed months in order."""
        return [self.first.plus(step) for step in range(BILLED_MONTHS)]

    @property
    def read(self) -> list[Period]:
        """Return the months that readings may come in, the current one included."""
        return [self.first.plus(step) for step in range(-1, BILLED_MONTHS + 1)]

    def published_at(self, period: Period, timezone: str, now: datetime) -> datetime:
        """Return when the bills of a month came out: the morning of the 5th, never after now."""
        return min(datetime.combine(period.plus(1).day(5), _MORNING, ZoneInfo(timezone)), now)

    @property
    def before(self) -> list[Period]:
        """Return the year before billing began: history for averages and charts."""
        return [self.base.plus(step) for step in range(1 - BILLED_MONTHS, 1)]
