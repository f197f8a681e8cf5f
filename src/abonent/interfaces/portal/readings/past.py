"""What the proof of a submission and the history of readings show. No database here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from abonent.common.periods import Period
from abonent.common.words import (
    MONTHS_SHORT,
    counted,
    day_and_year,
    day_in_words,
    grouped,
    month_and_year,
    quantity,
)
from abonent.domain.metering.queries.history import (
    MeterHistory,
    MonthVolume,
    ReadingHistory,
    ReadingLine,
    ServiceHistory,
)
from abonent.domain.metering.queries.submissions import SubmittedLine
from abonent.domain.metering.rules import window_words as windows
from abonent.domain.reports.queries import AcceptedReadings
from abonent.interfaces.design.chart import Bar
from abonent.interfaces.portal.readings import wording

SHOWN_MONTHS = 12
SHOWN_WHOLE = 100  # above a bar there is room for three digits


@dataclass(frozen=True)
class ProofRow:
    """One accepted value."""

    name: str
    value: str
    used: str
    cost: int | None
    note: str


@dataclass(frozen=True)
class HistoryRow:
    """One reading of the past; ``proof_url`` leads to its submission."""

    name: str
    value: str
    used: str
    source: str
    state: str
    state_kind: str
    proof_url: str
    has_photo: bool = False


@dataclass(frozen=True)
class MeterPast:
    """A meter with its readings, the latest first."""

    title: str
    rows: tuple[HistoryRow, ...]


@dataclass(frozen=True)
class ServicePast:
    """A service: its bars, the comparison with the year before, its meters."""

    id: str
    name: str
    unit: str
    bars: tuple[Bar, ...]
    chart_name: str
    compared: str
    has_before: bool
    meters: tuple[MeterPast, ...]


def proof_rows(found: AcceptedReadings) -> list[ProofRow]:
    """Return the values of a submission as rows."""
    lines = found.submission.lines
    return [
        ProofRow(
            name=_line_name(line, lines),
            value=grouped(wording.shown(line.value, line.frac_digits)),
            used=quantity(wording.shown(line.used, line.frac_digits), line.unit_name)
            if line.used is not None
            else "",
            cost=found.costs.get(line.register_id),
            note=_note(line, found.submission.taken_on),
        )
        for line in lines
    ]


def _note(line: SubmittedLine, taken_on: date) -> str:
    """Say that a value no longer counts, or that it will be looked at."""
    instead = line.replaced
    if instead is None:
        return "проверим" if line.doubtful else ""
    day = day_in_words(instead.taken_on)
    if instead.taken_on == taken_on:
        day = f"{day}, более поздним"
    return f"заменено показанием от {day} ({instead.source})"


def _line_name(line: SubmittedLine, lines: Sequence[SubmittedLine]) -> str:
    serials = {one.serial for one in lines if one.service_name == line.service_name}
    parts = [line.service_name]
    if len(serials) > 1:
        parts.append(f"№\u00a0{line.serial}")
    if line.zone_name:
        parts.append(line.zone_name.lower())
    return ", ".join(parts)


def what_next(found: AcceptedReadings, today: date) -> list[tuple[str, str]]:
    """Return what may be done until when, and what comes."""
    period = found.submission.period
    month = windows.month_name(period)
    rows = []
    if found.window.period == period and today <= found.window.last:
        until = f"До {day_in_words(found.window.last)}"
        rows.append((until, "Нашли ошибку – передайте показания ещё раз, учтём последние."))
    following = period.plus(1)
    rows.append((f"В начале {_month_of(following)}", f"Придёт счёт за {month}."))
    return rows


def _month_of(period: Period) -> str:
    return day_in_words(period.first_day).partition("\u00a0")[2]


@dataclass(frozen=True)
class Place:
    """Where the history is shown: the account's number, and which submissions have pictures."""

    number: str
    with_photos: Collection[UUID]


def submissions_in(history: ReadingHistory) -> set[UUID]:
    """Return the submissions that the history's readings came by."""
    return {
        line.submission_id
        for service in history.services
        for meter in service.meters
        for line in meter.lines
        if line.submission_id
    }


