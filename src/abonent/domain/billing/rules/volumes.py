"""Volumes without an individual meter: by the norm (RULES 2.1, 2.4). Pure."""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.force import rows_in_force
from abonent.domain.tariffs.rules.pricing import WIDE

if TYPE_CHECKING:
    from abonent.domain.billing.rules.parameters import Parameters

AREA_SCALE = 10_000  # areas are whole 1/10000 m²
# Norms in millionths, multipliers in thousandths.
NORMS = {
    "service_id": pl.Int64, "norm_category": pl.String, "per": pl.String, "norm": pl.Int64,
    "norm_multiplier": pl.Int64, "norm_id": pl.Int64,
}  # fmt: skip


@cache
def no_norms() -> pl.DataFrame:
    """Return no rows of NORMS."""
    return pl.DataFrame(schema=NORMS)


def norm_parts(points: pl.DataFrame, month_end: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge by the norm where there is no meter: P = n × N × T, or S × N × T.

    ``points``: account_id, service_id, category, people_n / people_d with spans
    (``people.with_people``), area (1/10000 m²), raised (multiply, p. 42 and 60), per, norm
    (millionths), norm_multiplier, norm_id. Returns (parts, problems).
    """
    rows = points
    by_person = pl.col("per") == "resident"
    problem = (
        pl.when(pl.col("norm").is_null())
        .then(pl.lit("no_norm"))
        .when(by_person & (pl.col("people_n").is_null() | (pl.col("people_n") <= 0)))
        .then(pl.lit("no_residents"))
        .when(~by_person & pl.col("area").is_null())
        .then(pl.lit("no_area"))
    )
    rows = rows.with_columns(problem.alias("problem"))
    good = rows.filter(pl.col("problem").is_null())
    counted = pl.col("per") == "resident"
    factor = pl.when(counted).then("people_n").otherwise("area")
    scale = pl.when(counted).then("people_d").otherwise(AREA_SCALE)
    raised = pl.col("raised") & pl.col("norm_multiplier").is_not_null()
    multiplier = pl.when(raised).then("norm_multiplier").otherwise(MULTIPLIER)
    by_days = pl.when(counted & (pl.col("people_d") > 1)).then(
        pl.format(',"of":{},"spans":{}', "people_d", "spans")
    )
    basis = pl.format(
        '"norm":{{"per":"{}","count":{},"norm":{},"id":{}{}}}',
        "per",
        factor,
        "norm",
        "norm_id",
        by_days.otherwise(pl.lit("")),
    )
    parts = good.select(
        "account_id",
        "service_id",
        pl.lit("single").alias("zone"),
        pl.lit(month_end).alias("day"),
        (factor.cast(WIDE) * pl.col("norm").cast(WIDE)).alias("n"),
        scale.cast(WIDE).alias("d"),
        pl.lit(1, pl.Int64).alias("months"),
        multiplier.cast(pl.Int64).alias("multiplier"),
        pl.lit("norm").alias("method"),
        pl.lit("norm").alias("rule"),
        basis.alias("basis"),
    )
    return parts, problems_of(rows, pl.col("category"))


def problems_of(rows: pl.DataFrame, parameter: pl.Expr) -> pl.DataFrame:
    """Return PROBLEMS of the rows that have one."""
    return rows.filter(pl.col("problem").is_not_null()).select(
        "account_id", "service_id", "problem", parameter.fill_null("").alias("parameter")
    )


def norms_for(points: pl.DataFrame, parameters: "Parameters", kinds: list[str]) -> pl.DataFrame:
    """Return the norms in force at the month's end for the categories of the points."""
    if points.is_empty():
        return no_norms()
    wanted = (
        points.select("service_id", "norm_category")
        .unique()
        .with_columns(pl.col("norm_category").fill_null(""), pl.lit(parameters.end).alias("day"))
    )
    rows = parameters.norms.filter(pl.col("per").is_in(kinds))
    return rows_in_force(wanted, rows, ["service_id"], "norm_category").select(list(NORMS))
