"""Readings of an account looked back at by month, with the volumes between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.domain.metering.rules import (
    MICRO,
    SOURCE_NAMES,
    SOURCE_PRIORITY,
    ZONE_NAMES,
    ReadingQuality,
    ReadingSource,
    Zone,
)
from abonent.domain.metering.rules.consumption import ROLLOVER_SHARE, UNIT
from abonent.domain.suppliers.rules import UNIT_NAMES, ServiceKind, Unit

LOOK_BACK = 12  # months before the shown ones in which the reading to count from is sought
YEAR = 12


class ReadingState(StrEnum):
    """What has become of a reading."""

    COUNTED = "counted"
    REPLACED = "replaced"  # a later one of the same month closes it
    DOUBTFUL = "doubtful"  # counts until staff decide
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class ReadingLine:
    """One reading of one register; ``used`` after the ratio, None where it cannot be said.

    ``months`` is how many months ``used`` covers; ``submission_id`` names its proof.
    """

    register_id: int
    zone_name: str
    period: Period
    taken_on: date
    value: Decimal
    source: str
    state: ReadingState
    used: Decimal | None
    months: int
    submission_id: UUID | None


@dataclass(frozen=True)
class MonthVolume:
    """What a service used in a month and in the same month of the year before."""

    period: Period
    volume: Decimal | None
    before: Decimal | None


@dataclass(frozen=True)
class MeterHistory:
    """The readings of one meter, the latest first."""

    id: int
    serial: str
    int_digits: int
    frac_digits: int
    removed_on: date | None
    lines: tuple[ReadingLine, ...]


@dataclass(frozen=True)
class ServiceHistory:
    """A service with its meters and its volumes by month, oldest first."""

    code: str
    name: str
    kind: ServiceKind
    unit_name: str
    months: tuple[MonthVolume, ...]
    meters: tuple[MeterHistory, ...]


@dataclass(frozen=True)
class ReadingHistory:
    """Readings of the months ``since`` to ``until``; ``earlier`` tells whether there are more."""

    since: Period
    until: Period
    earlier: bool
    services: tuple[ServiceHistory, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether no reading was ever taken in these months."""
        return not any(meter.lines for service in self.services for meter in service.meters)


@dataclass
class _Register:
    """A register with what its readings are counted by; all in millionths."""

    id: int
    zone_name: str
    int_digits: int | None
    ratio: Decimal
    initial: int | None


# What an old meter began with is no base for the first reading that is looked at.
_METERS = """
SELECT m.id, m.serial, s.id, s.code, s.name, s.kind, s.unit, m.int_digits, m.frac_digits,
       m.ratio, m.removed_on, r.id, r.zone,
       CASE WHEN coalesce(m.installed_on, %(since)s) >= %(since)s THEN r.initial END
  FROM metering_meter m
  JOIN suppliers_servicecategory s ON s.id = m.service_id
  JOIN metering_register r ON r.meter_id = m.id
 WHERE m.account_id = %(account)s AND m.supplier_id = %(supplier)s AND r.zone <> 'reactive'
 ORDER BY s.code, m.removed_on DESC NULLS FIRST, m.serial,
          array_position(ARRAY['single', 'day', 'peak', 'halfpeak', 'night'], r.zone::text)
"""
_READINGS = """
SELECT register_id, period, taken_on, source, sequence, value, quality, submission_id
  FROM metering_reading
 WHERE account_id = %(account)s AND supplier_id = %(supplier)s
   AND period BETWEEN %(since)s AND %(until)s
"""
_PAST = """
SELECT service_id, period, sum(volume)
  FROM metering_pastvolume
 WHERE account_id = %(account)s AND supplier_id = %(supplier)s
   AND period BETWEEN %(since)s AND %(until)s
 GROUP BY service_id, period
"""


def readings_history(
    *, supplier_id: int, account_id: int, until: Period, months: int = 24, charted: int = YEAR
) -> ReadingHistory:
    """Return the readings of the ``months`` up to ``until``, with volumes by month.

    Volumes are given of the last ``charted`` months and of the year before each. A volume
    is the difference of the readings that close two months, zero passed and the ratio
    applied; where there are none, what the bundle told of the past. Three statements.
    """
    since = until.plus(1 - months)
    first = min(since, until.plus(1 - charted - YEAR)).plus(-LOOK_BACK)
    names = {
        "account": account_id,
        "supplier": supplier_id,
        "since": first.first_day,
        "until": until.first_day,
    }
    rows = fetch(_METERS, names)
    readings = _by_register(fetch(_READINGS, names))
    past = {(row[0], Period.of(row[1])): row[2] for row in fetch(_PAST, names)}
    lines = {row[11]: _lines(_register(row), readings.get(row[11], [])) for row in rows}
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[2], []).append(row)
    return ReadingHistory(
        since=since,
        until=until,
        earlier=any(line.period < since for found in lines.values() for line in found),
        services=tuple(
            _service(group, lines, past, since=since, chart=_chart(until, charted))
            for group in groups.values()
        ),
    )


