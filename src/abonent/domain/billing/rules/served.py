"""A month in which an account or an agreement began or ended: its norms count by days. Pure."""

import polars as pl

from abonent.common.periods import Period
from abonent.domain.tariffs.rules.pricing import WIDE

KEY = ["account_id", "service_id"]


def span_served(points: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return KEY, first, last: the days of the month on which each usage point is served.

    By ``opened_on`` and ``closed_on`` of the account, ``begun_on`` and ``valid_to`` of the
    agreement, the last days included; what is not given does not narrow.
    """
    begins = [pl.col(name) for name in ("opened_on", "begun_on") if name in points.columns]
    ends = [pl.col(name) for name in ("closed_on", "valid_to") if name in points.columns]
    return points.select(
        *KEY,
        pl.max_horizontal(pl.lit(period.first_day), *begins).alias("first"),
        pl.min_horizontal(pl.lit(period.last_day), *ends).alias("last"),
    )


def for_days_served(parts: pl.DataFrame, points: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Take the share of the days served of parts that no meter counts; none: no part."""
    if parts.is_empty():
        return parts
    spans = span_served(points, period)
    days = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    short = spans.with_columns(days.alias("days")).filter(pl.col("days") < period.days)
    if short.is_empty():
        return parts
    rows = parts.join(short.select(*KEY, "days"), on=KEY, how="left", maintain_order="left")
    partly = pl.col("days").is_not_null()
    of = period.days
    basis = pl.format('{},"served":[{},{}]', "basis", "days", pl.lit(of))
    return (
        rows.filter(~partly | (pl.col("days") > 0))
        .with_columns(
            pl.when(partly).then(pl.col("n") * pl.col("days").cast(WIDE)).otherwise("n").alias("n"),
            pl.when(partly).then(pl.col("d") * pl.lit(of).cast(WIDE)).otherwise("d").alias("d"),
            pl.when(partly).then(basis).otherwise("basis").alias("basis"),
        )
        .select(parts.columns)
    )
