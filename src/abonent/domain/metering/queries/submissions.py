"""Numbered submissions of readings, and the last visit of an inspector."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.common.words import quantity
from abonent.domain.metering import models
from abonent.domain.metering.queries.history import difference, fetch
from abonent.domain.metering.queries.replaced import Replacement, replacements
from abonent.domain.metering.rules import (
    MICRO,
    SOURCE_NAMES,
    ZONE_NAMES,
    ReadingQuality,
    ReadingSource,
    Zone,
)
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit

CONTROL_MONTHS = 36


@dataclass(frozen=True)
class SubmittedLine:
    """One value of a submission with what it was counted from."""

    register_id: int
    serial: str
    service_name: str
    zone_name: str
    unit_name: str
    value: Decimal
    used: Decimal | None
    period: Period
    doubtful: bool
    frac_digits: int
    replaced: Replacement | None = None


@dataclass(frozen=True)
class SubmissionView:
    """A numbered submission: the proof of what was sent and when."""

    id: UUID
    number: str
    code: str
    period: Period
    taken_on: date
    received_at: datetime
    source: str
    lines: tuple[SubmittedLine, ...]


@dataclass(frozen=True)
class OpenSubmission:
    """A submission of the open page: nothing of what stood before is in it.

    ``counts`` tells whether any of its readings has not been set aside, ``doubts`` whether
    staff will look at some.
    """

    account_id: int
    submission: SubmissionView
    counts: bool
    doubts: bool

    @property
    def lines_in_words(self) -> tuple[str, ...]:
        """Return «Электричество, день, № 10475512: 14 400 кВт·ч» for each value."""
        return tuple(_in_words(line) for line in self.submission.lines)


@dataclass(frozen=True)
class ControlView:
    """The last visit of an inspector."""

    on: date
    serials: tuple[str, ...]


_SUBMITTED = """
SELECT r.id, m.serial, s.name, s.unit, r.zone, x.value, x.period, x.quality, m.int_digits,
       m.frac_digits, m.ratio, coalesce(before.value, r.initial)
  FROM metering_reading x
  JOIN metering_register r ON r.id = x.register_id
  JOIN metering_meter m ON m.id = r.meter_id
  JOIN suppliers_servicecategory s ON s.id = m.service_id
  LEFT JOIN LATERAL (
       SELECT value FROM metering_reading y
        WHERE y.account_id = x.account_id AND y.register_id = x.register_id
          AND y.period < x.period AND y.period >= x.period - interval '36 months'
          AND y.quality <> %(aside)s
        ORDER BY period DESC, taken_on DESC, sequence DESC LIMIT 1) before ON true
 WHERE x.account_id = %(account)s AND x.submission_id = %(submission)s
   AND x.period BETWEEN %(since)s AND %(until)s
 ORDER BY s.code, m.serial,
          array_position(ARRAY['single', 'day', 'peak', 'halfpeak', 'night'], r.zone::text)
"""
_CONTROL = """
SELECT x.taken_on, m.serial
  FROM metering_reading x
  JOIN metering_register r ON r.id = x.register_id
  JOIN metering_meter m ON m.id = r.meter_id
 WHERE x.account_id = %(account)s AND x.supplier_id = %(supplier)s AND x.source = %(control)s
   AND x.period >= %(since)s
 ORDER BY x.taken_on DESC, m.serial
 LIMIT 20
"""


def submission(
    *, supplier_id: int, account_id: int, submission_id: UUID, user_id: int | None = None
) -> SubmissionView:
    """Return one submission of an account; with ``user_id`` only one of this user's own.

    Refuses with NotFound otherwise, so that a stranger cannot tell it from none.
    """
    found = models.MeterReading.objects.filter(
        pk=submission_id, supplier_id=supplier_id, account_id=account_id
    )
    row = (found if user_id is None else found.filter(user_id=user_id)).first()
    if row is None:
        raise NotFound("Такой передачи показаний нет. Откройте историю и выберите её там.")
    view = view_of(row, readings_of(row))
    instead = replacements(
        account_id=account_id,
        submission_id=row.pk,
        registers=[line.register_id for line in view.lines],
        since=row.taken_on.replace(day=1),
        until=row.period,
    )
    lines = tuple(replace(line, replaced=instead.get(line.register_id)) for line in view.lines)
    return replace(view, lines=lines)


def open_submission(
    *, supplier_id: int, submission_id: UUID, since: datetime | None = None
) -> OpenSubmission:
    """Return a submission that came without sign-in, received not before ``since``.

    Refuses with NotFound for one that came another way, so that its identifier alone opens
    no more than the person has typed.
    """
    found = models.MeterReading.objects.filter(
        pk=submission_id, supplier_id=supplier_id, source=int(ReadingSource.OPEN_PAGE)
    )
    row = (found if since is None else found.filter(received_at__gte=since)).first()
    if row is None:
        raise NotFound("Такой передачи показаний нет. Её номер и код – на странице приёма.")
    rows = readings_of(row)
    view = view_of(row, rows)
    lines = tuple(replace(line, used=None) for line in view.lines)
    return OpenSubmission(
        account_id=row.account_id,
        submission=replace(view, lines=lines),
        counts=any(one[7] != ReadingQuality.SET_ASIDE for one in rows),
        doubts=any(one[7] != ReadingQuality.ACCEPTED for one in rows),
    )


def readings_of(row: models.MeterReading) -> list[tuple[Any, ...]]:
    """Return the values of a submission with what stood before; for this room alone."""
    return fetch(
        _SUBMITTED,
        {
            "account": row.account_id,
            "submission": row.pk,
            "since": row.taken_on.replace(day=1),
            "until": row.period,
            "aside": int(ReadingQuality.SET_ASIDE),
        },
    )


def view_of(row: models.MeterReading, rows: list[tuple[Any, ...]]) -> SubmissionView:
    """Return what the rooms above may know of a submission."""
    return SubmissionView(
        id=row.pk,
        number=row.number,
        code=row.code,
        period=Period.of(row.period),
        taken_on=row.taken_on,
        received_at=row.received_at,
        source=SOURCE_NAMES[ReadingSource(row.source)],
        lines=tuple(_submitted(one) for one in rows),
    )


def last_control(*, supplier_id: int, account_id: int, today: date) -> ControlView | None:
    """Return the last inspection of the account's meters, None when there was none in years."""
    rows = fetch(
        _CONTROL,
        {
            "account": account_id,
            "supplier": supplier_id,
            "control": int(ReadingSource.CONTROL),
            "since": Period.of(today).plus(-CONTROL_MONTHS).first_day,
        },
    )
    if not rows:
        return None
    day = rows[0][0]
    serials = {row[1]: None for row in rows if row[0] == day}
    return ControlView(day, tuple(serials))


def _submitted(row: tuple[Any, ...]) -> SubmittedLine:
    zone = ZONE_NAMES[Zone(row[4])]
    return SubmittedLine(
        register_id=row[0],
        serial=row[1],
        service_name=row[2],
        zone_name=zone,
        unit_name=UNIT_NAMES[Unit(row[3])],
        value=from_scale(row[5], MICRO),
        used=difference(row[5], row[11], row[8], row[10]),
        period=Period.of(row[6]),
        doubtful=row[7] == ReadingQuality.DOUBTFUL,
        frac_digits=row[9],
    )


def _in_words(line: SubmittedLine) -> str:
    parts = [line.service_name, line.zone_name.lower(), f"№ {line.serial}"]
    digits = Decimal(1).scaleb(-line.frac_digits)
    value = quantity(line.value.quantize(digits), line.unit_name)
    return f"{', '.join(part for part in parts if part)}: {value}"
