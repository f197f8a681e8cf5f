"""The clock is read at the doors and passed down."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return timezone.now()


def local_day(moment: datetime, zone: str) -> date:
    """Return the day of a moment at the supplier's place (RULES 4.1)."""
    return moment.astimezone(ZoneInfo(zone)).date()
