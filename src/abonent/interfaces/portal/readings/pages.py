"""What the templates of readings receive. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.forms import BoundField

from abonent.common.money import format_kopecks
from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.periods import Period
from abonent.common.words import grouped
from abonent.domain.billing.queries.quotes import Quote
from abonent.domain.billing.rules.paper import vat_over
from abonent.domain.metering.rules import MICRO
from abonent.domain.metering.rules import window_words as windows
from abonent.domain.metering.rules.judgement import Judgement, RegisterState, Verdict
from abonent.domain.reports.queries import (
    ReadingSheet,
    SheetMeter,
    SheetRegister,
    quote_costs,
    quote_shares,
)
from abonent.domain.tariffs.rules import RATE_SCALE
from abonent.interfaces.portal.overview.wording import price_number, verification
from abonent.interfaces.portal.readings import wording
from abonent.interfaces.portal.readings.forms import ReadingsForm, name_of, sure_name
from abonent.interfaces.portal.readings.wording import Price, SumRow

STRANGE = "Показание необычное. Всё верно?"
IMPOSSIBLE = (
    "Такое показание принять нельзя. Проверьте цифры; если всё верно, позвоните нам по телефону "
    "внизу страницы."
)


@dataclass(frozen=True)
class DialRow:
    """One scale on the sheet."""

    field: BoundField
    title: str
    was: Decimal | None
    was_label: str
    price: Decimal | None
    given: str


@dataclass(frozen=True)
class MeterBox:
    """One meter on the sheet: its heading, what to know of it, its scales."""

    id: str
    title: str
    about: str
    unit: str
    multiplier: Decimal | None
    rows: tuple[DialRow, ...]


@dataclass(frozen=True)
class CheckedScale:
    """One scale on the page of checking: its column, or a word where there is nothing to count."""

    name: str
    column: tuple[SumRow, ...]
    note: str


@dataclass(frozen=True)
class CheckedMeter:
    """One meter on the page of checking."""

    title: str
    scales: tuple[CheckedScale, ...]


@dataclass(frozen=True)
class Question:
    """A strange value: the question, why it is asked, the names of the answer."""

    name: str
    title: str
    text: str
    yes_hint: str
    error: str
    was: Decimal | None
    was_label: str
    now: Decimal
    used: Decimal | None
    unit: str
    int_digits: int
    frac_digits: int


def meter_boxes(form: ReadingsForm) -> list[MeterBox]:
    """Return the meters of the sheet with their inputs."""
    return [_box(form, meter) for meter in form.sheet.meters]


def _box(form: ReadingsForm, meter: SheetMeter) -> MeterBox:
    checked = verification(meter.verified_until, form.sheet.today)
    about = [f"Счётчик №\u00a0{meter.serial}"]
    if checked and checked.urgent:
        about.append(checked.text.capitalize())
    if meter.ratio != 1:
        ratio = grouped(Decimal(plain_decimal(meter.ratio)))
        about.append(f"Расход умножаем на {ratio}, коэффициент трансформации")
    text = ". ".join(about) + "."
    if meter.takes_whole:
        text = f"{text} {wording.WHOLE_WORDS[meter.policy]}"
    if not shown_window(form.sheet):
        text = f"{text} {windows.taken_when(meter.window)}"
    return MeterBox(
        id=f"m{meter.id}",
        title=meter.service_name,
        about=text,
        unit=meter.unit_name,
        multiplier=meter.ratio if meter.ratio != 1 else None,
        rows=tuple(
            DialRow(
                field=form[name_of(one.id)],
                title=", ".join(part for part in (one.zone_name, one.hours) if part),
                was=wording.cut(one.was, meter.frac_digits) if one.was is not None else None,
                was_label=wording.was_label(one.was_on),
                price=price_number(one.price) if one.price is not None else None,
                given=wording.given_words(meter, one),
            )
            for one in meter.registers
        ),
    )


def shown_window(sheet: ReadingSheet) -> str:
    """Say what becomes of readings sent today, where the same holds for all meters."""
    said = {windows.taken_when(meter.window) for meter in sheet.meters}
    return said.pop() if len(said) == 1 else ""


def target_period(sheet: ReadingSheet, values: Mapping[int, int]) -> Period:
    """Return the month that the typed values go to: of several the last, as the domain does."""
    return max(
        (
            meter.window.period
            for meter in sheet.meters
            for register in meter.registers
            if register.id in values
        ),
        default=Period.of(sheet.today),
    )


def check_context(
    form: ReadingsForm, quote: Quote, values: Mapping[int, int], unanswered: Mapping[int, str]
) -> dict[str, object]:
    """Return everything the page of checking shows; ``unanswered`` are errors by register."""
    sheet = form.sheet
    private = sheet.account.private
    costs = quote_costs(quote) if private else {}
    prices = _prices(quote)
    vat = quote_shares(quote, vat_over)
    meters, questions, notes = [], [], []
    for meter in sheet.meters:
        typed = [one for one in meter.registers if one.id in values]
        for one in typed:
            judged = quote.judgements[one.id]
            now = from_scale(values[one.id], MICRO)
            if judged.verdict == Verdict.ASK:
                questions.append(
                    _question(
                        sheet,
                        meter,
                        one,
                        now=now,
                        judged=judged,
                        usual=_state(quote, one.id).usual,
                        error=unanswered.get(one.id, ""),
                    )
                )
            if one.id in form.rounded:
                rounded = form.rounded[one.id]
                name = wording.register_name(sheet, meter, one)
                notes.append(wording.rounded_words(name, rounded.typed, rounded.taken))
        if typed:
            scales = tuple(
                _scale(
                    meter,
                    one,
                    now=from_scale(values[one.id], MICRO),
                    judged=quote.judgements[one.id],
                    cost=costs.get(one.id),
                    price=_price(prices.get((meter.service_name, one.zone_name)), vat.get(one.id)),
                )
                for one in typed
            )
            meters.append(CheckedMeter(_title(sheet, meter), scales))
    if private:
        notes += quote.notes
    return {
        "meters": meters,
        "questions": questions,
        "notes": notes,
        "period": quote.period,
        "total": _total(quote) if private else [],
        "unknown_cost": private and quote.amount is None,
        "window_words": _month_words(sheet, values),
    }


def _title(sheet: ReadingSheet, meter: SheetMeter) -> str:
    alone = sum(one.service_name == meter.service_name for one in sheet.meters) == 1
    return meter.service_name if alone else f"{meter.service_name}, №\u00a0{meter.serial}"


def _month_words(sheet: ReadingSheet, values: Mapping[int, int]) -> str:
    """Return what becomes of these readings, said by the window that closes last."""
    chosen = [
        meter.window
        for meter in sheet.meters
        if any(register.id in values for register in meter.registers)
    ]
    return windows.taken_when(max(chosen, key=lambda window: window.last)) if chosen else ""


def _scale(
    meter: SheetMeter,
    register: SheetRegister,
    *,
    now: Decimal,
    judged: Judgement,
    cost: int | None,
    price: Price | None,
) -> CheckedScale:
    digits = meter.frac_digits
    used = _used(meter, register, now, judged)
    if register.was is None or used is None:
        rows = [SumRow("Сейчас", grouped(wording.shown(now, digits)), unit=meter.unit_name)]
        return CheckedScale(register.zone_name, tuple(rows), _note(judged, register))
    rows = wording.usage_column(
        now=now,
        was=register.was,
        was_on=register.was_on,
        used=used,
        unit=meter.unit_name,
        digits=digits,
        round_of=Decimal(10) ** meter.int_digits if judged.rolled else None,
        ratio=meter.ratio,
    )
    if cost is not None:
        rows += wording.cost_rows(cost, price)
    return CheckedScale(register.zone_name, tuple(rows), _note(judged, register))


def _note(judged: Judgement, register: SheetRegister) -> str:
    """Return the judge's remark that is no question, where the person may see the past."""
    return judged.text if judged.verdict == Verdict.FINE and register.was is not None else ""


