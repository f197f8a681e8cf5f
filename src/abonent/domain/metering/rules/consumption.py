"""Consumption between accepted readings, over columns (RULES 1.1, 1.4–1.7). Pure.

One definition for the quote of one reading, the run of a million accounts and the
explanation of a line: a quote is a frame of one register.
"""

from datetime import date

import polars as pl

from abonent.domain.metering.rules import ReadingSource

UNIT = 1_000_000  # a reading of one whole unit, in millionths
SPLIT_TOLERANCE = 3  # days around a tariff's change that still split it (RULES 1.4)
ROLLOVER_SHARE = 0.9  # of the dial must have been passed before zero (RULES 1.6)

# A candidate of rollover larger than this is a mistake unless the history says otherwise.
ROLLOVER_FLOOR = {"electricity": 500 * UNIT, "cold_water": 15 * UNIT, "hot_water": 15 * UNIT}

INTERVAL_SCHEMA = {
    "register_id": pl.Int64,
    "kind": pl.String,  # base, split or close
    "on": pl.Date,
    "month": pl.Date,
    "value": pl.Int64,
    "source": pl.Int16,
}


def chain(
    registers: pl.DataFrame, readings: pl.DataFrame, month: date, split_days: list[date]
) -> pl.DataFrame:
    """Return the readings that consumption is counted between, in order, per register.

    ``registers``: register_id, initial, installed_on. ``readings``: register_id, period,
    taken_on, source, sequence, value, priority; all of ``month`` and the candidates of
    earlier months. The base is the last reading of an earlier month, else the initial
    value; the close is the last one of the month; between them stand only readings taken
    at a tariff's change (EXCHANGE 1: such a reading splits and is never superseded) and an
    inspector's, each a new base (RULES 4.5).
    A register without any of them begins with the first reading of the month.
    """
    ordered = not_below_control(readings).sort(
        "register_id", "period", "taken_on", "priority", "sequence"
    )
    base = (
        ordered.filter(pl.col("period") < month)
        .group_by("register_id", maintain_order=True)
        .last()
        .select("register_id", "taken_on", "period", "value", "source")
    )
    now = ordered.filter(pl.col("period") == month)
    rest = now
    without = registers.join(base, on="register_id", how="anti")
    if not without.is_empty():
        base = pl.concat([base, _initial(without)])
        # A register without a base takes the first reading of the month for it.
        begun = now.join(base, on="register_id", how="anti")
        first = begun.group_by("register_id", maintain_order=True).first().select(base.columns)
        base = pl.concat([base, first])
        rest = now.join(first, on=["register_id", "taken_on"], how="anti")
    based = base.join(registers, on="register_id", how="semi")
    close = rest.group_by("register_id", maintain_order=True).last()
    points = [
        _points(based, "base"),
        _points(_splits(rest, close, split_days), "split"),
        _points(close, "close"),
    ]
    return pl.concat(points)


def _initial(registers: pl.DataFrame) -> pl.DataFrame:
    """Return the values that registers were put on with, where they are known."""
    return registers.filter(pl.col("initial").is_not_null()).select(
        "register_id",
        pl.col("installed_on").alias("taken_on"),
        pl.col("installed_on").dt.month_start().alias("period"),
        pl.col("initial").alias("value"),
        pl.lit(0, pl.Int16).alias("source"),
    )


def not_below_control(readings: pl.DataFrame) -> pl.DataFrame:
    """Drop readings of a month below an inspector's earlier one: it prevails (RULES 4.3)."""
    if not (readings["source"] == int(ReadingSource.CONTROL)).any():
        return readings
    control = pl.col("source") == int(ReadingSource.CONTROL)
    found = readings.filter(control)
    marks = found.group_by("register_id", "period").agg(
        pl.col("taken_on").max().alias("checked_on"),
        pl.col("value").sort_by("taken_on").last().alias("checked"),
    )
    below = (pl.col("taken_on") >= pl.col("checked_on")) & (pl.col("value") < pl.col("checked"))
    marked = readings.join(marks, on=["register_id", "period"], how="left", maintain_order="left")
    return marked.filter(control | ~below.fill_null(value=False)).select(readings.columns)


