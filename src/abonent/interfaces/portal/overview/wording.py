"""The first page in words: the next step, the balance, prices, the house. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import (
    MONTHS,
    MONTHS_IN,
    MONTHS_OF,
    MONTHS_SHORT,
    counted,
    day_and_year,
    day_in_words,
    grouped,
    month_and_year,
    quantity,
)
from abonent.domain.accounts.queries.houses import HouseView
from abonent.domain.metering.rules import window_words as windows
from abonent.domain.metering.rules.windows import WindowState
from abonent.domain.payments.queries import PaymentView
from abonent.domain.reports.queries import (
    Balance,
    MeterLine,
    MonthLine,
    Overview,
    PriceView,
    ShareKind,
    StepKind,
)
from abonent.interfaces.design.chart import Bar

ROUBLE = f"{NO_BREAK}₽"
VERIFY_SOON = timedelta(days=90)
KOPECK = Decimal("0.01")
COMPONENTS = {"water": "вода", "heat": "подогрев"}
MANAGEMENTS = {
    "direct": "собственники управляют домом сами",
    "company": "управляющая компания или товарищество",
    "none": "способ управления не выбран",
}
SCHEMES = {
    "season": "платят в месяцы, когда топят",
    "year": "платят равными частями весь год",
}


@dataclass(frozen=True)
class StepText:
    """The one thing to do: its heading, why, and where it leads (a family of pages)."""

    title: str
    text: str
    button: str = ""
    family: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a column or of a list of facts."""

    name: str
    value: str
    total: bool = False
    hint: str = ""


@dataclass(frozen=True)
class BalanceText:
    """The balance: heading, the sum in words, the column, the term, the parts by service."""

    title: str
    total: str
    column: tuple[Row, ...]
    note: str
    shares: tuple[Row, ...]


@dataclass(frozen=True)
class Verification:
    """Until when a meter is verified; ``urgent`` when that is near or over."""

    text: str
    urgent: bool


def roubles(kopecks: int) -> str:
    """Return «5 198,26 ₽»."""
    return f"{format_kopecks(kopecks)}{ROUBLE}"


def step_text(seen: Overview) -> StepText:
    """Return the one next step of the account."""
    if seen.step == StepKind.READINGS and seen.window is not None:
        return StepText(
            title=f"Передайте показания {windows.until(seen.window)}",
            text=_needed(seen.missing),
            button="Передать показания",
            family="readings",
        )
    if seen.step == StepKind.PAYMENT_CHECKED and seen.checked is not None:
        return _payment_step(seen.checked)
    if seen.step == StepKind.DEBT and seen.balance is not None:
        return _debt_step(seen.balance, seen.today)
    return StepText(title="Сейчас ничего делать не нужно", text=_nothing(seen))


def flying_payment(seen: Overview) -> StepText | None:
    """Return what to know of a payment under way where the one next step is another."""
    if seen.checked is None or seen.step == StepKind.PAYMENT_CHECKED:
        return None
    return _payment_step(seen.checked)


def _needed(missing: tuple[MeterLine, ...]) -> str:
    """Return «Нужны четыре числа: электроэнергия днём и ночью, …» in the data's own words."""
    count = sum(len(meter.registers) for meter in missing)
    services: dict[str, list[MeterLine]] = {}
    for meter in missing:
        services.setdefault(meter.service_name, []).append(meter)
    names = []
    for name, meters in services.items():
        zones = [one.zone_name.lower() for one in meters[0].registers if one.zone_name]
        if len(meters) > 1:
            zones = [counted(len(meters), ("счётчик", "счётчика", "счётчиков"))]
        tail = f" ({', '.join(zones)})" if zones else ""
        names.append(f"{name[:1].lower()}{name[1:]}{tail}")
    return f"{windows.numbers_needed(count)}: {', '.join(names)}."


def _payment_step(payment: PaymentView) -> StepText:
    if payment.can_continue:
        return StepText(
            title=f"Платёж на {roubles(payment.amount)} ждёт оплаты",
            text="Вы начали платить, но банк ещё не получил денег. Можно вернуться к платежу.",
            button="Открыть платёж",
            family="payments",
        )
    return StepText(
        title="Проверяем платёж, не платите второй раз",
        text=f"Узнаём у банка, прошёл ли платёж на {roubles(payment.amount)}.",
        button="Открыть платёж",
        family="payments",
    )


