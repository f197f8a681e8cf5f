"""Who has not sent readings of a window, and whose meters are due for verification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from abonent.common.periods import Period
from abonent.domain.metering.models import Meter
from abonent.domain.metering.rules import ReadingQuality
from abonent.domain.metering.rules.windows import ReadingWindow, window_on
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import Rulebook, ServiceKind

_UNSENT = """
SELECT DISTINCT m.account_id
  FROM metering_meter m
  JOIN metering_register r ON r.meter_id = m.id
  JOIN unnest(%(services)s::bigint[], %(periods)s::date[]) AS w(service_id, period)
    ON w.service_id = m.service_id
 WHERE m.supplier_id = %(supplier)s AND m.account_id = ANY(%(accounts)s)
   AND m.removed_on IS NULL AND r.zone <> 'reactive'
   AND NOT EXISTS (
       SELECT FROM metering_reading x
        WHERE x.account_id = m.account_id AND x.register_id = r.id AND x.period = w.period
          AND x.quality <> %(aside)s)
"""


@dataclass(frozen=True)
class DueMeter:
    """A meter whose verification is near or over."""

    account_id: int
    serial: str
    service_name: str
    verified_until: date


def service_window(
    rulebook: Rulebook, service: str, kind: ServiceKind, today: date
) -> ReadingWindow:
    """Return the window of a service by the supplier's policy."""
    return window_on(
        today,
        from_day=rulebook.number("window_from_day", service=service, kind=kind.value),
        to_day=rulebook.number("window_to_day", service=service, kind=kind.value),
    )


def windows_of_services(*, supplier_id: int, today: date) -> dict[int, ReadingWindow]:
    """Return the window of each service of a supplier, by the service's identifier."""
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    return {
        one.id: service_window(rulebook, one.code, one.kind, today)
        for one in suppliers.services(supplier_id=supplier_id)
    }


def accounts_without_readings(
    *, supplier_id: int, account_ids: Sequence[int], periods: Mapping[int, Period]
) -> set[int]:
    """Return which accounts have a scale without a reading of its service's month.

    ``periods`` gives the month by service; other services are not looked at. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _UNSENT,
            {
                "supplier": supplier_id,
                "accounts": list(account_ids),
                "services": list(periods),
                "periods": [one.first_day for one in periods.values()],
                "aside": int(ReadingQuality.SET_ASIDE),
            },
        )
        return {row[0] for row in cursor.fetchall()}


def meters_due(
    *, supplier_id: int, account_ids: Sequence[int], since: date, until: date
) -> list[DueMeter]:
    """Return the standing meters of accounts that are verified until a day of this span."""
    rows = Meter.objects.filter(
        supplier_id=supplier_id,
        account_id__in=list(account_ids),
        removed_on=None,
        verified_until__range=(since, until),
    )
    names = {one.id: one.name for one in suppliers.services(supplier_id=supplier_id)}
    return [
        DueMeter(row.account_id, row.serial, names[row.service_id], row.verified_until)
        for row in rows.order_by("verified_until", "pk")
        if row.verified_until is not None
    ]
