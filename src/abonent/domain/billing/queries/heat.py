"""What the heat of a month may rest on besides the month, for the accounts of a chunk."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import MONTHS, Period
from abonent.domain.billing.rules.heat_year import QUARTER, RULE
from abonent.domain.billing.rules.house_heat import CHARGED, FAILED, OWN, HeatHistory
from abonent.domain.metering.queries import heat as metering


def heat_history(
    span: dict[str, Any],
    people: pl.DataFrame,
    houses: pl.DataFrame,
    horizon: Period,
) -> HeatHistory:
    """Return the history of the houses of a range of accounts, as far as a rule asks for it.

    ``people``: account_id, house_id; ``houses``: house_id, service_id of heat,
    scheme; ``horizon`` as in ``inputs``.
    """
    if houses.is_empty():
        return HeatHistory()
    period = Period.of(span["month"])
    mine = people.select("house_id").drop_nulls().unique()
    services = houses["service_id"].unique().sort().to_list()
    if mine.is_empty() or not services:
        return HeatHistory()
    since = date(period.year - 2, 1, 1)
    volumes = metering.heat_volumes_frame(
        houses=mine["house_id"].to_list(), services=services, since=since, until=span["month_end"]
    )
    failed = not volumes.filter(pl.col("state") == FAILED).is_empty()
    yearly = houses.join(mine, on="house_id", how="semi").filter(pl.col("scheme") == "year")
    range_of = (span["first_id"], span["last_id"])
    charged = _charged(span, services, everyone=not yearly.is_empty())
    with_own = not yearly.is_empty() or not charged.is_empty()
    return HeatHistory(
        volumes=volumes,
        means=metering.monthly_means_frame(
            supplier_id=span["supplier_id"], since=since, until=span["month_end"]
        )
        if failed
        else HeatHistory().means,
        own=metering.own_heat_frame(
            first_id=range_of[0], last_id=range_of[1], services=services,
            since=since - timedelta(days=365), until=span["month"],
        )
        if with_own
        else pl.DataFrame(schema=OWN),
        charged=charged,
        again=horizon > period,
    )  # fmt: skip


def _charged(span: dict[str, Any], services: list[int], *, everyone: bool) -> pl.DataFrame:
    """Return the heat (CHARGED) of last year's bills, and this year's corrections of it.

    Asked only in the first quarter, and only where somebody pays or paid evenly.
    """
    period = Period.of(span["month"])
    given = {
        "first": span["first_id"], "last": span["last_id"], "services": services, "rule": RULE,
        "since": Period(period.year - 1, 1).first_day,
        "until": Period(period.year - 1, MONTHS).first_day,
        "summer": Period(period.year - 1, 9).first_day,
        "quarter": Period(period.year, QUARTER).first_day, "year": str(period.year - 1),
    }  # fmt: skip
    if period.month > QUARTER or not (everyone or _paid_evenly(given)):
        return pl.DataFrame(schema=CHARGED)
    return read_frame(
        """SELECT c.account_id, c.service_id,
                  coalesce(to_date(left(c.corrects, 7), 'YYYY-MM'), c.period), c.rule,
                  c.volume, c.amount
             FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            WHERE c.period BETWEEN %(since)s AND %(quarter)s
              AND c.account_id BETWEEN %(first)s AND %(last)s
              AND c.service_id = ANY(%(services)s)
              AND ((c.rule LIKE 'heat!_h%%' ESCAPE '!' AND c.period <= %(until)s)
                   OR (c.corrects IS NOT NULL AND left(c.corrects, 4) = %(year)s)
                   OR (c.rule = %(rule)s AND c.period > %(until)s))""",
        CHARGED,
        given,
    )


def _paid_evenly(given: dict[str, Any]) -> bool:
    """Say whether heat of last September, before a house could change over, was even."""
    found = read_frame(
        """SELECT EXISTS (
             SELECT 1 FROM billing_charge
              WHERE period = %(summer)s AND account_id BETWEEN %(first)s AND %(last)s
                AND service_id = ANY(%(services)s) AND rule LIKE 'heat%%!_year' ESCAPE '!')""",
        {"found": pl.Boolean},
        given,
    )
    return bool(found["found"][0])
