"""Find what takes off the fees of a chunk, from its events and benefits. Pure."""

from typing import TYPE_CHECKING

import polars as pl

from abonent.domain.billing.rules.absence import away_days
from abonent.domain.billing.rules.benefits import grants
from abonent.domain.billing.rules.homes import Homes
from abonent.domain.billing.rules.quality import (
    break_shares,
    quality_shares,
    unknown_events,
)
from abonent.domain.billing.rules.recalculations import Reductions, recalculated
from abonent.domain.billing.rules.volumes import AREA_SCALE, norms_for
from abonent.domain.tariffs.rules.force import rows_in_force
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

if TYPE_CHECKING:
    from abonent.domain.billing.rules.parameters import Parameters

KEY = ["account_id", "service_id"]


def taken_off(
    fees: pl.DataFrame,
    points: pl.DataFrame,
    known: Homes,
    rates: pl.DataFrame,
    parameters: "Parameters",
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the lines that take off parts of the fees, and the problems (PROBLEMS).

    ``points``: the usage points with ``by_meter``; ``rates``: the prices of the month.
    """
    period = parameters.period
    there = points.join(known.buildings, on="house_id", how="left", maintain_order="left")
    bare = there.filter(~pl.col("by_meter"))
    away = away_days(known.events, bare, known.residencies, period)
    breaks, unknown = break_shares(known.events, bare, period)
    quality = quality_shares(known.events, there, period)
    granted, vague, limitless = _granted(known.benefits, there, parameters)
    cold, priceless = _cold_rates(fees, quality, there, rates, parameters)
    lines = recalculated(
        fees, Reductions(away, pl.concat([breaks, quality]), cold, granted), period
    )
    strange = unknown_events(known.events, there, period)
    problems = [
        _problem(strange, "not_computed", pl.lit("events.csv")),
        _problem(unknown, "no_power_sources", pl.lit("")),
        _problem(vague, "benefit_terms", pl.col("parameter")),
        _problem(limitless, "no_norm", pl.col("norm_category").fill_null("")),
        _problem(priceless, "no_rate", pl.lit("cold_water")),
    ]
    return lines, pl.concat(problems)


def _problem(rows: pl.DataFrame, problem: str, parameter: pl.Expr) -> pl.DataFrame:
    return rows.select(*KEY, pl.lit(problem).alias("problem"), parameter.alias("parameter"))


def _granted(
    benefits: pl.DataFrame, points: pl.DataFrame, parameters: "Parameters"
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the grants with the norm of all who live there; those too vague; those without."""
    found, vague = grants(benefits, parameters.period)
    rows = found.join(
        points.select(
            *KEY, "service_kind", "norm_category", "people_n", "people_d", "area",
        ),
        on=KEY,
    )  # fmt: skip
    norms = _limits(norms_for(rows, parameters, ["resident", "m2"]))
    rows = rows.join(norms, on=["service_id", "norm_category"], how="left")
    by_person = pl.col("per") == "resident"
    count = pl.when(by_person).then("people_n").otherwise("area").cast(WIDE)
    scale = pl.when(by_person).then("people_d").otherwise(AREA_SCALE).cast(WIDE)
    rows = rows.with_columns(
        half_up(count * pl.col("norm").cast(WIDE), scale).cast(pl.Int64).alias("limit")
    )
    nobody = pl.col("people_n").is_null() | (pl.col("people_n") <= 0) | pl.col("limit").is_null()
    return rows.filter(~nobody), vague, rows.filter(nobody)


def _limits(norms: pl.DataFrame) -> pl.DataFrame:
    """Return one norm for each service and category, that of a resident before an area's."""
    return (
        norms.sort("per", descending=True)
        .unique(["service_id", "norm_category"], keep="first", maintain_order=True)
        .select("service_id", "norm_category", "per", "norm")
    )


def _cold_rates(
    fees: pl.DataFrame,
    quality: pl.DataFrame,
    points: pl.DataFrame,
    rates: pl.DataFrame,
    parameters: "Parameters",
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return account_id, cold_rate for water that was colder than 40 °C, and who lacks it.

    The price is that of the account's own cold water, else of the supplier's, by the
    category of the hot water.
    """
    schema = {"account_id": pl.Int64, "cold_rate": pl.Int64}
    cool = quality.filter(pl.col("cold") > 0).select(KEY)
    if cool.is_empty():
        return pl.DataFrame(schema=schema), cool
    water = pl.col("service_kind") == "cold_water"
    mine = points.filter(water).select(
        "account_id", pl.col("service_id").alias("cold_id"), pl.col("category").alias("own")
    )
    usual = parameters.services.filter(water)["service_id"].min()
    asked = (
        cool.join(points.select(*KEY, "category"), on=KEY)
        .join(mine.unique("account_id", keep="first"), on="account_id", how="left")
        .select(
            *KEY,
            pl.col("cold_id").fill_null(usual),
            pl.coalesce("own", "category").alias("category"),
        )
    )
    wanted = asked.select(
        pl.col("cold_id").alias("service_id"), "category", pl.lit(parameters.end).alias("day")
    )
    plain = (pl.col("zone") == "single") & (pl.col("from_quantity") == 0)
    prices = rows_in_force(wanted, rates, ["service_id"], "category").filter(plain)
    found = asked.join(
        prices.select(
            pl.col("service_id").alias("cold_id"), "category", pl.col("rate").alias("cold_rate")
        ),
        on=["cold_id", "category"],
        how="left",
    )
    one_part = fees.filter(pl.col("component") == "").select(KEY).unique()
    lacking = found.filter(pl.col("cold_rate").is_null()).join(one_part, on=KEY, how="semi")
    known = found.filter(pl.col("cold_rate").is_not_null())
    return known.select(list(schema)).unique("account_id", keep="first"), lacking.select(KEY)
