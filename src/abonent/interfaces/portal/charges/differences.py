"""Why a bill is more or less than the one before, told to a person. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import MONTHS_IN, counted, grouped, quantity
from abonent.domain.billing.queries.bill_page import BillPage
from abonent.domain.billing.rules.causes import Cause, Kind
from abonent.domain.billing.rules.paper import COMPONENT_WORDS
from abonent.domain.metering.rules import ZONE_NAMES, Zone
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.interfaces.portal.charges.wording import METHOD_HINTS, ROUBLE

DAYS = ("день", "дня", "дней")
FEWEST = {"rub": 2, "m3": 3}  # decimals
ROWS = {
    Kind.PENALTY: "пени за просрочку",
    Kind.CORRECTION: "перерасчёт за прошлые месяцы",
    Kind.REDUCTION: "снижения и льготы",
    Kind.APPEARED: "раньше не начисляли",
    Kind.VANISHED: "больше не начисляют",
    Kind.MULTIPLIER: "повышающий коэффициент",
    Kind.PRICE: "цена",
    Kind.METHOD: "способ расчёта",
    Kind.DAYS: "дней между показаниями",
    Kind.BAND: "расход сверх первого, дешёвого диапазона",
    Kind.VOLUME: "расход",
}
SENTENCES = {
    Kind.PENALTY: ("начислили пени за просрочку", "пеней меньше, чем было"),
    Kind.CORRECTION: ("перерасчёт за прошлые месяцы", "перерасчёт за прошлые месяцы"),
    Kind.REDUCTION: ("снижений и льгот меньше, чем было", "вам сделали снижение или дали льготу"),
    Kind.APPEARED: ("появилась новая строка", ""),
    Kind.VANISHED: ("", "эту услугу больше не начисляют"),
    Kind.MULTIPLIER: ("повысился коэффициент", "понизился коэффициент"),
    Kind.PRICE: ("выросла цена", "цена стала ниже"),
    Kind.METHOD: ("объём посчитали по-другому", "объём посчитали по-другому"),
    Kind.DAYS: ("показание накопилось за большее время", "показание накопилось за меньшее время"),
    Kind.BAND: ("больше попало в дорогой диапазон", "меньше попало в дорогой диапазон"),
    Kind.VOLUME: ("израсходовали больше", "израсходовали меньше"),
}


@dataclass(frozen=True)
class DifferenceRow:
    """A cause as a row of the table: what it is, what was, what is, how many roubles."""

    name: str
    was: str
    now: str
    amount: str


@dataclass(frozen=True)
class Difference:
    """The table of causes with its heading, its sentence and its sum."""

    title: str
    sentence: str
    rows: tuple[DifferenceRow, ...]
    total: str


def difference_in_words(page: BillPage) -> Difference | None:
    """Return why the bill differs from the month before; None when it does not."""
    if page.previous is None or not page.causes:
        return None
    month = f"в{NO_BREAK}{MONTHS_IN[page.previous.period.month - 1]}"
    grown = sum(cause.amount for cause in page.causes)
    title = f"Почему столько же, сколько {month}"
    if grown:
        than = "больше" if grown > 0 else "меньше"
        title = f"Почему на{NO_BREAK}{_money(abs(grown))} {than}, чем {month}"
    return Difference(
        title=title,
        sentence=_sentence(page.causes, grown),
        rows=tuple(_row(cause) for cause in page.causes),
        total=_signed(grown),
    )


def _sentence(causes: tuple[Cause, ...], grown: int) -> str:
    """Return the weightiest causes in the direction of the change: one, or two."""
    fitting = [cause for cause in causes if cause.amount * grown > 0 or not grown]
    first = fitting[0]
    words = f"Главная причина: {_told(first)}."
    # A second one is worth its words when it weighs at least a quarter of the first.
    if len(fitting) > 1 and abs(fitting[1].amount) * 4 >= abs(first.amount):
        return f"{words} Ещё одна: {_told(fitting[1])}."
    return words


def _told(cause: Cause) -> str:
    more, less = SENTENCES[cause.kind]
    words = more if cause.amount > 0 else less
    if cause.name:
        words = f"«{_place(cause)}» – {words}"
    was, now = _numbers(cause)
    if was and now:
        words = f"{words}: было {was}, стало {now}"
    return f"{words} ({_signed(cause.amount)}{ROUBLE})"


def _row(cause: Cause) -> DifferenceRow:
    was, now = _numbers(cause)
    name = ROWS[cause.kind]
    if cause.kind == Kind.APPEARED:
        was, now = f"0,00{ROUBLE}", _money(cause.amount)
    if cause.kind == Kind.VANISHED:
        was, now = _money(-cause.amount), f"0,00{ROUBLE}"
    return DifferenceRow(
        name=f"{_place(cause)}: {name}" if cause.name else name.capitalize(),
        was=was or "–",
        now=now or "–",
        amount=_signed(cause.amount),
    )


def _place(cause: Cause) -> str:
    """Return the service, with its component and zone where it has several."""
    zone = "" if cause.zone in {"", Zone.SINGLE} else ZONE_NAMES[Zone(cause.zone)].lower()
    parts = (cause.name, COMPONENT_WORDS.get(cause.component, cause.component), zone)
    return ", ".join(part for part in parts if part)


def _numbers(cause: Cause) -> tuple[str, str]:
    """Return what was and what is in words; two empty texts where no numbers tell it."""
    if cause.methods is not None:
        was, now = cause.methods
        return _method(was), _method(now)
    if cause.was is None or cause.now is None or cause.was == cause.now:
        return "", ""
    return _number(cause.was, cause.unit), _number(cause.now, cause.unit)


def _number(value: Decimal, unit: str) -> str:
    short = Decimal(plain_decimal(value))
    fewest = FEWEST.get(unit, 0)
    if _decimals(short) < fewest:
        short = short.quantize(Decimal(1).scaleb(-fewest))
    if unit == "rub":
        return f"{grouped(short)}{ROUBLE}"
    if unit == "days":
        return counted(int(value), DAYS)
    return quantity(short, UNIT_NAMES[Unit(unit)]) if unit else grouped(short)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _method(methods: str) -> str:
    return " и ".join(METHOD_HINTS.get(one, one) for one in methods.split("+"))


def _signed(kopecks: int) -> str:
    sign = "+" if kopecks > 0 else MINUS if kopecks < 0 else ""
    return f"{sign}{format_kopecks(abs(kopecks))}"


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{ROUBLE}"