def service_pasts(history: ReadingHistory, place: Place) -> list[ServicePast]:
    """Return the services of the history."""
    return [_service(one, place) for one in history.services if _has_anything(one)]


def _has_anything(service: ServiceHistory) -> bool:
    return any(meter.lines for meter in service.meters) or any(
        month.volume is not None for month in service.months
    )


def _service(service: ServiceHistory, place: Place) -> ServicePast:
    known = [month for month in service.months if month.volume is not None]
    months: tuple[MonthVolume, ...] = ()
    if known:
        first, last = service.months.index(known[0]), service.months.index(known[-1])
        months = service.months[first : last + 1]
    has_before = any(month.before is not None for month in months)
    digits = max((meter.frac_digits for meter in service.meters), default=0)
    return ServicePast(
        id=f"s-{service.code}",
        name=service.name,
        unit=service.unit_name,
        bars=tuple(
            _bar(month, service.unit_name, digits, last=month is months[-1], paired=has_before)
            for month in months
        ),
        chart_name=f"Расход по месяцам, {service.unit_name}: {service.name}",
        compared=_compared(months, service.unit_name, digits),
        has_before=has_before,
        meters=tuple(_meter(meter, service, place) for meter in service.meters if meter.lines),
    )


def _bar(month: MonthVolume, unit: str, digits: int, *, last: bool, paired: bool) -> Bar:
    volume = month.volume if month.volume is not None else Decimal(0)
    places = 0 if digits == 0 or volume >= SHOWN_WHOLE else 1
    before = month.before if paired else None
    return Bar(
        label=MONTHS_SHORT[month.period.month - 1],
        value=volume,
        shown=grouped(round(volume, places)) if month.volume is not None else "–",
        current=last,
        before=before if before is not None else (Decimal(0) if paired else None),
        name=month_and_year(month.period.year, month.period.month),
        exact=_volume(month.volume, unit, digits),
        before_exact=_volume(month.before, unit, digits),
    )


def _volume(volume: Decimal | None, unit: str, digits: int) -> str:
    return "" if volume is None else quantity(wording.shown(volume, digits), unit)


def _compared(months: Sequence[MonthVolume], unit: str, digits: int) -> str:
    """Compare the last month with the same month of the year before, in words."""
    pairs = [one for one in months if one.volume is not None and one.before is not None]
    if not pairs:
        return ""
    last = pairs[-1]
    now, before = last.volume or Decimal(0), last.before or Decimal(0)
    month = month_and_year(last.period.year, last.period.month)
    if now == before:
        return f"За {month} – столько же, сколько год назад: {_volume(now, unit, digits)}."
    word = "больше" if now > before else "меньше"
    return (
        f"За {month} – {_volume(now, unit, digits)}, на {_volume(abs(now - before), unit, digits)} "
        f"{word}, чем год назад."
    )


def _meter(meter: MeterHistory, service: ServiceHistory, place: Place) -> MeterPast:
    removed = f", снят {day_and_year(meter.removed_on)}" if meter.removed_on else ""
    return MeterPast(
        title=f"Счётчик №\u00a0{meter.serial}{removed}",
        rows=tuple(_row(line, meter, service, place) for line in meter.lines),
    )


def _row(
    line: ReadingLine, meter: MeterHistory, service: ServiceHistory, place: Place
) -> HistoryRow:
    kind, state = wording.STATES[line.state]
    month = month_and_year(line.period.year, line.period.month)
    used = _volume(line.used, service.unit_name, meter.frac_digits)
    if used and line.months > 1:
        used += f" за\u00a0{counted(line.months, ('месяц', 'месяца', 'месяцев'))}"
    return HistoryRow(
        name=", ".join(part for part in (month, line.zone_name.lower()) if part),
        value=grouped(wording.shown(line.value, meter.frac_digits)),
        used=used,
        source=f"{day_and_year(line.taken_on)}, {line.source}",
        state=state,
        state_kind=kind,
        proof_url=_proof_url(place.number, line.submission_id),
        has_photo=line.submission_id in place.with_photos,
    )


def _proof_url(number: str, submission_id: UUID | None) -> str:
    return reverse("readings_accepted", args=[number, submission_id]) if submission_id else ""
