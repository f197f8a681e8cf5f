"""Dates, quantities and contacts in Russian words, as people read them. Pure.

Every function returns a finished piece of text in which the parts that belong together
are tied with no-break spaces, so a line never ends between «24» and «ноября».
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
MONTHS_OF = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
MONTHS_IN = (
    "январе", "феврале", "марте", "апреле", "мае", "июне",
    "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
)  # fmt: skip
MONTHS_SHORT = (
    "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
)  # fmt: skip

_TEENS, _FEW = range(11, 15), range(2, 5)
_HIDDEN = "•"
_MEGABYTE = 1_000_000


def day_in_words(day: date) -> str:
    """Return «24 ноября»."""
    return f"{day.day}{NO_BREAK}{MONTHS_OF[day.month - 1]}"


def day_and_year(day: date) -> str:
    """Return «24 ноября 2026»."""
    return f"{day_in_words(day)}{NO_BREAK}{day.year}"


def month_and_year(year: int, month: int) -> str:
    """Return «октябрь 2026»."""
    return f"{MONTHS[month - 1]}{NO_BREAK}{year}"


def months_in_words(months: Sequence[tuple[int, int]]) -> str:
    """Write months (year, month) in their order: «август–октябрь», «май, август».

    Years are named only where the months are of several.
    """
    runs: list[list[tuple[int, int]]] = []
    for year, month in months:
        if runs and runs[-1][-1][0] * 12 + runs[-1][-1][1] + 1 == year * 12 + month:
            runs[-1].append((year, month))
        else:
            runs.append([(year, month)])
    named = len({year for year, _ in months}) > 1

    def said(one: tuple[int, int]) -> str:
        return month_and_year(*one) if named else MONTHS[one[1] - 1]

    return ", ".join(
        said(run[0]) if len(run) == 1 else f"{said(run[0])}–{said(run[-1])}" for run in runs
    )


def moment_in_words(moment: datetime) -> str:
    """Return «24 ноября 2026, 19:42» in the zone that the moment carries."""
    return f"{day_and_year(moment)}, {moment:%H:%M}"


def plural(count: int, forms: tuple[str, str, str]) -> str:
    """Choose the form that goes with a count: ("день", "дня", "дней")."""
    ones = abs(count) % 10
    if abs(count) % 100 in _TEENS:
        return forms[2]
    if ones == 1:
        return forms[0]
    return forms[1] if ones in _FEW else forms[2]


def counted(count: int, forms: tuple[str, str, str]) -> str:
    """Return the count and its word: «2 дня»."""
    return f"{grouped(count)}{NO_BREAK}{plural(count, forms)}"


def grouped(value: int | Decimal) -> str:
    """Write a number with no-break spaces between thousands and a decimal comma.

    A Decimal keeps the decimals it came with: 4.480 becomes «4,480».
    """
    text = format(abs(value), ",f") if isinstance(value, Decimal) else f"{abs(value):,}"
    written = text.replace(",", NO_BREAK).replace(".", ",")
    return f"{MINUS}{written}" if value < 0 else written


def quantity(value: int | Decimal, unit: str) -> str:
    """Write a quantity with its unit: «4,480 м³»."""
    return f"{grouped(value)}{NO_BREAK}{unit}"


def file_size(size: int) -> str:
    """Write a size in bytes as people read it: «42 кБ», from a megabyte «1,2 МБ»."""
    if size < _MEGABYTE:
        return quantity(max(1, round(size / 1000)), "кБ")
    return quantity(Decimal(size).scaleb(-6).quantize(Decimal("0.1")), "МБ")


def masked_email(address: str) -> str:
    """Hide the name of a mailbox: «i•••••a@mail.ru». The number of dots tells nothing."""
    name, at, host = address.rpartition("@")
    if not at:
        return _HIDDEN * 5
    # Of a name of two letters both would be everything.
    return f"{name[:1]}{_HIDDEN * 5}{name[2:][-1:]}@{host}"


def masked_phone(number: str) -> str:
    """Hide the middle of an E.164 number: «+7 912 •••-••-17»."""
    russian = re.fullmatch(r"\+7(\d{3})\d{5}(\d{2})", number)
    if russian:
        code = f"+7{NO_BREAK}{russian[1]}"
        return f"{code}{NO_BREAK}{_HIDDEN * 3}-{_HIDDEN * 2}-{russian[2]}"
    return f"{number[:2]}{_HIDDEN * 5}{number[-2:]}"


def written_phone(number: str) -> str:
    """Write an E.164 number as people do: «+7 912 200-04-17»; a foreign one as it is."""
    russian = re.fullmatch(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})", number)
    if not russian:
        return number
    code = f"+7{NO_BREAK}{russian[1]}"
    return f"{code}{NO_BREAK}{russian[2]}-{russian[3]}-{russian[4]}"


def masked_name(name: str) -> str:
    """Hide a name: «Иванов Иван Иванович» becomes «И*** И. И.»."""
    first, *others = name.split() or [""]
    if not first:
        return ""
    return " ".join([f"{first[0].upper()}***", *(f"{word[0].upper()}." for word in others[:2])])
