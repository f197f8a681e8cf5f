"""Meters and readings: words, the month of a reading, consumption and rollover. Pure.

Values of readings and volumes are whole millionths of the unit (``MICRO``).
"""

from datetime import date
from enum import IntEnum, StrEnum

from abonent.common.periods import Period

MICRO = 6


class Zone(StrEnum):
    """A time-of-use zone; ``single`` is the whole day (RULES 1.2)."""

    SINGLE = "single"
    DAY = "day"
    NIGHT = "night"
    PEAK = "peak"
    HALFPEAK = "halfpeak"
    REACTIVE = "reactive"


ZONE_NAMES = {
    Zone.SINGLE: "",
    Zone.DAY: "День",
    Zone.NIGHT: "Ночь",
    Zone.PEAK: "Пик",
    Zone.HALFPEAK: "Полупик",
    Zone.REACTIVE: "Реактивная",
}
ZONE_HOURS = {
    (Zone.DAY, 2): "с 7 до 23 часов",
    (Zone.NIGHT, 2): "с 23 до 7 часов",
    (Zone.PEAK, 3): "с 7 до 10 и с 17 до 21 часа",
    (Zone.HALFPEAK, 3): "с 10 до 17 и с 21 до 23 часов",
    (Zone.NIGHT, 3): "с 23 до 7 часов",
}


class ReadingSource(IntEnum):
    """The channel by which a reading came (EXCHANGE readings.csv); kept as a number."""

    CABINET = 1
    OPEN_PAGE = 2
    PHONE = 3
    VOICE = 4
    SMS = 5
    EMAIL = 6
    RECEIPT = 7
    OFFICE = 8
    APP = 9
    FILE = 10
    GIS = 11
    REMOTE = 12
    CONTROL = 13
    FINAL = 14


SOURCE_CODES = {source.name.lower(): source for source in ReadingSource if source.name != "FINAL"}
SOURCE_NAMES = {
    ReadingSource.CABINET: "личный кабинет",
    ReadingSource.OPEN_PAGE: "сайт, без входа",
    ReadingSource.PHONE: "телефон",
    ReadingSource.VOICE: "голосовое меню",
    ReadingSource.SMS: "СМС",
    ReadingSource.EMAIL: "электронная почта",
    ReadingSource.RECEIPT: "при оплате квитанции",
    ReadingSource.OFFICE: "офис",
    ReadingSource.APP: "приложение",
    ReadingSource.FILE: "файл",
    ReadingSource.GIS: "ГИС ЖКХ",
    ReadingSource.REMOTE: "дистанционно",
    ReadingSource.CONTROL: "контролёр",
    ReadingSource.FINAL: "при снятии счётчика",
}


class ReadingQuality(IntEnum):
    """How far a reading is trusted; doubtful ones still count until staff decide."""

    ACCEPTED = 0
    DOUBTFUL = 1
    SET_ASIDE = 2


# Priority when readings of one day conflict (RULES 4.3): a higher number wins.
SOURCE_PRIORITY = {ReadingSource.CONTROL: 3, ReadingSource.FINAL: 3, ReadingSource.REMOTE: 2}


def period_for(taken_on: date, source: ReadingSource, window_to_day: int) -> Period:
    """Return the month a reading belongs to (RULES 4.1, EXCHANGE 1).

    Up to the window's last day it is the month of its date, later the next one;
    control and final readings belong to the month of their date.
    """
    month = Period.of(taken_on)
    if source in {ReadingSource.CONTROL, ReadingSource.FINAL}:
        return month
    return month if taken_on <= month.day(window_to_day) else month.plus(1)
