"""Meters as a page shows them, and what is known of each register."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.domain.metering.rules import (
    MICRO,
    SOURCE_NAMES,
    ZONE_HOURS,
    ZONE_NAMES,
    ReadingQuality,
    ReadingSource,
    Zone,
)
from abonent.domain.metering.rules.judgement import RegisterState
from abonent.domain.suppliers.rules import UNIT_NAMES, ServiceKind, Unit

HISTORY_MONTHS = 7  # how far back the usual volume is looked for


@dataclass(frozen=True)
class RegisterView:
    """One scale of a meter with its last reading."""

    id: int
    zone: Zone
    zone_name: str
    hours: str
    last_value: Decimal | None
    last_on: date | None
    last_source: str
    state: RegisterState


@dataclass(frozen=True)
class MeterView:
    """A meter that stands at an account."""

    id: int
    serial: str
    service_id: int
    service_code: str
    service_name: str
    service_kind: ServiceKind
    unit: Unit
    unit_name: str
    int_digits: int
    frac_digits: int
    ratio: Decimal
    verified_until: date | None
    registers: tuple[RegisterView, ...]


# The last reading that counts, the average of the last months, the last control reading.
# The account's readings are taken once: three looks into every month's table cost a plan each.
_STATES = """
WITH mine AS MATERIALIZED (
     SELECT register_id, period, taken_on, sequence, source, value, quality <> %(aside)s AS counts
       FROM metering_reading
      WHERE account_id = %(account)s AND period >= %(since)s)
SELECT m.id, m.serial, s.id, s.code, s.name, s.kind, s.unit, m.int_digits, m.frac_digits,
       m.ratio,
       greatest(m.verified_until, (SELECT max(v.valid_until) FROM metering_meterverification v
                                    WHERE v.meter_id = m.id)), r.id, r.zone,
       coalesce(last.value, r.initial), coalesce(last.taken_on, m.installed_on), last.source,
       last.period, usual.volume, control.value
  FROM metering_meter m
  JOIN suppliers_servicecategory s ON s.id = m.service_id
  JOIN metering_register r ON r.meter_id = m.id
  LEFT JOIN LATERAL (
       SELECT value, taken_on, source, period FROM mine x
        WHERE x.register_id = r.id AND x.counts AND x.period < %(month)s
        ORDER BY period DESC, taken_on DESC, sequence DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (
       SELECT (max(value) - min(value))
              / greatest((extract(year FROM age(max(period), min(period))) * 12
                          + extract(month FROM age(max(period), min(period))))::bigint, 1) AS volume
         FROM mine x
        WHERE x.register_id = r.id AND x.counts
          AND x.period >= %(recent)s AND x.period < %(month)s
       HAVING count(*) > 1) usual ON true
  LEFT JOIN LATERAL (
       SELECT value FROM mine x
        WHERE x.register_id = r.id AND x.source = 13
        ORDER BY taken_on DESC LIMIT 1) control ON true
 WHERE m.account_id = %(account)s AND m.supplier_id = %(supplier)s
   AND (m.removed_on IS NULL OR m.removed_on >= %(month)s) AND r.zone <> 'reactive'
 ORDER BY s.code, m.serial,
          array_position(ARRAY['single', 'day', 'peak', 'halfpeak', 'night'], r.zone::text)
"""


def meters_for(*, supplier_id: int, account_id: int, month: Period) -> list[MeterView]:
    """Return the account's meters with what stood before ``month``. One statement.

    A register that has no reading for three years shows its initial value.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STATES,
            {
                "account": account_id,
                "supplier": supplier_id,
                "month": month.first_day,
                "recent": month.plus(-HISTORY_MONTHS).first_day,
                "since": month.plus(-36).first_day,
                "aside": int(ReadingQuality.SET_ASIDE),
            },
        )
        rows = cursor.fetchall()
    meters: dict[int, list[tuple[object, ...]]] = {}
    for row in rows:
        meters.setdefault(row[0], []).append(row)
    return [_meter(group, month) for group in meters.values()]


def _meter(group: list[tuple], month: Period) -> MeterView:  # type: ignore[type-arg]  # Django's class takes none at run time
    first = group[0]
    return MeterView(
        id=first[0],
        serial=first[1],
        service_id=first[2],
        service_code=first[3],
        service_name=first[4],
        service_kind=ServiceKind(first[5]),
        unit=Unit(first[6]),
        unit_name=UNIT_NAMES[Unit(first[6])],
        int_digits=first[7] or 5,
        frac_digits=first[8],
        ratio=first[9],
        verified_until=first[10],
        registers=tuple(_register(row, len(group), month) for row in group),
    )


def _register(row: tuple, zones: int, month: Period) -> RegisterView:  # type: ignore[type-arg]  # Django's class takes none at run time
    zone, last, last_on, source, last_month, usual, control = row[12:19]
    months = month.months_since(Period.of(last_month)) if last_month else 1
    return RegisterView(
        id=row[11],
        zone=Zone(zone),
        zone_name=ZONE_NAMES[Zone(zone)],
        hours=ZONE_HOURS.get((Zone(zone), zones), ""),
        last_value=from_scale(last, MICRO) if last is not None else None,
        last_on=last_on,
        last_source=SOURCE_NAMES[ReadingSource(source)] if source else "",
        state=RegisterState(
            register_id=row[11],
            meter_id=row[0],
            zone=zone,
            service_kind=row[5],
            int_digits=row[7],
            frac_digits=row[8],
            last_value=last,
            last_on=last_on,
            usual=int(usual) if usual is not None else None,
            control=control,
            months=max(months, 1),
        ),
    )
