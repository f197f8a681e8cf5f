"""The average monthly volume of a meter before an event (PP 354 p. 59; RULES 2.1). Pure."""

import polars as pl

from abonent.domain.billing.rules.months import between
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

KEY = ["register_id", "before"]


def averages(intervals: pl.DataFrame, past: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Add total and months of the history before an event, and its rounded average.

    ``wanted``: register_id, before (first day of the event's month), window (months),
    digits (of the unit). ``intervals``: the result of ``timeline``. ``past``: register_id,
    period, volume, months before the first reading. The history reaches at least ``window``
    months back, or as far as it goes; ``average`` is null without any.
    """
    # Days between readings of the very first month are no month of history.
    within = (pl.col("from_month") == pl.col("month")) & ~pl.col("initial_base")
    opening = (
        within
        & ~pl.col("initial_base").any().over("register_id")
        & (pl.col("from_month") == pl.col("from_month").min().over("register_id"))
    )
    rows = intervals.filter(pl.col("problem").is_null() & ~opening.fill_null(value=False)).select(
        "register_id", "from_month", "month", "volume", "initial_base", within.alias("within")
    )
    near = rows.join(wanted, on="register_id").filter(pl.col("month") < pl.col("before"))
    # An inspection cuts a month in two: both parts are of that month.
    back = (pl.col("initial_base") | pl.col("within").fill_null(value=False)).cast(pl.Int64)
    reach = between(pl.col("month").max().over(KEY), pl.col("from_month")) + back
    at_least = pl.when(pl.col("reach") >= pl.col("window")).then("reach").min().over(KEY)
    history = (
        near.with_columns(reach.fill_null(1).alias("reach"))
        # The intervals after the nearest point that lies a whole window back.
        .filter((pl.col("reach") <= at_least).fill_null(value=True))
        .group_by(KEY)
        .agg(
            pl.col("volume").sum().alias("total"),
            pl.col("reach").max().alias("months"),
            pl.min_horizontal(pl.col("from_month").min(), pl.col("month").min()).alias("since"),
        )
    )
    found = wanted.join(history, on=KEY, how="left", maintain_order="left").with_columns(
        pl.col("total", "months").fill_null(0),
        pl.coalesce("since", pl.col("before").dt.offset_by("-1mo")).alias("since"),
    )
    return _rounded(_with_past(found, past))


def _with_past(found: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """Fill a history that is too short with months counted before billing began here."""
    lacking = (pl.col("window") - pl.col("months")).alias("lacking")
    earlier = (
        found.with_columns(lacking)
        .filter(pl.col("lacking") > 0)
        .select(*KEY, "lacking", "since")
        .join(past, on="register_id")
        .filter(pl.col("period") <= pl.col("since"))
        .sort(*KEY, "period", descending=[False, False, True])
        .filter(pl.int_range(pl.len()).over(KEY) < pl.col("lacking"))
        .group_by(KEY)
        .agg(pl.col("volume").sum().alias("more"), pl.len().cast(pl.Int64).alias("more_months"))
    )
    joined = found.join(earlier, on=KEY, how="left", maintain_order="left")
    return joined.with_columns(
        (pl.col("total") + pl.col("more").fill_null(0)).alias("total"),
        (pl.col("months") + pl.col("more_months").fill_null(0)).alias("months"),
    ).drop("more", "more_months", "since")


def _rounded(found: pl.DataFrame) -> pl.DataFrame:
    """Round the average to the unit's digits: 3 of a cubic metre, whole kilowatt-hours."""
    step = pl.lit(10).pow(6 - pl.col("digits")).cast(pl.Int64)
    value = half_up(
        pl.col("total").cast(WIDE),
        pl.max_horizontal("months", pl.lit(1)).cast(WIDE) * step.cast(WIDE),
    ).cast(pl.Int64)
    known = pl.col("months") > 0
    return found.with_columns(pl.when(known).then(value * step).alias("average"))
