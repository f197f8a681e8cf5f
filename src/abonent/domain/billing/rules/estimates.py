"""What is charged while a meter says nothing (PP 354 p. 59, 60; RULES 2.1). Pure.

Three causes: ``readings`` (Б: not sent), ``fault`` (А) and ``access`` (В). At first the
average of the months before, at most three in a row (two for non-residential premises where
the meter itself is the cause); then the norm, raised for А and В. How many months are
counted follows from the facts alone, so any month can be calculated again.
"""

from datetime import date, timedelta
from functools import cache

import polars as pl

from abonent.domain.billing.rules.months import between
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

READINGS = "readings"
LIMIT, LIMIT_NONRESIDENTIAL = 3, 2
FEWEST_MONTHS = 3  # with less history the average cannot be used
SHARES = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "raised": pl.Boolean,
    "cause": pl.String,
    "k": pl.Int64,
    "share_n": pl.Int64,
    "share_d": pl.Int64,
}
ESTIMATE = (
    '{{"s":"{}","z":"{}","e":"{}","avg":{},"total":{},"of":{},"k":{},"v":{},"p":{},"w":{},'
    '"lim":{}}}'
)


@cache
def no_shares() -> pl.DataFrame:
    """Return no SHARES."""
    return pl.DataFrame(schema=SHARES)


def limit_of(cause: str) -> pl.Expr:
    """Return how many months in a row are charged by the average."""
    short = (pl.col(cause) != READINGS) & pl.col("nonresidential")
    return pl.when(short).then(LIMIT_NONRESIDENTIAL).otherwise(LIMIT)


def silent(
    registers: pl.DataFrame, marks: pl.DataFrame, spans: pl.DataFrame, month: date, month_end: date
) -> pl.DataFrame:
    """Return the registers and days of a month that no reading speaks for.

    ``registers``: register_id, installed_on, removed_on, closed_on, nonresidential. ``marks``: the
    points of ``timeline.points``. ``spans``: ``metering.rules.reliance``. Adds cause, k
    (which month in a row this is), est_from and est_to. A register whose very first
    reading came in the month is not silent: it begins with it.
    """
    read = marks.filter(pl.col("kind") != "base")
    now = (
        read.filter(pl.col("month") == month)
        .group_by("register_id")
        .agg(pl.col("on").max().alias("last_on"))
    )
    base = (
        marks.filter((pl.col("month") < month) | (pl.col("kind") == "base"))
        .group_by("register_id", maintain_order=True)
        .agg(
            pl.when(pl.col("kind") == "base")
            .then(pl.col("month").dt.offset_by("-1mo"))
            .otherwise("month")
            .max()
            .alias("base_month")
        )
    )
    held = (
        spans.filter(
            (pl.col("from_on") <= month_end)
            & (pl.col("to_on").is_null() | (pl.col("to_on") >= month))
        )
        .sort("register_id", "from_on")
        .group_by("register_id", maintain_order=True)
        .last()
    )
    rows = (
        registers.join(now, on="register_id", how="left")
        .join(base, on="register_id", how="left")
        .join(held, on="register_id", how="left")
    )
    begun = pl.coalesce("base_month", pl.col("installed_on").dt.month_start().dt.offset_by("-1mo"))
    cause = pl.col("cause").fill_null(READINGS)
    rows = rows.with_columns(
        cause.alias("cause"),
        pl.when(pl.col("cause").is_null())
        .then(between(pl.lit(month), begun).fill_null(LIMIT + 1))
        .otherwise(between(pl.lit(month), pl.col("from_on")) + 1)
        .alias("k"),
    )
    return _days(rows, month, month_end).filter(pl.col("est_from") <= pl.col("est_to"))


