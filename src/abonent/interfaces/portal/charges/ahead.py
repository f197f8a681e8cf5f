"""What lies before an account, told to a person: the month's sum, what waits for a reading."""

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import MONTHS, grouped, months_in_words, plural, quantity
from abonent.domain.billing.queries.forecast import Ahead, Forecast, Unread
from abonent.domain.billing.rules.estimate_notes import COUNT, ONWARD, REMEDY
from abonent.domain.billing.rules.estimate_notes import MONTHS as FORMS
from abonent.domain.billing.rules.paper import shown_volume
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.interfaces.portal.charges.wording import ROUBLE, SumRow

TEN_ROUBLES = 10_00


def ahead_context(seen: Ahead) -> dict[str, object]:
    """Return what the page of charges shows of the months to come."""
    told = seen.forecast
    return {
        "forecast_title": f"Ожидаем за{NO_BREAK}{MONTHS[told.period.month - 1]}" if told else "",
        "forecast_sum": _about(told.amount) if told else "",
        "forecast": _column(told) if told else (),
        "forecast_note": _note(told) if told else "",
        "unread": tuple(_unread(one) for one in seen.unread),
    }


def _column(told: Forecast) -> tuple[SumRow, ...]:
    rows = [SumRow(one.name, format_kopecks(one.amount), unit="₽") for one in told.services]
    return (*rows, SumRow("Вместе", format_kopecks(told.amount), unit="₽", total=True))


def _about(kopecks: int) -> str:
    """Round to ten roubles: a guess to the kopeck would promise too much."""
    return f"около {grouped((kopecks + TEN_ROUBLES // 2) // TEN_ROUBLES * 10)}{ROUBLE}"


def _note(told: Forecast) -> str:
    words = "Это не счёт: взяли ваш обычный расход и нынешние цены, пеней и долга здесь нет."
    same = [f"«{one.name}»" for one in told.services if one.as_before]
    if not same:
        return words
    return f"{words} {', '.join(same)} – как в прошлом счёте: точнее узнаем в конце месяца."


def _unread(one: Unread) -> str:
    """Say how long a service is billed without readings, for how much, and what to do."""
    unit = Unit(one.unit)
    volume = quantity(shown_volume(one.volume, unit), UNIT_NAMES[unit])
    months = months_in_words([(month.year, month.month) for month in one.months])
    words = (
        f"{one.name}: за{NO_BREAK}{months} начислено без показаний {volume} "
        f"на{NO_BREAK}{format_kopecks(one.amount)}{ROUBLE}."
    )
    if one.left:
        left = f"ещё {COUNT[one.left]} {plural(one.left, FORMS)}"
        words = f"{words} По среднему можно начислять {left}, потом – по нормативу."
    else:
        words = f"{words} Следующий месяц посчитаем по нормативу."
    remedy = REMEDY[one.cause] if one.counted_anew or one.cause != "readings" else ONWARD
    return f"{words} {remedy}"
