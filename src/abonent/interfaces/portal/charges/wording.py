"""How a bill is told to a person: sentences and columns from the figures. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import MONTHS, MONTHS_IN, day_and_year, day_in_words, grouped, quantity
from abonent.domain.billing.queries.bill_page import BillPage, LinePage, ServicePage
from abonent.domain.billing.rules.comparison import Change
from abonent.domain.billing.rules.explanation import LineView, Step
from abonent.domain.billing.rules.paper import line_detail, shown_rate, shown_volume
from abonent.domain.billing.rules.reasons import reason_of
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit

ROUBLE = f"{NO_BREAK}₽"
FEWEST_DECIMALS = {"₽": 2, "м³": 3}

METHOD_HINTS = {
    "meter": "по счётчику",
    "average": "по среднему расходу",
    "norm": "по нормативу",
    "house": "по счётчику дома",
    "area": "по площади",
    "contract": "по договору",
    "correction": "перерасчёт",
}
# A step of the formula by which a line of part of the month is known.
DAYS_OF_PRICE = "Дней по этой цене"
PRICE_CHANGED = "Внутри месяца цена изменилась, поэтому расход разделили по дням."


@dataclass(frozen=True)
class SumRow:
    """One row of a column: name, sign, value, unit; ``total`` stands under a rule."""

    name: str
    value: str
    sign: str = ""
    unit: str = ""
    total: bool = False


@dataclass(frozen=True)
class LineText:
    """A line of the bill unfolded: what it is, its column, its change, its act."""

    title: str
    amount: int
    reason: str
    column: tuple[SumRow, ...]
    changes: tuple[SumRow, ...]
    act: str
    corrects: str

    @property
    def heading(self) -> str:
        """Return the level of a heading inside the line: below its title, if it has one."""
        return "h4" if self.title else "h3"


@dataclass(frozen=True)
class ServiceText:
    """A service of the bill: its sum, how much was used, and its lines."""

    name: str
    amount: int
    hint: str
    lines: tuple[LineText, ...]
    opened: bool


def services_in_words(page: BillPage) -> tuple[ServiceText, ...]:
    """Return the services; the one that changed most is open from the start."""
    most = _most_changed(page)
    return tuple(
        ServiceText(
            name=service.name,
            amount=service.amount,
            hint=_hint(service),
            lines=tuple(_line(line, _line_title(line, service), page) for line in service.lines),
            opened=service is most,
        )
        for service in page.services
    )


def comparison_in_words(page: BillPage) -> str:
    """Return how the bill differs from the month before: «на 2 100,15 ₽ больше, чем …»."""
    if page.previous is None:
        return "это первый счёт"
    month = f"в{NO_BREAK}{MONTHS_IN[page.previous.period.month - 1]}"
    now = page.bill.charged + page.bill.penalty
    grown = now - page.previous.charged - page.previous.penalty
    if grown == 0:
        return f"это столько же, сколько {month}"
    than = "больше" if grown > 0 else "меньше"
    words = f"это на{NO_BREAK}{_money(abs(grown))} {than}, чем {month}"
    most = _most_changed(page)
    return f"{words}{_cause(most, grown)}" if most else words


def balance_column(page: BillPage) -> tuple[SumRow, ...]:
    """Return how the sum to pay comes about: was, charged, penalty, paid."""
    bill = page.bill
    was = "Переплата" if bill.opening < 0 else "Долг"
    month = bill.period.month - 1
    rows = [
        SumRow(f"{was} на {day_in_words(bill.period.first_day)}", *_first(bill.opening)),
        SumRow(f"Начислено за {MONTHS[month]}", *_added(bill.charged)),
    ]
    if bill.penalty:
        rows.append(SumRow("Пени", *_added(bill.penalty)))
    rows.append(SumRow(f"Заплачено в{NO_BREAK}{MONTHS_IN[month]}", *_added(-bill.paid)))
    name = "К оплате" if bill.due >= 0 else "Переплата"
    rows.append(SumRow(name, format_kopecks(abs(bill.due)), unit="₽", total=True))
    return tuple(rows)


def left_column(page: BillPage) -> tuple[SumRow, ...]:
    """Return what was paid after the bill and what is left; nothing when nothing moved."""
    if page.paid_since == 0:
        return ()
    since = day_in_words(page.bill.period.plus(1).first_day)
    total = "Осталось" if page.left >= 0 else "Переплата"
    return (
        SumRow("К оплате по счёту", *_first(page.bill.due)),
        SumRow(f"Заплачено с{NO_BREAK}{since}", *_added(-page.paid_since)),
        SumRow(total, format_kopecks(abs(page.left)), unit="₽", total=True),
    )


def payment_in_words(page: BillPage, today: date) -> str:
    """Return one sentence on what is to be done with the bill now."""
    if not page.is_latest:
        return "Это счёт за прошлый месяц: остаток вошёл в следующий."
    if page.left > 0:
        until = day_and_year(page.bill.due_by)
        if today > page.bill.due_by:
            return f"Осталось заплатить {_money(page.left)}: срок прошёл {until}."
        return f"Осталось заплатить {_money(page.left)} до{NO_BREAK}{until}."
    if page.left < 0:
        return f"Платить не нужно: переплата {_money(-page.left)}."
    return "Всё оплачено."


def term_in_words(due_by: date, today: date) -> str:
    """Return until when the bill was to be paid, or that the day is over."""
    if today > due_by:
        return f"Срок оплаты был {day_and_year(due_by)}."
    return f"Оплатить нужно до{NO_BREAK}{day_and_year(due_by)}."


def _most_changed(page: BillPage) -> ServicePage | None:
    """Return the service whose sum changed most in the bill's own direction."""
    if page.previous is None:
        return None
    moves = [(service.amount - (service.before or 0), service) for service in page.services]
    grown = page.bill.charged - page.previous.charged
    fitting = [(move, service) for move, service in moves if move * grown > 0]
    return max(fitting, key=lambda pair: abs(pair[0]))[1] if fitting else None