def _chart(until: Period, charted: int) -> list[Period]:
    """Return the months up to ``until`` whose volumes are told, the earliest first."""
    return [until.plus(step - charted + 1) for step in range(charted)]


def fetch(statement: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return list(cursor.fetchall())


def _register(row: tuple[Any, ...]) -> _Register:
    return _Register(row[11], ZONE_NAMES[Zone(row[12])], row[7], row[9], row[13])


def _by_register(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    """Put the readings of each register in the order in which they count (RULES 4.3)."""
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    for group in groups.values():
        group.sort(
            key=lambda row: (row[1], row[2], SOURCE_PRIORITY.get(ReadingSource(row[3]), 1), row[4])
        )
    return groups


def _lines(register: _Register, rows: list[tuple[Any, ...]]) -> list[ReadingLine]:
    """Tell of each reading what became of it and what it used; the earliest first."""
    closing = {row[1]: row for row in rows if row[6] != ReadingQuality.SET_ASIDE}
    lines, last, last_month = [], register.initial, None
    for row in rows:
        period = Period.of(row[1])
        closes = closing.get(row[1]) is row
        used, months = None, 1
        if closes:
            used = difference(
                row[5], last, register.int_digits, register.ratio, ReadingSource(row[3])
            )
            months = period.months_since(last_month) if last_month else 1
            last, last_month = row[5], period
        lines.append(
            ReadingLine(
                register_id=register.id,
                zone_name=register.zone_name,
                period=period,
                taken_on=row[2],
                value=from_scale(row[5], MICRO),
                source=SOURCE_NAMES[ReadingSource(row[3])],
                state=_state(row[6], closes=closes),
                used=used,
                months=max(months, 1),
                submission_id=row[7],
            )
        )
    return lines


def _state(quality: int, *, closes: bool) -> ReadingState:
    if quality == ReadingQuality.SET_ASIDE:
        return ReadingState.SET_ASIDE
    if not closes:
        return ReadingState.REPLACED
    return ReadingState.DOUBTFUL if quality == ReadingQuality.DOUBTFUL else ReadingState.COUNTED


def difference(
    value: int,
    last: int | None,
    int_digits: int | None,
    ratio: Decimal,
    source: ReadingSource | None = None,
) -> Decimal | None:
    """Return the consumption in units, through zero where the dial was nearly full.

    A smaller reading of an inspector corrects what was counted before, so it may be
    negative; a smaller one of anybody else says nothing.
    """
    if last is None:
        return None
    raw = value - last
    if raw < 0 and source != ReadingSource.CONTROL:
        capacity = 10 ** (int_digits or 0) * UNIT
        if int_digits is None or last < ROLLOVER_SHARE * capacity:
            return None
        raw += capacity
    return from_scale(raw, MICRO) * ratio


def _service(
    group: list[tuple[Any, ...]],
    lines: dict[int, list[ReadingLine]],
    past: dict[tuple[int, Period], Decimal],
    *,
    since: Period,
    chart: Sequence[Period],
) -> ServiceHistory:
    first = group[0]
    volumes = _volumes([line for row in group for line in lines[row[11]]])

    def volume(period: Period) -> Decimal | None:
        counted = volumes.get(period)
        return counted if counted is not None else past.get((first[2], period))

    meters: dict[int, list[tuple[Any, ...]]] = {}
    for row in group:
        meters.setdefault(row[0], []).append(row)
    return ServiceHistory(
        code=first[3],
        name=first[4],
        kind=ServiceKind(first[5]),
        unit_name=UNIT_NAMES[Unit(first[6])],
        months=tuple(
            MonthVolume(period, volume(period), volume(period.plus(-YEAR))) for period in chart
        ),
        meters=tuple(_meter(rows, lines, since) for rows in meters.values()),
    )


def _volumes(lines: list[ReadingLine]) -> dict[Period, Decimal]:
    """Add up what the registers of a service used, by the month that the reading closes."""
    sums: dict[Period, Decimal] = {}
    for line in lines:
        if line.used is not None:
            sums[line.period] = sums.get(line.period, Decimal(0)) + line.used
    return sums


def _meter(
    rows: list[tuple[Any, ...]], lines: dict[int, list[ReadingLine]], since: Period
) -> MeterHistory:
    first = rows[0]
    shown = [
        (line, place)
        for place, row in enumerate(rows)
        for line in lines[row[11]]
        if line.period >= since
    ]
    # The latest day first; of one day the zones in their usual order, and of one zone what
    # counts before what it replaced.
    shown.reverse()
    shown.sort(key=lambda one: one[1])
    shown.sort(key=lambda one: (one[0].period, one[0].taken_on), reverse=True)
    return MeterHistory(
        id=first[0],
        serial=first[1],
        int_digits=first[7] or 5,
        frac_digits=first[8],
        removed_on=first[10],
        lines=tuple(line for line, _ in shown),
    )
