"""The window of readings in words: before it, within it, after it. Pure."""

from datetime import date

from abonent.common.money import NO_BREAK
from abonent.common.periods import Period
from abonent.common.words import MONTHS, counted, day_in_words, plural
from abonent.domain.metering.rules.windows import ReadingWindow, WindowState

DAYS = ("день", "дня", "дней")
_FEW_NUMBERS = {1: "одно число", 2: "два числа", 3: "три числа", 4: "четыре числа"}


def month_name(period: Period) -> str:
    """Return «ноябрь»."""
    return MONTHS[period.month - 1]


def days_left(last: date, today: date) -> str:
    """Return «осталось 2 дня», «остался 1 день» or «сегодня последний день»."""
    left = (last - today).days
    if left <= 0:
        return "сегодня последний день"
    verb = plural(left, ("остался", "осталось", "осталось"))
    return f"{verb} {counted(left, DAYS)}"


def until(window: ReadingWindow) -> str:
    """Return «до 25 ноября – осталось 2 дня»."""
    return f"до {day_in_words(window.last)} – {days_left(window.last, window.today)}"


def span(window: ReadingWindow) -> str:
    """Return «с 15 по 25 ноября», with both months where they differ."""
    if (window.first.year, window.first.month) == (window.last.year, window.last.month):
        return f"с{NO_BREAK}{window.first.day} по{NO_BREAK}{day_in_words(window.last)}"
    return f"с{NO_BREAK}{day_in_words(window.first)} по{NO_BREAK}{day_in_words(window.last)}"


def taken_when(window: ReadingWindow) -> str:
    """Say what becomes of a reading sent today (MISSION C5)."""
    month = month_name(window.period)
    if window.state == WindowState.OPEN:
        return f"Приём за {month} {until(window)}."
    if window.state == WindowState.BEFORE:
        return (
            f"Показания за {month} принимаем {span(window)}. "
            f"Можно передать и сейчас: учтём их за {month}."
        )
    return (
        f"Приём за {month_name(window.closed)} закончился {day_in_words(window.closed_on)}. "
        f"Показания примем и сейчас, но учтём уже за {month}."
    )


def numbers_needed(count: int) -> str:
    """Return «Нужны четыре числа»."""
    if count == 1:
        return "Нужно одно число"
    if count in _FEW_NUMBERS:
        return f"Нужны {_FEW_NUMBERS[count]}"
    return f"Нужно {counted(count, ('число', 'числа', 'чисел'))}"
