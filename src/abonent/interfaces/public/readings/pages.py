"""What the templates of readings without sign-in receive. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.forms import BoundField

from abonent.common.money import NO_BREAK
from abonent.common.words import quantity
from abonent.domain.metering.queries.submissions import SubmissionView
from abonent.domain.metering.rules import window_words
from abonent.domain.reports.queries.open_readings import OpenMeter, shown_digits
from abonent.interfaces.public.readings.forms import OpenReadingsForm, name_of, register_name

_WHOLE = {
    "truncate": "Берём только целые числа: цифры после запятой отбрасываем.",
    "ceil": "Берём только целые числа: неполное округляем вверх.",
}


@dataclass(frozen=True)
class DialRow:
    """One scale on the sheet."""

    field: BoundField
    title: str


@dataclass(frozen=True)
class MeterBox:
    """One meter on the sheet."""

    id: str
    title: str
    about: str
    unit: str
    rows: tuple[DialRow, ...]


def meter_boxes(form: OpenReadingsForm) -> list[MeterBox]:
    """Return the meters of the sheet with their inputs."""
    return [_box(form, meter) for meter in form.meters]


def _box(form: OpenReadingsForm, meter: OpenMeter) -> MeterBox:
    about = f"Счётчик №{NO_BREAK}{meter.serial}. {_WHOLE.get(meter.policy, '')}"
    return MeterBox(
        id=f"m{meter.id}",
        title=meter.service_name,
        about=about.strip(),
        unit=meter.unit_name,
        rows=tuple(
            DialRow(
                form[name_of(one.id)],
                ", ".join(part for part in (one.zone_name, one.hours) if part),
            )
            for one in meter.registers
        ),
    )


def shown_window(form: OpenReadingsForm) -> str:
    """Say what becomes of readings sent today: by the window that closes first."""
    windows = [meter.window for meter in form.meters]
    if not windows:
        return ""
    return window_words.taken_when(min(windows, key=lambda window: window.last))


def checked_rows(form: OpenReadingsForm, values: Mapping[int, Decimal]) -> list[tuple[str, str]]:
    """Return name and value of each typed scale, as they will be stored."""
    return [
        (
            register_name(meter, one),
            quantity(shown_digits(values[one.id], meter.frac_digits), meter.unit_name),
        )
        for meter in form.meters
        for one in meter.registers
        if one.id in values
    ]


def accepted_rows(submission: SubmissionView) -> list[tuple[str, str]]:
    """Return name and value of each accepted scale."""
    rows = []
    for line in submission.lines:
        parts = [line.service_name, f"№{NO_BREAK}{line.serial}", line.zone_name.lower()]
        digits = shown_digits(line.value, line.frac_digits)
        rows.append((", ".join(part for part in parts if part), quantity(digits, line.unit_name)))
    return rows