def _cause(service: ServicePage, grown: int) -> str:
    """Return which service made the difference, unless it alone is the bill."""
    move = service.amount - (service.before or 0)
    if service.before is None:
        return f": появилась строка «{service.name}», {_money(service.amount)}"
    if move == grown:
        return ""
    than = "больше" if move > 0 else "меньше"
    return f": «{service.name}» на{NO_BREAK}{_money(abs(move))} {than}"


def _hint(service: ServicePage) -> str:
    """Return how much was used and how it was found, in one line."""
    volumes: dict[tuple[str, Unit], int] = {}
    for one in service.lines:
        place = line_detail(one.line), one.line.unit
        volumes[place] = volumes.get(place, 0) + one.line.volume
    parts = []
    for (detail, unit), total in volumes.items():
        volume = quantity(shown_volume(total, unit), UNIT_NAMES[unit])
        parts.append(f"{detail}{NO_BREAK}– {volume}" if detail else volume)
    methods = {METHOD_HINTS.get(one.line.method, "") for one in service.lines}
    words = ", ".join(parts)
    return f"{words}, {methods.pop()}" if len(methods) == 1 else words


def _line_title(one: LinePage, service: ServicePage) -> str:
    """Return what tells a line from its neighbours; one that stands alone needs nothing."""
    if len(service.lines) == 1:
        return ""
    detail = line_detail(one.line)
    same = [other for other in service.lines if line_detail(other.line) == detail]
    if len({other.line.rate for other in same}) == 1:
        return (detail or METHOD_HINTS.get(one.line.method, "")).capitalize()
    price = f"по{NO_BREAK}{grouped(shown_rate(one.line.rate))}{ROUBLE}"
    return f"{detail} {price}".strip().capitalize()


def _line(one: LinePage, title: str, page: BillPage) -> LineText:
    """Return a line with its reason, its column and its change since last month."""
    line = one.line
    return LineText(
        title=title,
        amount=line.amount,
        reason=_reason(one),
        column=tuple(_step(step) for step in one.why.steps),
        changes=_changes(one.change, line, page) if one.change else (),
        act=one.why.act,
        corrects=line.corrects or "",
    )


def _reason(one: LinePage) -> str:
    """Return why the line is there; a price that changed inside the month is told."""
    words = one.why.note or reason_of(one.line)
    divided = any(step.label == DAYS_OF_PRICE for step in one.why.steps)
    return f"{words} {PRICE_CHANGED}" if divided else words


def _step(step: Step) -> SumRow:
    """Return a step of the formula as a row of the column."""
    fewest = FEWEST_DECIMALS.get(step.unit, 0)
    return SumRow(step.label, _number(step.value, fewest), step.sign, step.unit, step.total)


def _changes(change: Change, line: LineView, page: BillPage) -> tuple[SumRow, ...]:
    """Return why the line is not what it was: more used, another price."""
    if change.by_volume == 0 and change.by_price == 0:
        return ()
    month = MONTHS_IN[page.bill.period.plus(-1).month - 1]
    rows = [SumRow(f"Было в{NO_BREAK}{month}", *_first(change.before))]
    if change.by_volume:
        used = change.volume_now - change.volume_before
        than = "больше" if used > 0 else "меньше"
        volume = quantity(Decimal(plain_decimal(abs(used))), UNIT_NAMES[line.unit])
        rows.append(SumRow(f"Расход {than} на{NO_BREAK}{volume}", *_added(change.by_volume)))
    if change.by_price:
        was, now = _number(change.rate_before, 2), _number(change.rate_now, 2)
        rows.append(SumRow(f"Цена была {was}, стала {now}{ROUBLE}", *_added(change.by_price)))
    rows.append(SumRow("Стало", format_kopecks(change.now), unit="₽", total=True))
    return tuple(rows)


def _number(value: Decimal, fewest: int) -> str:
    """Write a number without needless zeros, but with at least so many decimals."""
    short = Decimal(plain_decimal(value))
    exponent = short.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < fewest:
        short = short.quantize(Decimal(1).scaleb(-fewest))
    return grouped(short)


def _first(amount: int) -> tuple[str, str, str]:
    """Return value, sign and unit of the sum that a column begins with."""
    return format_kopecks(abs(amount)), MINUS if amount < 0 else "", "₽"


def _added(amount: int) -> tuple[str, str, str]:
    """Return value, sign and unit of a sum that is added in a column or taken off."""
    value, sign, unit = _first(amount)
    return value, "+" if amount > 0 else sign, unit


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{ROUBLE}"
