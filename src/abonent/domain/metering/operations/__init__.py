"""Verbs of metering."""

from abonent.domain.metering.operations.fill_meters import ensure_months
from abonent.domain.metering.operations.load_events import load_events, load_temperatures
from abonent.domain.metering.operations.load_meters import load_meters
from abonent.domain.metering.operations.load_profiles import (
    load_hourly_volumes,
    load_losses,
    load_power,
)
from abonent.domain.metering.operations.load_readings import load_readings
from abonent.domain.metering.operations.load_verifications import load_verifications
from abonent.domain.metering.operations.load_volumes import (
    load_house_volumes,
    load_past_volumes,
)
from abonent.domain.metering.operations.photos import add_photos, read_photo
from abonent.domain.metering.operations.reminders import (
    remind_of_readings,
    remind_of_verification,
)

__all__ = [
    "add_photos",
    "ensure_months",
    "load_events",
    "load_hourly_volumes",
    "load_house_volumes",
    "load_losses",
    "load_meters",
    "load_past_volumes",
    "load_power",
    "load_readings",
    "load_temperatures",
    "load_verifications",
    "read_photo",
    "remind_of_readings",
    "remind_of_verification",
]
