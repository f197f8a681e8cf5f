"""What the calculation does not know yet: its accounts are left out by name. Pure.

A bill that is silently wrong is worse than a bill that is missing. Each rule that comes to
be computed takes its guard away.
"""

from datetime import date
from functools import cache

import polars as pl

from abonent.domain.billing.rules.shapes import PROBLEMS

# A row of ASIDE holds back the lines of an account's service, or of all its services.
ASIDE = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "problem": pl.String,
    "parameter": pl.String,
    # any, metered, unmetered, or people: unmetered and not heat, so by the people there
    "applies": pl.String,
}


@cache
def nothing_aside() -> pl.DataFrame:
    """Return no rows of ASIDE."""
    return pl.DataFrame(schema=ASIDE)


def held_back(points: pl.DataFrame, metered: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """Return the problems of usage points that rows of ASIDE hold back.

    ``points``: account_id, service_id, service_kind, house_id. ``metered``: account_id,
    service_id. Heat of a house counts as unmetered: an own meter is only a part of it.
    """
    if aside.is_empty():
        return PROBLEMS
    key = ["account_id", "service_id"]
    own = points.select(*key, "service_kind", "house_id").join(
        metered.unique().with_columns(pl.lit(value=True).alias("metered")), on=key, how="left"
    )
    heat = pl.col("service_kind") == "heat"
    by_meter = pl.col("metered").fill_null(value=False) & ~(heat & pl.col("house_id").is_not_null())
    own = own.select(*key, by_meter.alias("by_meter"), heat.alias("heat"))
    named = aside.filter(pl.col("service_id").is_not_null()).join(own, on=key)
    general = aside.filter(pl.col("service_id").is_null()).drop("service_id")
    rows = pl.concat([named, general.join(own, on="account_id").select(named.columns)])
    lines = {
        "any": pl.lit(value=True),
        "metered": pl.col("by_meter"),
        "unmetered": ~pl.col("by_meter"),
        "people": ~pl.col("by_meter") & ~pl.col("heat"),
    }
    concerned = pl.any_horizontal((pl.col("applies") == name) & of for name, of in lines.items())
    return rows.filter(concerned).select(PROBLEMS.columns)


def gaps(registers: pl.DataFrame, month: date, month_end: date) -> pl.DataFrame:
    """Return meters that were removed within the month and left days without any meter (1.7).

    ``registers``: account_id, service_id, serial, zone, installed_on, removed_on.
    """
    meters = registers.filter(pl.col("zone") != "reactive")
    meters = meters.select(
        "account_id", "service_id", "serial", "installed_on", "removed_on"
    ).unique()
    gone = meters.filter(pl.col("removed_on").is_between(month, month_end, closed="left"))
    key = ["account_id", "service_id"]
    stands = (pl.col("installed_on_right").is_null()) | (
        pl.col("installed_on_right") <= pl.col("removed_on")
    )
    after = pl.col("removed_on_right").is_null() | (
        pl.col("removed_on_right") > pl.col("removed_on")
    )
    covered = gone.join(meters, on=key).filter(stands & after)
    return gone.join(covered.select(*key, "serial").unique(), on=[*key, "serial"], how="anti")
