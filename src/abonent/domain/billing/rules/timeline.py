"""A meter's usable readings over many months, and which month each day of them belongs to. Pure.

Where every month has its reading a month's volume is the difference of two neighbours
(``metering.rules.consumption``). Here are the other meters: months without a reading lie
between two readings, or days on which the meter could not be relied on (RULES 2.1, 4.4).
A difference is spread by days over its months; the days of a span belong to no reading.
"""

from datetime import date

import polars as pl

from abonent.domain.metering.rules import ReadingSource
from abonent.domain.metering.rules.consumption import (
    SPLIT_TOLERANCE,
    differences,
    not_below_control,
)
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

POINT = {
    "register_id": pl.Int64,
    "kind": pl.String,
    "on": pl.Date,
    "month": pl.Date,
    "value": pl.Int64,
    "source": pl.Int16,
}


def usable(readings: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Drop the readings taken while the meter could not be relied on.

    ``spans``: register_id, from_on, to_on (null: not over yet), both included.
    """
    if spans.is_empty():
        return readings
    inside = readings.join(
        spans.select("register_id", "from_on", "to_on"), on="register_id"
    ).filter(
        (pl.col("taken_on") >= pl.col("from_on"))
        & (pl.col("to_on").is_null() | (pl.col("taken_on") <= pl.col("to_on")))
    )
    key = ["register_id", "period", "taken_on", "source", "sequence"]
    return readings.join(inside.select(key), on=key, how="anti", maintain_order="left")


def points(registers: pl.DataFrame, readings: pl.DataFrame, split_days: list[date]) -> pl.DataFrame:
    """Return the points of each register, in their order, with POINT and ``late``.

    They are its initial value (kind ``base``), the last reading of each month, every
    control reading, the very first one (without an initial value it is the base) and the
    one nearest to each change of price (``split_days``: the last days of old prices).
    ``readings``: the columns of ``chain`` and late (a bill of its month could not rest on it).
    """
    ordered = not_below_control(readings).sort(
        "register_id", "period", "taken_on", "priority", "sequence"
    )
    control = pl.col("source") == int(ReadingSource.CONTROL)
    count = pl.len().over("register_id", "period")
    last = pl.int_range(pl.len()).over("register_id", "period") == count - 1
    first = pl.int_range(pl.len()).over("register_id") == 0
    ordered = ordered.with_columns(
        (last | control | first).alias("stands"),
        pl.col("taken_on").last().over("register_id", "period").alias("closed_on"),
    )
    splits = [_split_at(ordered, day) for day in split_days]
    closes = (
        pl.concat([ordered.filter("stands"), *splits])
        .sort("register_id", "period", "taken_on", maintain_order=True)
        .unique(["register_id", "taken_on"], keep="last", maintain_order=True)
        .select(
            "register_id",
            pl.lit("split").alias("kind"),
            pl.col("taken_on").alias("on"),
            pl.col("period").alias("month"),
            "value",
            pl.col("source").cast(pl.Int16),
            "late",
        )
    )
    initial = registers.filter(pl.col("initial").is_not_null()).select(
        "register_id",
        pl.lit("base").alias("kind"),
        pl.col("installed_on").alias("on"),
        pl.col("installed_on").dt.month_start().alias("month"),
        pl.col("initial").alias("value"),
        pl.lit(0, pl.Int16).alias("source"),
        pl.lit(value=False).alias("late"),
    )
    return pl.concat([initial, closes])


def _split_at(ordered: pl.DataFrame, last_old: date) -> pl.DataFrame:
    """Return each register's reading at a change of price: it counts as of the old one's end."""
    away = (pl.col("taken_on") - pl.lit(last_old)).dt.total_days().abs()
    return (
        ordered.filter(
            (pl.col("taken_on") < pl.col("closed_on"))
            & (away <= SPLIT_TOLERANCE)
            & (pl.col("closed_on") > last_old)
        )
        .sort(away, "priority", maintain_order=True)
        .unique("register_id", keep="first", maintain_order=True)
        .with_columns(pl.lit(last_old).alias("taken_on"))
    )


def timeline(marks: pl.DataFrame, registers: pl.DataFrame, month: date) -> pl.DataFrame:
    """Return the intervals between the points of each register, as ``differences`` does.

    Adds ``initial_base``: the interval begins at the initial value; ``late`` and
    ``from_late``: its closing and its opening reading came too late for the bills of their months.
    """
    marks = marks.sort("register_id", "on", maintain_order=True).with_columns(
        pl.col("late").shift(1).over("register_id").fill_null(value=False).alias("from_late")
    )
    first = pl.int_range(pl.len()).over("register_id") == 0
    kinds = pl.when(first).then(pl.lit("base")).otherwise(pl.lit("split")).alias("kind")
    begins = marks.filter(pl.col("kind") == "base").select(
        "register_id", pl.lit(value=True).alias("initial_base")
    )
    rows = differences(marks.with_columns(kinds), registers, month)
    rows = rows.join(begins, on="register_id", how="left", maintain_order="left")
    nth = pl.int_range(pl.len()).over("register_id") == 0
    return rows.with_columns(
        (pl.col("initial_base").fill_null(value=False) & nth).alias("initial_base"),
        pl.lit("close").alias("kind"),
    )


def pieces(
    intervals: pl.DataFrame, spans: pl.DataFrame, billed: pl.DataFrame, start: date, horizon: date
) -> pl.DataFrame:
    """Cut intervals at month ends and at spans; give each piece its month and its volume.

    ``intervals``: the result of ``timeline`` with account_id and digits (of a part).
    ``billed``: account_id, period, the months that have a bill. Since ``start``, the first
    month billed here, a month without one goes with the next that has, at the latest with
    ``horizon``; before it is history. Volumes are cumulative shares by
    days, rounded to ``digits``, so the pieces of an interval give its volume. Adds
    part_from, part_to, part, days, all_days, part_of (the month), covers (how many months
    of the interval lie in it), relied (no span holds it).
    """
    rows = intervals.filter(pl.col("problem").is_null()).with_row_index("interval")
    begins = (
        pl.when(pl.col("from_on").is_null() | pl.col("from_month").is_null())
        .then("month")
        .when("initial_base")
        .then("from_month")
        .otherwise(pl.col("from_month").dt.offset_by("1mo"))
    )
    rows = rows.with_columns(pl.min_horizontal(begins, pl.col("month")).alias("start"))
    cut = _cut(rows, spans)
    known = cut.join(
        billed.select(
            "account_id", pl.col("period").alias("part_of"), pl.lit(value=True).alias("bill")
        ),
        on=["account_id", "part_of"],
        how="left",
        maintain_order="left",
    ).sort("register_id", "part_to", nulls_last=False)
    paid = (
        pl.col("bill").fill_null(value=False)
        | (pl.col("part_of") >= pl.lit(horizon))
        | (pl.col("part_of") < pl.lit(start))
    )
    moved = pl.when(paid).then("part_of").backward_fill().over("register_id")
    known = known.with_columns(
        pl.col("part_of")
        .n_unique()
        .over("interval", moved.fill_null(pl.lit(horizon)))
        .alias("covers"),
        moved.fill_null(pl.lit(horizon)).alias("part_of"),
    )
    return known.drop("bill", "start")


def _cut(rows: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each piece of an interval, with its exact share of the volume."""
    ends = _ends(rows, spans)
    parts = (
        ends.sort("interval", "ends")
        .join(rows, on="interval", maintain_order="left")
        .with_columns(
            pl.col("ends")
            .shift(1)
            .over("interval")
            .fill_null(pl.col("from_on"))
            .alias("part_from"),
            pl.col("ends").alias("part_to"),
        )
        .with_columns(
            (pl.col("part_to") - pl.col("part_from")).dt.total_days().alias("days"),
            (pl.col("to_on") - pl.col("from_on")).dt.total_days().alias("all_days"),
            (pl.col("part_to") - pl.col("from_on")).dt.total_days().alias("until"),
        )
    )
    step = pl.lit(10).pow(6 - pl.col("digits")).cast(pl.Int64)
    whole = pl.col("days").is_null() | (pl.col("part_to") == pl.col("to_on"))
    share = half_up(
        pl.col("volume").cast(WIDE) * pl.col("until").fill_null(1).cast(WIDE),
        pl.max_horizontal(pl.col("all_days").fill_null(1), pl.lit(1)).cast(WIDE) * step.cast(WIDE),
    ).cast(pl.Int64)
    until = pl.when(whole).then("volume").otherwise(share * step)
    parts = parts.with_columns(until.alias("counted_until")).with_columns(
        (
            pl.col("counted_until") - pl.col("counted_until").shift(1).over("interval").fill_null(0)
        ).alias("part"),
        pl.col("part_to").dt.month_start().clip(pl.col("start"), pl.col("month")).alias("part_of"),
    )
    return _relied(parts, spans).drop("counted_until", "until", "ends")


def _ends(rows: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the last day of each piece: month ends, borders of spans, the closing reading."""
    months = (
        rows.filter(pl.col("from_on").is_not_null())
        .select(
            "interval", "from_on", "to_on", pl.date_ranges("start", "month", "1mo").alias("ends")
        )
        .explode("ends")
        .with_columns(pl.col("ends").dt.month_end())
    )
    of_spans = rows.select("interval", "register_id", "from_on", "to_on").join(
        spans.select(
            "register_id",
            pl.col("from_on").dt.offset_by("-1d").alias("before"),
            pl.col("to_on").alias("after"),
        ),
        on="register_id",
    )
    inner = [
        months.select("interval", "from_on", "to_on", "ends"),
        of_spans.select("interval", "from_on", "to_on", pl.col("before").alias("ends")),
        of_spans.select("interval", "from_on", "to_on", pl.col("after").alias("ends")),
    ]
    inside = (pl.col("ends") > pl.col("from_on")) & (pl.col("ends") < pl.col("to_on"))
    return pl.concat(
        [
            *(frame.filter(inside).select("interval", "ends") for frame in inner),
            rows.select("interval", pl.col("to_on").alias("ends")),
        ]
    ).unique()


def _relied(parts: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Mark the pieces that lie in no span."""
    held = (
        parts.select("interval", "register_id", "part_to")
        .join(spans.select("register_id", "from_on", "to_on"), on="register_id")
        .filter(
            (pl.col("part_to") >= pl.col("from_on"))
            & (pl.col("to_on").is_null() | (pl.col("part_to") <= pl.col("to_on")))
        )
        .select("interval", "part_to", pl.lit(value=False).alias("relied"))
        .unique()
    )
    return parts.join(
        held, on=["interval", "part_to"], how="left", maintain_order="left"
    ).with_columns(pl.col("relied").fill_null(value=True))