def _debt_step(balance: Balance, today: date) -> StepText:
    total = roubles(balance.total)
    due = balance.bill.due_by if balance.bill else None
    if due is None:
        title = f"Заплатите {total}"
    elif today <= due:
        left = windows.days_left(due, today)
        title = f"Заплатите {total} до {day_in_words(due)} – {left}"
    else:
        title = f"Заплатите {total}: срок прошёл {day_in_words(due)}"
    free = balance.free_until
    text = f"До {day_in_words(free)} включительно – без пеней." if free else ""
    return StepText(title=title, text=text, button=f"Заплатить {total}", family="payments")


def _nothing(seen: Overview) -> str:
    """Say why there is nothing to do and what comes next."""
    paid = "Всё оплачено." if seen.balance and seen.balance.total == 0 else ""
    if seen.balance and seen.balance.total < 0:
        paid = "Переплата уменьшит следующий счёт."
    window = seen.window
    if window is None:
        return paid
    month = windows.month_name(window.period)
    if all(meter.is_given for meter in seen.meters):
        read = f"Показания за {month} приняты."
    elif window.state == WindowState.OPEN:
        read = ""
    else:
        read = f"Показания за {month} передайте {windows.span(window)}."
    return " ".join(part for part in (paid, read) if part)


def balance_text(balance: Balance, today: date) -> BalanceText:
    """Return the balance as words and a column."""
    if balance.total > 0:
        title, total = "Осталось заплатить", roubles(balance.total)
    elif balance.total < 0:
        title, total = "Переплата", roubles(-balance.total)
    else:
        title, total = "Всё оплачено", ""
    return BalanceText(title, total, _column(balance), _term(balance, today), _shares(balance))


_SHARES = {
    ShareKind.PENALTY: "Пени",
    ShareKind.COSTS: "Судебные расходы",
    ShareKind.ADVANCE: "Платёж, ещё не поделённый по услугам",
}


def _shares(balance: Balance) -> tuple[Row, ...]:
    """Return what the balance consists of, service by service; one part needs no column."""
    if len(balance.shares) < 2:  # noqa: PLR2004  (one part is the balance itself)
        return ()
    rows = [
        Row(_SHARES.get(one.kind) or one.name or "Прочее", _signed(one.amount))
        for one in balance.shares
    ]
    left = "Переплата" if balance.total < 0 else "Осталось"
    return (*rows, Row(left, roubles(abs(balance.total)), total=True))


def _column(balance: Balance) -> tuple[Row, ...]:
    """Return the column from the last bill to what is left; an older debt stands apart."""
    bill = balance.bill
    if bill is None:
        return ()
    month = _month(bill.period.month)
    name = f"Счёт за {month}"
    rows = [Row(f"Переплата, {name.lower()}" if bill.due < 0 else name, _signed(bill.due))]
    older, own = bill.opening - bill.paid, bill.charged + bill.penalty
    if older > 0 and older + own == bill.due:
        # A bill of 4 000 ₽ that says 15 000 ₽ would hide that the rest is owed for months.
        rows = [
            Row("Долг за прошлые месяцы", roubles(older)),
            Row(f"Начислено за {month}", roubles(own)),
        ]
    if balance.paid_since:
        when = f" {day_in_words(balance.paid_on)}" if balance.paid_on else " после счёта"
        name = f"Заплачено{when}" if balance.paid_since > 0 else "Добавлено после счёта"
        rows.append(Row(name, _signed(-balance.paid_since)))
    left = "Переплата" if balance.total < 0 else "Осталось"
    return (*rows, Row(left, roubles(abs(balance.total)), total=True))


def _month(number: int) -> str:
    return MONTHS[number - 1]


def _signed(kopecks: int) -> str:
    sign = f"{MINUS}{NO_BREAK}" if kopecks < 0 else ""
    return f"{sign}{roubles(abs(kopecks))}"


def _term(balance: Balance, today: date) -> str:
    """Say until when to pay and what it costs to be late."""
    if balance.total < 0:
        return "Она уменьшит следующий счёт."
    if balance.total == 0 or balance.bill is None:
        return ""
    due = balance.bill.due_by
    passed = today > due
    text = f"Срок был {day_in_words(due)}." if passed else f"Оплатить нужно до {day_in_words(due)}."
    if passed and balance.free_until:
        text += (
            f" Пеней не будет, если заплатить до {day_in_words(balance.free_until)} включительно."
        )
    if balance.penalty > 0:
        text += f" Из них пени – {roubles(balance.penalty)}."
    return text


