"""Readings in words and columns: names of scales, questions, states, times. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import day_in_words, grouped, moment_in_words, quantity
from abonent.domain.metering.queries.history import ReadingState
from abonent.domain.reports.queries import ReadingSheet, SheetMeter, SheetRegister
from abonent.domain.suppliers.rules import ServiceKind

# How people name the time of a place; zones without a name here are «по местному времени».
ZONE_PLACES = {
    "Europe/Kaliningrad": "по Калининграду",
    "Europe/Moscow": "по Москве",
    "Europe/Volgograd": "по Волгограду",
    "Europe/Samara": "по Самаре",
    "Europe/Saratov": "по Саратову",
    "Asia/Yekaterinburg": "по Екатеринбургу",
    "Asia/Omsk": "по Омску",
    "Asia/Novosibirsk": "по Новосибирску",
    "Asia/Krasnoyarsk": "по Красноярску",
    "Asia/Irkutsk": "по Иркутску",
    "Asia/Yakutsk": "по Якутску",
    "Asia/Vladivostok": "по Владивостоку",
    "Asia/Magadan": "по Магадану",
    "Asia/Kamchatka": "по Камчатке",
}
WHOLE_WORDS = {
    "truncate": "Берём только целые числа: цифры после запятой отбрасываем, они войдут "
    "в следующий месяц.",
    "ceil": "Берём только целые числа: неполное округляем вверх.",
}
STATES = {
    ReadingState.COUNTED: ("ok", "Принято"),
    ReadingState.REPLACED: ("", "Заменено более новым"),
    ReadingState.DOUBTFUL: ("ask", "Принято, проверим"),
    ReadingState.SET_ASIDE: ("bad", "Отложено, не учитываем"),
}


CAUSES = {
    ServiceKind.ELECTRICITY: "новая техника, ремонт, обогреватель",
    ServiceKind.HEAT: "похолодало, давно не передавали",
}


@dataclass(frozen=True)
class Price:
    """What a unit costs, and the VAT in kopecks that the bill adds over this price."""

    rate: Decimal
    vat_over: int


@dataclass(frozen=True)
class SumRow:
    """A row of a column: name, sign, value, unit; ``total`` stands under a rule."""

    name: str
    value: str
    sign: str = ""
    unit: str = ""
    total: bool = False


def register_name(sheet: ReadingSheet, meter: SheetMeter, register: SheetRegister) -> str:
    """Return «Электроэнергия, ночь»; the serial too where a service has two meters."""
    alone = sum(one.service_name == meter.service_name for one in sheet.meters) == 1
    parts = [meter.service_name]
    if not alone:
        parts.append(f"№{NO_BREAK}{meter.serial}")
    if register.zone_name:
        parts.append(register.zone_name.lower())
    return ", ".join(parts)


def shown(value: Decimal, digits: int) -> Decimal:
    """Return a value with the decimals that its meter shows, more only where it has more."""
    plain = Decimal(plain_decimal(value))
    exponent = plain.as_tuple().exponent
    have = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return plain.quantize(Decimal(1).scaleb(-max(have, digits)))


def cut(value: Decimal, digits: int) -> Decimal:
    """Return a reading with exactly the decimals that its dial has."""
    factor = Decimal(10) ** digits
    return (Decimal(int(value * factor)) / factor).quantize(Decimal(1).scaleb(-digits))


def was_label(on: date | None) -> str:
    """Return «Было 23 октября»."""
    return f"Было {day_in_words(on)}" if on else "Было"


def given_words(meter: SheetMeter, register: SheetRegister) -> str:
    """Say that this month has a reading already and what a new one does."""
    if register.given is None or register.given_on is None:
        return ""
    value = grouped(shown(register.given, meter.frac_digits))
    return (
        f"{day_in_words(register.given_on).capitalize()} уже передали {value}. "
        "Новое показание заменит его."
    )


def usage_column(
    *,
    now: Decimal,
    was: Decimal,
    was_on: date | None,
    used: Decimal,
    unit: str,
    digits: int,
    round_of: Decimal | None,
    ratio: Decimal,
) -> list[SumRow]:
    """Return the column from two readings to the volume; ``round_of`` is a full dial."""
    rows = [
        SumRow("Сейчас", grouped(shown(now, digits))),
        SumRow(was_label(was_on), grouped(shown(was, digits)), MINUS),
    ]
    if round_of is not None:
        rows.append(SumRow("Счётчик прошёл через ноль", grouped(round_of), "+"))
    rows.append(SumRow("Расход", grouped(shown(used, digits)), unit=unit, total=True))
    if ratio != 1:
        rows.append(SumRow("Коэффициент", grouped(Decimal(plain_decimal(ratio))), "×"))
        rows.append(SumRow("Объём", grouped(shown(used * ratio, 0)), unit=unit, total=True))
    return rows


def cost_rows(amount: int, price: Price | None) -> list[SumRow]:
    """Return the price where there is one, the VAT over it, and the cost in roubles."""
    rows = []
    if price is not None:
        rows.append(SumRow("Цена", grouped(price.rate), "×", "₽"))
        if price.vat_over:
            rows.append(SumRow("НДС сверх цены", format_kopecks(price.vat_over), "+", "₽"))
    return [*rows, SumRow("Стоимость", format_kopecks(amount), unit="₽", total=True)]


def usual_words(
    usual: Decimal | None, used: Decimal, unit: str, digits: int, kind: ServiceKind
) -> str:
    """Say what is strange about a consumption and where it may come from."""
    now = quantity(shown(used, digits), unit)
    if not usual:
        return f"Сейчас выходит {now}. Проверьте, нет ли лишней цифры."
    usually = quantity(shown(usual.quantize(Decimal("0.1")), 0), unit)
    return (
        f"Обычно около {usually} в месяц, а сейчас {now}. Так бывает: {_causes(kind)}. "
        "А бывает, что цифры поменялись местами."
    )


def _causes(kind: ServiceKind) -> str:
    """Return what may be behind more than usual: a lamp does not leak."""
    return CAUSES.get(kind, "гости, ремонт, протечка")


def rolled_words(was: Decimal, now: Decimal, used: Decimal, unit: str, digits: int) -> str:
    """Say how a dial that began anew was counted."""
    before, after = grouped(shown(was, digits)), grouped(shown(now, digits))
    return f"Было {before}, стало {after}: расход {quantity(shown(used, digits), unit)}."


def rounded_words(name: str, typed: Decimal, taken: Decimal) -> str:
    """Say that a fraction was not taken."""
    way = "цифры после запятой отбрасываем" if taken < typed else "неполное округляем вверх"
    return f"{name}: вы ввели {grouped(typed)}, возьмём {grouped(taken)} – {way}."


def moment_there(moment: datetime, timezone: str) -> str:
    """Return «23 ноября 2026, 19:42 по Екатеринбургу»; the moment carries its zone."""
    return f"{moment_in_words(moment)} {ZONE_PLACES.get(timezone, 'по местному времени')}"
