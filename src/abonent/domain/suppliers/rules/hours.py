"""When a place receives people, read from the words on its door. Pure.

«пн–пт 8:00–20:00, сб 9:00–16:00», «ежедневно 9:00–21:00», «по будням с 8:00 до 17:00,
перерыв 12:00–13:00», «круглосуточно»; other words without figures are passed over.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from abonent.common.words import day_in_words
from abonent.domain.suppliers.rules.calendar import ProductionCalendar

Span = tuple[time, time]
_DAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_WEEK, _WORKDAYS, _FRIDAY = range(7), range(5), 4
_NAMED = {"ежедневно": _WEEK, "по будням": _WORKDAYS, "по выходным": range(5, 7)}
_WEEKDAYS_IN = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу",
    "в воскресенье",
)  # fmt: skip
_SPAN = re.compile(r"(?:с )?(\d{1,2}):(\d\d) ?(?:[-–—]|до) ?(\d{1,2}):(\d\d)\Z")
_RANGE = re.compile(rf"({'|'.join(_DAYS)})(?:[-–—]({'|'.join(_DAYS)}))?\Z")
_BREAK = re.compile(r"(?:перерыв|обед) ")
_MIDNIGHT = time(0)
_NEAR = ("сегодня", "завтра")
_LOOKED_AHEAD = 21  # the holidays of January and more


@dataclass(frozen=True)
class WeekHours:
    """Hours by the day of the week, Monday first; ``always`` ones know no holidays."""

    days: tuple[tuple[Span, ...], ...]
    always: bool = False

    def on(self, day: date, calendar: ProductionCalendar) -> tuple[Span, ...]:
        """Return the hours of a day: none on holidays; a Saturday that works is as a Friday."""
        own = self.days[day.weekday()]
        if self.always:
            return own
        if calendar.is_holiday(day):
            return ()
        if not own and day.weekday() not in _WORKDAYS and calendar.is_working(day):
            return self.days[_FRIDAY]
        return own


@dataclass(frozen=True)
class Standing:
    """Whether a place receives people at a moment, and the words for it."""

    is_open: bool
    words: str


def read_hours(text: str) -> WeekHours | None:
    """Return the hours that the words say; None where they are not understood."""
    days: list[tuple[Span, ...]] = [()] * len(_DAYS)
    always = known = False
    for part in (piece.strip().lower() for piece in text.split(",")):
        if part == "круглосуточно":
            # The day's end is its next midnight, which no time of the day can name.
            days, always, known = [((_MIDNIGHT, time.max),)] * len(_DAYS), True, True
        elif _BREAK.match(part):
            pause = read_span(_BREAK.sub("", part))
            if pause is None:
                return None
            days = [_without(spans, pause) for spans in days]
        elif any(sign.isdigit() for sign in part):
            found = _read_part(part)
            if found is None:
                return None
            for day in found[0]:
                days[day] = (found[1],)
            always, known = always or part.startswith("ежедневно"), True
    return WeekHours(tuple(days), always=always) if known else None


def read_span(text: str) -> Span | None:
    """Return «8:00–17:00» or «с 8:00 до 17:00» as two times; None for anything else."""
    match = _SPAN.match(text.strip())
    if match is None:
        return None
    try:
        begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError:
        return None
    return (begin, end) if begin < end else None


def _read_part(part: str) -> tuple[range, Span] | None:
    named = next((name for name in _NAMED if part.startswith(f"{name} ")), "")
    head, _, rest = part.partition(" ")
    if named:
        days, rest = _NAMED[named], part.removeprefix(named)
    else:
        match = _RANGE.match(head)
        if match is None:
            return None
        first = _DAYS.index(match[1])
        days = range(first, _DAYS.index(match[2] or match[1]) + 1)
    span = read_span(rest)
    return (days, span) if span and days else None


def _without(spans: tuple[Span, ...], pause: Span) -> tuple[Span, ...]:
    """Return the hours without the break in their middle."""
    cut = [((begin, pause[0]), (pause[1], end)) for begin, end in spans]
    return tuple(span for pair in cut for span in pair if span[0] < span[1])


def standing(hours: WeekHours, moment: datetime, calendar: ProductionCalendar) -> Standing:
    """Tell whether a place is open at a local moment, until when, or when it opens."""
    today, now = moment.date(), moment.time().replace(tzinfo=None)
    spans = hours.on(today, calendar)
    for place, (begin, end) in enumerate(spans):
        if begin <= now < end:
            if end == time.max:
                return Standing(is_open=True, words="Открыто круглосуточно")
            if place + 1 < len(spans):
                after = spans[place + 1][0]
                return Standing(is_open=True, words=f"Открыто, перерыв {_hour(end)}–{_hour(after)}")
            return Standing(is_open=True, words=f"Открыто до {_hour(end)}")
    return Standing(is_open=False, words=_opens(hours, today, now, calendar))


def _opens(hours: WeekHours, today: date, now: time, calendar: ProductionCalendar) -> str:
    for ahead in range(_LOOKED_AHEAD):
        day = today + timedelta(days=ahead)
        for begin, _ in hours.on(day, calendar):
            if ahead == 0 and begin <= now:
                continue
            when = _NEAR[ahead] if ahead < len(_NEAR) else _named(day)
            return f"Закрыто, откроется {when} в {_hour(begin)}"
    return "Закрыто"


def _named(day: date) -> str:
    return f"{_WEEKDAYS_IN[day.weekday()]}, {day_in_words(day)},"


def _hour(moment: time) -> str:
    return f"{moment.hour}:{moment:%M}"
