"""What a reading changes in months that were estimated before it came (RULES 2.1, 2.2). Pure.

The policy ``late_reading_recalc``: ``average_only`` (the default) counts anew the months
charged by the average and leaves those charged by the norm; ``full`` counts both anew,
``none`` neither. A control reading is settled against what was billed, in its own month
(p. 61).
"""

from datetime import date

import polars as pl

from abonent.domain.billing.rules.estimates import FEWEST_MONTHS, LIMIT
from abonent.domain.billing.rules.months import between
from abonent.domain.metering.rules import ReadingSource

ANEW = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date}


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


def kept(pieces: pl.DataFrame, horizon: date) -> pl.DataFrame:
    """Keep the pieces that are billed: of relied days, and of months that may be counted anew.

    ``pieces``: the result of ``timeline.pieces`` with months_known (of the average before
    the interval), policy and account_kind. Adds ``anew``: the month was estimated when it was
    billed.
    """
    in_row = between(pl.col("part_of"), base_month())
    by_average = (in_row <= LIMIT) & (pl.col("months_known") >= FEWEST_MONTHS)
    closing = (pl.col("part_of") == pl.col("month")) & ~pl.col("late")
    estimated = (pl.col("part_of") < horizon) & ~closing
    # An organisation's months without readings are settled by the meter, whatever stood in.
    firm = (pl.col("account_kind") == "organisation") & (pl.col("policy") != "none")
    by_policy = (pl.col("policy") == "average_only") & by_average
    allowed = firm | (pl.col("policy") == "full") | by_policy
    return pieces.with_columns(estimated.fill_null(value=False).alias("anew")).filter(
        pl.col("relied") & (~pl.col("anew") | allowed.fill_null(value=False))
    )


def settled(intervals: pl.DataFrame, billed: pl.DataFrame, normed: pl.DataFrame) -> pl.DataFrame:
    """Take from a control reading's difference what estimates have billed before it (p. 61).

    ``intervals``: the result of ``timeline`` with account_id, service_id, zone_first,
    average and months_known. ``normed``: account_id, service_id, period, volume billed by
    the norm. Such an interval is not spread: the rest belongs to the inspection's month.
    Adds ``estimated_before``.
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
            "row", "account_id", "service_id", "zone_first", "average", "months_known",
            base_month().alias("base"),
            pl.date_ranges(
                base_month().dt.offset_by("1mo"), pl.col("month").dt.offset_by("-1mo"), "1mo"
            ).alias("period"),
        )
        .explode("period")
        .join(billed, on=["account_id", "period"], how="semi")
        .join(normed, on=["account_id", "service_id", "period"], how="left")
    )  # fmt: skip
    by_average = (between(pl.col("period"), pl.col("base")) <= LIMIT) & (
        pl.col("months_known") >= FEWEST_MONTHS
    )
    by_norm = pl.when(pl.col("zone_first")).then(pl.col("volume").fill_null(0)).otherwise(0)
    before = months.group_by("row").agg(
        pl.when(by_average).then("average").otherwise(by_norm).sum().alias("estimated_before")
    )
    joined = rows.join(before, on="row", how="left", maintain_order="left").with_columns(
        pl.col("estimated_before").fill_null(0)
    )
    hit = pl.col("control") & (pl.col("estimated_before") != 0)
    return joined.with_columns(
        (pl.col("volume") - pl.col("estimated_before")).alias("volume"),
        # Without a first day the whole rest stays in the month of the inspection.
        pl.when(hit).then(None).otherwise("from_month").alias("from_month"),
    ).drop("row", "control")
