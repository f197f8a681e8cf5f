"""Odd consumption of a month for staff: the same rules that warn the resident."""

from dataclasses import dataclass

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries.frames import accounts_frame
from abonent.domain.billing.rules.anomalies import Anomaly, Oddity, ScaleUse, anomalies
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView

HISTORY = 6  # months whose average is the usual consumption


@dataclass(frozen=True)
class OddService:
    """A service of an account whose metered consumption of the month is odd."""

    account: str
    service: ServiceView
    anomaly: Anomaly


@dataclass(frozen=True)
class OddGroup:
    """How many services are odd in one way, and the first of them, the largest use first."""

    oddity: Oddity
    count: int
    services: tuple[OddService, ...]


def odd_groups(*, supplier_id: int, period: Period, shown: int) -> tuple[OddGroup, ...]:
    """Return ``odd_services`` by what is odd about them, ``shown`` of each kind."""
    found = odd_services(supplier_id=supplier_id, period=period)
    groups = []
    for oddity in Oddity:
        mine = [one for one in found if one.anomaly.oddity == oddity]
        mine.sort(key=lambda one: (-one.anomaly.used, -one.anomaly.usual, one.account))
        if mine:
            groups.append(OddGroup(oddity, len(mine), tuple(mine[:shown])))
    return tuple(groups)


def odd_services(*, supplier_id: int, period: Period) -> list[OddService]:
    """Return what is odd in a month's metered lines, drafted or published, by account.

    One statement finds the candidates: ten times the average of six months, or nothing
    where something was usual. A second one asks who lives there.
    """
    rows = read_frame(
        """WITH used AS (
               SELECT account_id, service_id, zone,
                      sum(volume) FILTER (WHERE period = %(month)s)::bigint AS now,
                      (sum(volume) FILTER (WHERE period < %(month)s)
                       / nullif(count(DISTINCT period) FILTER (WHERE period < %(month)s), 0)
                      )::bigint AS usual
                 FROM billing_charge
                WHERE supplier_id = %(supplier)s AND period BETWEEN %(since)s AND %(month)s
                  AND method = 'meter' AND component <> 'heat'
                GROUP BY account_id, service_id, zone)
           SELECT u.account_id, u.service_id, u.zone, u.now, u.usual FROM used u
            WHERE u.now IS NOT NULL AND EXISTS (
                  SELECT 1 FROM used o
                   WHERE o.account_id = u.account_id AND o.service_id = u.service_id
                     AND o.usual > 0 AND (o.now = 0 OR o.now >= 10 * o.usual))
            ORDER BY 1, 2, 3""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "zone": pl.String,
         "now": pl.Int64, "usual": pl.Int64},
        {"supplier": supplier_id, "month": period.first_day,
         "since": period.plus(-HISTORY).first_day},
    )  # fmt: skip
    if rows.is_empty():
        return []
    ids = rows["account_id"].unique().to_list()
    people = accounts_frame(
        supplier_id=supplier_id, first_id=min(ids), last_id=max(ids),
        month=period.first_day, month_end=period.last_day, only=ids,
    )  # fmt: skip
    known = {one["account_id"]: one for one in people.to_dicts()}
    services = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    found = []
    for (account_id, service_id), mine in rows.group_by(
        "account_id", "service_id", maintain_order=True
    ):
        scales = [ScaleUse(now, usual, zone) for _, _, zone, now, usual in mine.iter_rows()]
        who = known.get(account_id)
        if who is not None:
            found += [
                OddService(who["number"], services[int(str(service_id))], odd)
                for odd in anomalies(scales, lived_in=bool(who["residents"]))
            ]
    return found
