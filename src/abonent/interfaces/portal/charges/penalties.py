"""How penalties (пени) are told: which debt, since when, which rate, by which act. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import MONTHS, counted, day_and_year, day_in_words, grouped
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries.levied import LevyView
from abonent.domain.billing.queries.outlook import PenaltyOutlook
from abonent.domain.billing.rules.levy import LevyWhy, SpanView, four_digits

ROUBLE = f"{NO_BREAK}₽"
HOUSEHOLD_ACT = "Жилищный кодекс, статья 155, часть 14"
ACTS = {
    "electricity": "Закон № 35-ФЗ «Об электроэнергетике», статья 37, пункт 2",
    "heat": "Закон № 190-ФЗ «О теплоснабжении», статья 15, части 9.1–9.4",
    "hot_water": "Закон № 190-ФЗ «О теплоснабжении», статья 15, части 9.1–9.4",
    "cold_water": "Закон № 416-ФЗ «О водоснабжении и водоотведении», статья 13, части 6.2–6.4",
}
DAYS = ("день", "дня", "дней")


@dataclass(frozen=True)
class DaysRow:
    """Days with one debt and one rate, as the table shows them."""

    days: str
    count: str
    base: str
    rate: str
    total: str


@dataclass(frozen=True)
class LevyText:
    """Interest of one service and month of debt, unfolded."""

    title: str
    amount: int
    reason: str
    rows: tuple[DaysRow, ...]
    result: str
    act: str


def penalties_in_words(levies: tuple[LevyView, ...], kind: str) -> tuple[LevyText, ...]:
    """Return what a bill levies, debt by debt."""
    return tuple(_levy(one, one.why(), kind) for one in levies)


def _levy(one: LevyView, why: LevyWhy, kind: str) -> LevyText:
    month = f"{MONTHS[one.debt_month.month - 1]}{NO_BREAK}{one.debt_month.year}"
    return LevyText(
        title=f"{one.service_name}, долг за{NO_BREAK}{month}",
        amount=one.amount,
        reason=_reason(why),
        rows=days_in_rows(why.spans),
        result=_result(one, why),
        act=HOUSEHOLD_ACT if kind == AccountKind.HOUSEHOLD else ACTS.get(one.service_kind, ""),
    )


def _reason(why: LevyWhy) -> str:
    """Return since when the debt is late; each day costs a share of the rate of the debt."""
    if not why.spans:
        return "За этот долг пеней больше нет: он оплачен вовремя или пени приостановлены."
    first = why.spans[0]
    late = (first.from_on - first.due_on).days
    return (
        f"Срок оплаты был {day_and_year(first.due_on)}. Пени считаем с{NO_BREAK}"
        f"{day_and_year(first.from_on)}, это {late}-й день просрочки, "
        "за каждый день до дня оплаты включительно."
    )


def days_in_rows(spans: Iterable[SpanView]) -> tuple[DaysRow, ...]:
    """Return the days of delay as the table shows them."""
    return tuple(_row(span) for span in spans)


def _row(span: SpanView) -> DaysRow:
    rate = grouped(span.rate) if span.rate % 1 else plain_decimal(span.rate)
    same = span.from_on == span.to_on
    return DaysRow(
        days=day_in_words(span.from_on)
        if same
        else f"{day_in_words(span.from_on)} – {day_in_words(span.to_on)}",
        count=counted(span.days, DAYS),
        base=format_kopecks(span.base),
        rate=f"1/{span.share} от {rate}{NO_BREAK}%",
        total=four_digits(span.total).replace(".", ","),
    )


def _result(one: LevyView, why: LevyWhy) -> str:
    """Return how the sum of the bill follows from all days and from what was levied before."""
    text = f"Всего по{NO_BREAK}{day_in_words(why.as_of)}{NO_BREAK}– {_money(why.counted)}."
    if not why.before:
        return text
    text += f" В{NO_BREAK}прошлых счетах уже начислили {_money(why.before)}."
    if one.amount < 0:
        return f"{text} Лишние {_money(-one.amount)} вернули в{NO_BREAK}этом счёте."
    return f"{text} В{NO_BREAK}этом счёте остальные {_money(one.amount)}."


def outlook_in_words(outlook: PenaltyOutlook) -> str:
    """Return one sentence on what comes: when interest begins, or how it grows."""
    if outlook.free_until and outlook.begins_on and not outlook.a_day:
        return (
            f"Пени начнутся с{NO_BREAK}{day_in_words(outlook.begins_on)}, если не заплатить "
            f"до{NO_BREAK}{day_in_words(outlook.free_until)} включительно."
        )
    if outlook.growing:
        text = f"После последнего счёта набежали пени {_money(outlook.growing)}"
        grows = f", каждый день ещё около {_money(outlook.a_day)}" if outlook.a_day else ""
        return f"{text}{grows}. Они войдут в{NO_BREAK}следующий счёт."
    if outlook.a_day:
        return f"Пени растут: каждый день около {_money(outlook.a_day)}."
    return ""


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{ROUBLE}"
