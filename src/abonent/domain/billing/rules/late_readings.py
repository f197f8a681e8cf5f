"""What a reading changes in months that were estimated before it came (RULES 2.1, 2.2). Pure.

The policy ``late_reading_recalc``: ``average_only`` (the default) counts anew the months
charged by the average and leaves those charged by the norm; ``full`` counts both anew,
``none`` neither. A control reading is settled against what was billed, in its own month
(p. 61).
"""

from datetime import date
from functools import cache

import polars as pl

from abonent.domain.billing.rules.months import between
from abonent.domain.metering.rules import ReadingSource

ANEW = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date}


@cache
def nothing_anew() -> pl.DataFrame:
    """Return no months to be counted anew."""
    return pl.DataFrame(schema=ANEW)


def placed(readings: pl.DataFrame, billed: pl.DataFrame, horizon: date) -> pl.DataFrame:
    """Give late readings the month in which they count.

    ``readings``: register_id, account_id, period, late and the rest. Late in a month that
    a timely reading closed: it counts with the readings of ``horizon``, or not at all when
    there are none. Late in a month that was estimated or not billed: in its own month.
    """
    own = ["register_id", "period"]
    timely = readings.filter(~pl.col("late")).select(own).unique()
    closed = timely.join(
        readings.select("register_id", "account_id").unique(), on="register_id"
    ).join(billed, on=["account_id", "period"], how="semi")
    marked = readings.join(
        closed.select(*own, pl.lit(value=True).alias("closed")),
        on=own,
        how="left",
        maintain_order="left",
    ).with_columns((pl.col("period") == horizon).any().over("register_id").alias("fresh"))
    carried = pl.col("late") & pl.col("closed").fill_null(value=False)
    return (
        marked.filter(~carried | pl.col("fresh"))
        .with_columns(pl.when(carried).then(pl.lit(horizon)).otherwise("period").alias("period"))
        .select(readings.columns)
    )


def base_month() -> pl.Expr:
    """Return the month before an interval's first one."""
    start = pl.col("from_month")
    return pl.when("initial_base").then(start.dt.offset_by("-1mo")).otherwise(start)


def kept(pieces: pl.DataFrame, norms: pl.DataFrame, start: date, horizon: date) -> pl.DataFrame:
    """Keep the pieces that are billed: of relied days, and of months that may be counted anew.

    ``pieces``: the result of ``timeline.pieces`` with policy and account_kind. ``norms``:
    account_id, service_id, period of what was billed by the norm. Adds ``anew``: when the month was
    billed it was estimated, or counted from another reading than now.
    Months before ``start``, the first one billed here, are history and never billed; nor is
    by the meter the month of its commissioning (``normed_month``), when the norm applied (p. 81).
    """
    normed = (
        norms.filter(pl.col("period") < pl.lit(horizon))
        .select("account_id", "service_id", pl.col("period").alias("part_of"))
        .unique()
        .with_columns(pl.lit(value=True).alias("by_norm"))
    )
    pieces = pieces.join(
        normed, on=["account_id", "service_id", "part_of"], how="left", maintain_order="left"
    )
    timely = (pl.col("part_of") == pl.col("month")) & ~pl.col("late") & ~pl.col("from_late")
    estimated = (pl.col("part_of") < horizon) & ~timely
    by_average = pl.col("by_norm").is_null() & (pl.col("policy") == "average_only")
    # An organisation's months without readings are settled by the meter, whatever stood in.
    firm = (pl.col("account_kind") == "organisation") & (pl.col("policy") != "none")
    allowed = firm | (pl.col("policy") == "full") | by_average
    before = (pl.col("part_of") <= pl.col("normed_month")).fill_null(value=False)
    ours = pieces.filter((pl.col("part_of") >= pl.lit(start)) & ~before)
    return ours.with_columns(estimated.fill_null(value=False).alias("anew")).filter(
        pl.col("relied") & (~pl.col("anew") | allowed.fill_null(value=False))
    )


def settled(intervals: pl.DataFrame, charged: pl.DataFrame) -> pl.DataFrame:
    """Take from a control reading's difference what has been billed before it (p. 61).

    ``intervals``: the result of ``timeline`` with account_id, service_id, zone, meters (of
    the service), zone_first, average. ``charged``: account_id, service_id, period, zone and
    volume of the bills before. Such an interval is not spread: the rest belongs to the
    inspection's month. Adds ``estimated_before`` and ``settled``.
    """
    spanning = (
        (pl.col("source") == int(ReadingSource.CONTROL))
        & (between(pl.col("month"), base_month()) > 1)
        & pl.col("from_on").is_not_null()
    ).fill_null(value=False)
    rows = intervals.with_row_index("row").with_columns(spanning.alias("control"))
    months = (
        rows.filter("control")
        .select(
            "row", "account_id", "service_id", "zone", "zone_first", "meters", "average",
            pl.date_ranges(
                base_month().dt.offset_by("1mo"), pl.col("month").dt.offset_by("-1mo"), "1mo"
            ).alias("period"),
        )
        .explode("period")
        .join(charged, on=["account_id", "service_id", "period"], suffix="_billed")
    )  # fmt: skip
    # What no zone names (a norm, a sum of scales) is taken from the first of them.
    own = (pl.col("zone_billed") == pl.col("zone")) | (
        pl.col("zone_first") & (pl.col("zone_billed") == "single")
    )
    alone = pl.when(own).then("volume").otherwise(0)
    # The bill does not tell the meters of a service apart: theirs was the average, or a share.
    norm = pl.col("norm").fill_null(value=False)
    of_several = pl.when(norm).then(pl.col("volume") // pl.col("meters")).otherwise("average")
    before = months.group_by("row").agg(
        pl.when(pl.col("meters") > 1)
        .then(of_several)
        .otherwise(alone)
        .sum()
        .cast(pl.Int64)
        .alias("estimated_before"),
        pl.lit(value=True).alias("settled"),
    )
    joined = rows.join(before, on="row", how="left", maintain_order="left").with_columns(
        pl.col("estimated_before").fill_null(0), pl.col("settled").fill_null(value=False)
    )
    return joined.with_columns(
        (pl.col("volume") - pl.col("estimated_before")).alias("volume"),
        # Without a first day the whole rest stays in the month of the inspection, at its price.
        pl.when("settled").then(None).otherwise("from_month").alias("from_month"),
    ).drop("row", "control")
