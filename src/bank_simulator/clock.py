"""The virtual clock of the bank, and how moments are written down.

Everything with a term (an hour to confirm, a day of one key, the pauses between
deliveries) is counted by this clock, so that a test lives through a day at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bank_simulator.store import Store

MOSCOW = timezone(timedelta(hours=3), "MSK")
"""The day of a bank registry is a Moscow day; there has been no summer time since 2014."""


def to_text(moment: datetime) -> str:
    """Return the moment as the wire and the file want it: UTC, milliseconds, fixed width."""
    exact = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return exact.replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Return the moment written in ISO 8601; without an offset it is refused as ambiguous."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = f"A moment needs an offset or Z: {text}"
        raise ValueError(message)
    return moment.astimezone(UTC)


class Clock:
    """Virtual time: runs beside the real clock, or stands still until somebody moves it.

    Its position is kept in the file of the bank, so that time does not run backwards
    when the process is killed and started again.
    """

    def __init__(self, store: Store, *, starts_at: datetime | None) -> None:
        self._store = store
        self._starts_at = starts_at
        self._place = ""
        self.recall()

    def recall(self) -> None:
        """Take the position from the file; an empty file starts from the beginning."""
        with self._store.transaction():
            self._place = self._store.setting("clock") or self._beginning()

    def now(self) -> datetime:
        """Return the virtual moment, cut to milliseconds as the vendor's API cuts it."""
        if self._starts_at is None:
            moment = datetime.now(UTC) + timedelta(seconds=float(self._place))
        else:
            moment = from_text(self._place)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward; backwards is refused, for a bank never lives a day twice."""
        if seconds < 0:
            message = "The clock of the bank only goes forward."
            raise ValueError(message)
        with self._store.transaction():
            if self._starts_at is None:
                self._place = str(float(self._place) + seconds)
            else:
                self._place = to_text(self.now() + timedelta(seconds=seconds))
            self._store.set_setting("clock", self._place)
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move the clock forward to the moment given."""
        return self.advance((moment - self.now()).total_seconds())

    def _beginning(self) -> str:
        return "0" if self._starts_at is None else to_text(self._starts_at)