def _days(rows: pl.DataFrame, month: date, month_end: date) -> pl.DataFrame:
    """Add the first and the last day that is estimated."""
    last = pl.min_horizontal(pl.lit(month_end), pl.col("closed_on").fill_null(month_end))
    gone = (pl.col("removed_on") < month_end).fill_null(value=False)
    quiet = pl.col("last_on").is_null()
    first = pl.lit(month)
    after = pl.col("last_on").dt.offset_by("1d")
    open_end = pl.col("to_on").is_null() | (pl.col("to_on") >= month_end)
    # From the last good reading on when none follows the span in this month.
    since = (
        pl.when(open_end & ~gone)
        .then(pl.min_horizontal(pl.max_horizontal(after, first), "from_on"))
        .otherwise("from_on")
    )
    whole = quiet & ~gone
    return rows.with_columns(
        pl.when(whole)
        .then(pl.max_horizontal(first, pl.col("installed_on").fill_null(first)))
        .when(pl.col("from_on").is_not_null())
        .then(pl.max_horizontal(first, since))
        .alias("est_from"),
        pl.when(whole)
        .then(last)
        .when(pl.col("from_on").is_not_null())
        .then(pl.min_horizontal(last, pl.col("to_on").fill_null(month_end)))
        .alias("est_to"),
    )


def regimes(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``by_average`` and ``raised`` to rows of ``silent`` with total and months."""
    within = pl.col("k") <= limit_of("cause")
    return rows.with_columns(
        (within & (pl.col("months") >= FEWEST_MONTHS)).alias("by_average"),
        (~within & (pl.col("cause") != READINGS) & ~pl.col("excused")).alias("raised"),
    )


def average_rows(rows: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Return the estimated volumes in the columns of ``differences``, with ``estimate``.

    ``rows``: by_average rows with account_id, service_id, serial, zone, total,
    months and average, which is rounded to the unit's digits; its share by days is not.
    """
    days = month_end.day
    part = ((pl.col("est_to") - pl.col("est_from")).dt.total_days() + 1).alias("est_days")
    counted = rows.filter("by_average").with_columns(part)
    volume = half_up(
        pl.col("average").cast(WIDE) * pl.col("est_days").cast(WIDE), pl.lit(days).cast(WIDE)
    ).cast(pl.Int64)
    counted = counted.with_columns(volume.alias("volume"))
    text = pl.format(
        ESTIMATE,
        pl.col("serial").str.replace_all('["\\\\]', ""),
        "zone",
        "cause",
        "average",
        "total",
        "months",
        "k",
        "volume",
        "est_days",
        pl.lit(days),
        limit_of("cause"),
    )
    return counted.select(
        "account_id",
        "service_id",
        "register_id",
        "serial",
        "zone",
        pl.lit("close").alias("kind"),
        (pl.col("est_from") - timedelta(days=1)).alias("from_on"),
        pl.col("est_to").alias("to_on"),
        pl.lit(0, pl.Int64).alias("from_value"),
        pl.lit(0, pl.Int64).alias("to_value"),
        pl.lit(10_000, pl.Int64).alias("ratio"),
        pl.lit(value=False).alias("rolled"),
        pl.lit(1, pl.Int64).alias("months"),
        "volume",
        pl.lit(None, pl.String).alias("problem"),
        text.alias("estimate"),
    )


def norm_shares(rows: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Return the share of the norm that stands in for silent meters of a service.

    account_id, service_id, cause, raised, share_n / share_d: the days without a reading of
    the month's days, and the silent ones of all ``meters`` of the service.
    """
    days = (pl.col("est_to") - pl.col("est_from")).dt.total_days() + 1
    meters = (
        rows.filter(~pl.col("by_average") & (pl.col("zone") != "reactive"))
        .with_columns(days.alias("est_days"))
        .group_by("account_id", "service_id", "serial", maintain_order=True)
        .agg(
            pl.col("est_days").max(), pl.col("raised").any(), pl.col("cause", "k", "meters").first()
        )
    )
    return meters.group_by("account_id", "service_id", "raised", maintain_order=True).agg(
        pl.col("cause").first(),
        pl.col("k").first(),
        pl.col("est_days").sum().cast(pl.Int64).alias("share_n"),
        (pl.col("meters").first() * month_end.day).cast(pl.Int64).alias("share_d"),
    )