def bars(months: tuple[MonthLine, ...]) -> list[Bar]:
    """Return the months as bars, the last one marked."""
    return [
        Bar(
            label=MONTHS_SHORT[line.period.month - 1],
            value=Decimal(line.charged).scaleb(-2),
            shown=grouped(int(Decimal(line.charged).scaleb(-2).to_integral_value())),
            current=line is months[-1],
            name=month_and_year(line.period.year, line.period.month),
            exact=roubles(line.charged),
        )
        for line in months
    ]


def chart_name(months: tuple[MonthLine, ...]) -> str:
    """Say in words what the drawing shows."""
    first, last = months[0], months[-1]
    most = max(months, key=lambda line: line.charged)
    return (
        f"Начислено с {MONTHS_OF[first.period.month - 1]} по "
        f"{_month(last.period.month)} {last.period.year} года: больше всего "
        f"в {MONTHS_IN[most.period.month - 1]}, {roubles(most.charged)}, "
        f"в {MONTHS_IN[last.period.month - 1]} – {roubles(last.charged)}"
    )


def verification(until: date | None, today: date) -> Verification | None:
    """Say until when a meter is verified, loudly when that is near or over."""
    if until is None:
        return None
    if until < today:
        return Verification(
            f"поверка закончилась {day_and_year(until)}: поверьте или замените счётчик", urgent=True
        )
    return Verification(f"поверка до {day_and_year(until)}", urgent=until - today <= VERIFY_SOON)


def price_rows(prices: Sequence[PriceView]) -> list[Row]:
    """Return each service and zone with its price; dearer bands stand in one line below it."""
    groups: dict[tuple[str, str, str], list[PriceView]] = {}
    for price in prices:
        groups.setdefault((price.service_code, price.component, price.zone), []).append(price)
    return [_price_row(group) for group in groups.values()]


def _price_row(group: list[PriceView]) -> Row:
    first, *dearer = group
    parts = [first.service_name]
    if first.component:
        parts.append(COMPONENTS.get(first.component, first.component))
    if first.zone_name:
        parts.append(first.zone_name.lower())
    bands = [
        f"сверх {quantity(_short(one.from_quantity), one.unit_name)} в месяц – {_rate(one)}"
        for one in dearer
    ]
    value = f"{_rate(first)} за{NO_BREAK}{first.unit_name}"
    return Row(", ".join(parts), value, hint=", ".join(bands))


def _rate(price: PriceView) -> str:
    return quantity(price_number(price.rate), "₽")


def prices_since(prices: Sequence[PriceView]) -> str:
    """Say since when the prices hold: of several days the last."""
    if not prices:
        return ""
    return f"Действует с {day_and_year(max(price.valid_from for price in prices))}"


def price_number(rate: Decimal) -> Decimal:
    """Return a price with two decimals, more only where they say something."""
    plain = Decimal(plain_decimal(rate))
    return plain if plain % KOPECK else plain.quantize(KOPECK)


def _short(value: Decimal) -> Decimal:
    return Decimal(plain_decimal(value))


def house_rows(seen: Overview) -> tuple[Row, ...]:
    """Return what is known of the flat and the house."""
    account, house = seen.account, seen.house
    rows = []
    if account.area is not None:
        rows.append(Row("Площадь помещения", quantity(_short(account.area), "м²")))
    if account.residents is not None:
        people = counted(account.residents, ("человек", "человека", "человек"))
        rows.append(Row("Живут", people))
    return (*rows, *_house_rows(house)) if house else tuple(rows)


def _house_rows(house: HouseView) -> list[Row]:
    rows = []
    if house.area_total is not None:
        rows.append(Row("Площадь дома", quantity(_short(house.area_total), "м²")))
    if house.area_common:
        rows.append(Row("Общие помещения", quantity(_short(house.area_common), "м²")))
    if house.management in MANAGEMENTS:
        rows.append(Row("Управление", MANAGEMENTS[house.management]))
    heating = SCHEMES.get(house.heating_scheme, "")
    if heating and (months := _heating_months(house.heating_months)):
        heating = f"{heating}: {months}" if house.heating_scheme == "season" else heating
    if heating:
        rows.append(Row("Отопление", heating))
    if house.has_heat_meter is not None:
        rows.append(Row("Общий счётчик тепла", "есть" if house.has_heat_meter else "нет"))
    return rows


def _heating_months(months: str) -> str:
    """Return «с октября по май» for ``10-05``."""
    first, _, last = months.partition("-")
    if not (first.isdigit() and last.isdigit()):
        return ""
    return f"с {MONTHS_OF[int(first) - 1]} по {_month(int(last))}"