def _points(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    return frame.select(
        "register_id",
        pl.lit(kind).alias("kind"),
        pl.col("taken_on").alias("on"),
        pl.col("period").alias("month"),
        "value",
        pl.col("source").cast(pl.Int16),
    )


def _splits(rest: pl.DataFrame, close: pl.DataFrame, split_days: list[date]) -> pl.DataFrame:
    """Return an inspector's readings and those nearest to each change, but the closing ones."""
    point = ["register_id", "taken_on", "period", "value", "source"]
    if rest.height == close.height:  # no register was read more than once
        return rest.select(point).clear()
    earlier = rest.join(
        close.select("register_id", pl.col("taken_on").alias("closed_on")), on="register_id"
    ).filter(pl.col("taken_on") < pl.col("closed_on"))
    if earlier.is_empty():
        return rest.select(point).clear()
    found = [earlier.filter(pl.col("source") == int(ReadingSource.CONTROL)).select(point)]
    for last_old in split_days:
        away = (pl.col("taken_on") - pl.lit(last_old)).dt.total_days().abs()
        near = earlier.filter((away <= SPLIT_TOLERANCE) & (pl.col("closed_on") > last_old))
        if near.is_empty():
            continue
        nearest = (
            near.sort("register_id", away, "taken_on", "priority", "sequence")
            .group_by("register_id", maintain_order=True)
            .first()
            # From here on it counts as taken on the last day of the old price.
            .with_columns(pl.lit(last_old).alias("taken_on"))
        )
        found.append(nearest.select(point))
    return pl.concat(found).unique(["register_id", "taken_on"], keep="first", maintain_order=True)


def whole(value: str, policy: str) -> pl.Expr:
    """Return a reading after the fraction policy, applied to readings, never to differences."""
    kept = pl.col(value)
    cut = kept // UNIT * UNIT
    up = -(-kept // UNIT) * UNIT
    return (
        pl.when(pl.col(policy) == "truncate")
        .then(cut)
        .when(pl.col(policy) == "ceil")
        .then(up)
        .otherwise(kept)
    )


def differences(points: pl.DataFrame, registers: pl.DataFrame, month: date) -> pl.DataFrame:
    """Return one row for each interval between neighbouring points of a register.

    ``registers``: register_id, int_digits, ratio (in 1/10000), service_kind,
    fraction_policy, usual (millionths a month, null when unknown). Adds from_on, to_on,
    from_month (of the point before), from_value, to_value (after the fraction policy),
    rolled, months (how many billing months the interval to the close covers), volume
    (millionths, after the ratio, exact) and problem (null, or why the interval cannot be counted).
    """
    kind = pl.col("kind")
    order = pl.when(kind == "base").then(0).when(kind == "split").then(1).otherwise(2)
    joined = (
        points.with_columns(order.alias("place"))
        .sort("register_id", "place", "on")
        .join(registers, on="register_id", maintain_order="left")
        .with_columns(whole("value", "fraction_policy").alias("counted"))
    )
    # The rows of a register stand together: neighbours are cheaper than windows.
    first = pl.col("register_id").ne_missing(pl.col("register_id").shift(1))
    opens = pl.when(first).then(pl.int_range(pl.len())).forward_fill()
    months = _months(pl.lit(month), pl.col("month").gather(opens))
    previous = [
        pl.when(~first).then(pl.col(name).shift(1)).alias(alias)
        for name, alias in (("counted", "from_value"), ("on", "from_on"), ("month", "from_month"))
    ]
    rows = joined.with_columns(
        *previous, pl.max_horizontal(months, pl.lit(1)).fill_null(1).alias("months")
    ).filter(pl.col("kind") != "base")
    return _judge(rows)


def _months(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    years = later.dt.year().cast(pl.Int64) - earlier.dt.year().cast(pl.Int64)
    return years * 12 + later.dt.month().cast(pl.Int64) - earlier.dt.month().cast(pl.Int64)


def _judge(rows: pl.DataFrame) -> pl.DataFrame:
    """Count each difference, through zero where that is plausible (RULES 1.6)."""
    plain = pl.col("counted") - pl.col("from_value")
    billed = [
        pl.col("counted").alias("to_value"),
        pl.col("on").alias("to_on"),
    ]
    if not (rows["counted"] < rows["from_value"]).any():
        return rows.with_columns(
            pl.lit(value=False).alias("rolled"),
            _by_ratio(plain).alias("volume"),
            pl.lit(None, pl.String).alias("problem"),
            *billed,
        )
    capacity = pl.lit(10, pl.Int64).pow(pl.col("int_digits").cast(pl.UInt32)) * UNIT
    through = plain + capacity
    floor = pl.col("service_kind").replace_strict(ROLLOVER_FLOOR, default=500 * UNIT)
    usual = pl.col("usual").fill_null(0) * 3 * pl.col("months")
    plausible = (
        (pl.col("from_value") >= (capacity * ROLLOVER_SHARE).cast(pl.Int64))
        & (through <= pl.max_horizontal(usual, floor * pl.col("months")))
    ).fill_null(value=False)
    smaller = plain < 0
    control = pl.col("source") == int(ReadingSource.CONTROL)
    rolled = smaller & plausible
    raw = pl.when(rolled).then(through).otherwise(plain)
    problem = (
        pl.when(smaller & pl.col("int_digits").is_null() & ~control)
        .then(pl.lit("no_digits"))
        .when(smaller & ~plausible & ~control)
        .then(pl.lit("reading_smaller"))
    )
    return rows.with_columns(
        rolled.alias("rolled"),
        _by_ratio(raw).alias("volume"),
        problem.alias("problem"),
        *billed,
    )


def _by_ratio(counted: pl.Expr) -> pl.Expr:
    """Multiply by the ratio of the transformers, in 1/10000; what is left over is cut off."""
    return (counted.cast(pl.Int128) * pl.col("ratio") // 10_000).cast(pl.Int64)