def _used(
    meter: SheetMeter, register: SheetRegister, now: Decimal, judged: Judgement
) -> Decimal | None:
    """Return the difference as the bill will count it: of readings after the fraction policy."""
    if register.was is None:
        return None
    used = now - register.was
    return used + Decimal(10) ** meter.int_digits if judged.rolled else used


def _question(
    sheet: ReadingSheet,
    meter: SheetMeter,
    register: SheetRegister,
    *,
    now: Decimal,
    judged: Judgement,
    usual: int | None,
    error: str,
) -> Question:
    """Ask about a strange value; a waiting link is not told what stood before."""
    digits, unit, kind = meter.frac_digits, meter.unit_name, meter.service_kind
    name = wording.register_name(sheet, meter, register)
    used = _used(meter, register, now, judged)
    asked, hint, text = STRANGE, "Примем как есть, а сотрудники посмотрят", ""
    if register.was is not None and used is not None:
        asked = judged.text
        if judged.rolled:
            hint = "Примем, расход посчитаем через ноль"
            text = wording.rolled_words(register.was, now, used, unit, digits)
        else:
            known = from_scale(usual, MICRO) if usual else None
            # People know their consumption, not the difference behind a transformer.
            usually = known * meter.ratio if known else None
            text = wording.usual_words(
                usually, used * meter.ratio, unit, digits if meter.ratio == 1 else 0, kind
            )
    return Question(
        name=sure_name(register.id),
        title=f"{name}: {asked[:1].lower()}{asked[1:]}",
        text=text,
        yes_hint=hint,
        error=error,
        was=wording.cut(register.was, digits) if register.was is not None else None,
        was_label=wording.was_label(register.was_on),
        now=wording.cut(now, digits),
        used=wording.cut(used, digits) if used is not None else None,
        unit=unit,
        int_digits=meter.int_digits,
        frac_digits=digits,
    )


def _state(quote: Quote, register_id: int) -> RegisterState:
    return next(
        one.state for meter in quote.meters for one in meter.registers if one.id == register_id
    )


def _price(rate: Decimal | None, vat: int | None) -> Price | None:
    return None if rate is None else Price(rate, vat or 0)


def _prices(quote: Quote) -> dict[tuple[str, str], Decimal]:
    """Return the price of each service and zone that has exactly one line."""
    zones = {
        (meter.service_name, one.zone.value): one.zone_name
        for meter in quote.meters
        for one in meter.registers
    }
    found: dict[tuple[str, str], list[Decimal]] = {}
    for line in quote.lines:
        key = (line.service_name, zones.get((line.service_name, line.zone), ""))
        rate = price_number(from_scale(line.rate, RATE_SCALE))
        found.setdefault(key, []).append(rate)
    return {key: prices[0] for key, prices in found.items() if len(prices) == 1}


def _total(quote: Quote) -> list[SumRow]:
    """Return what the typed services cost together, one row for each."""
    if quote.amount is None:
        return []
    sums: dict[str, int] = {}
    for line in quote.lines:
        sums[line.service_name] = sums.get(line.service_name, 0) + line.amount
    rows = [SumRow(name, f"{format_kopecks(amount)}\u00a0₽") for name, amount in sums.items()]
    if quote.corrections:
        rows.append(
            SumRow("Перерасчёт прошлых месяцев", f"{format_kopecks(quote.corrected)}\u00a0₽")
        )
    whole = SumRow("Вместе", f"{format_kopecks(quote.amount)}\u00a0₽", total=True)
    return [*rows, whole] if rows else []
