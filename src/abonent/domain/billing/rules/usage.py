"""Metered volumes of a month by account, service, zone and day of price. Pure.

A *part* (``shapes.PARTS``): ``day`` is the one whose price applies, n / d are millionths of
the unit, ``basis`` JSON members without their braces: what the explanation shows.
"""

from datetime import date, timedelta

import polars as pl

from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.force import season_changes
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

INTERVAL_BASIS = (
    '{{"s":"{}","z":"{}","f":"{}","t":"{}","a":{},"b":{},"r":{},"o":{},"v":{},"p":{},"w":{}{}}}'
)


def price_days(rates: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return service_id, category, change_on: the first days of prices and of their seasons.

    Thresholds alone are those of the month that is billed.
    """
    days = rates.select("service_id", "category", pl.col("valid_from").alias("change_on"))
    return pl.concat([days, season_changes(rates, end)]).unique()


def split_days(rates: pl.DataFrame, since: date, until: date) -> list[date]:
    """Return the last days of old prices between days, near which a reading splits."""
    changes = rates.filter(
        pl.col("valid_from").is_between(since, until)
        & (pl.col("valid_from") > pl.col("valid_from").min().over("service_id", "category"))
    )
    days = changes.select(pl.col("valid_from").dt.offset_by("-1d").unique().sort())
    return list(days["valid_from"])


def price_changes(wanted: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Return the first days of new prices for each wanted service and category.

    ``days``: the result of ``price_days``. A category without rows of its own follows the rows
    without a category.
    """
    asked = wanted.unique()
    own = asked.join(days, on=["service_id", "category"])
    rest = asked.join(own, on=["service_id", "category"], how="anti")
    if rest.is_empty():
        return own
    general = rest.join(days.filter(pl.col("category") == "").drop("category"), on="service_id")
    return pl.concat([own, general.select(own.columns)])


def segments(intervals: pl.DataFrame, changes: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Split each interval at the changes of its tariff where the policy says ``by_days``.

    ``intervals``: account_id, service_id, category, from_on, to_on, volume, kind,
    tariff_change, digits (of a split volume). ``changes``: service_id, category,
    change_on (first day of a new price); kind ``settled`` (p. 61) is never split.
    Adds day, part, days, all_days. A reading taken on X closes the day X (RULES 0.3, 6);
    V_old = V × days_old / days, the last segment takes the rest (RULES 1.4). Otherwise the
    whole interval has the price of the month, or, when it ends at a change, the old price.
    """
    by_days = (
        (pl.col("tariff_change") == "by_days")
        & pl.col("from_on").is_not_null()
        & (pl.col("kind") != "settled")
    )
    rows = intervals.with_row_index("interval").with_columns(by_days.alias("by_days"))
    first, last = rows["from_on"].min(), rows["to_on"].max()
    changes_within = changes.filter(pl.col("change_on").is_between(first, last))
    if changes_within.is_empty():
        return _price_segments(_whole(rows, month_end), changes)
    last_old = (pl.col("change_on") - timedelta(days=1)).alias("ends_on")
    borders = (
        rows.filter("by_days")
        .select("interval", "service_id", "category", "from_on", "to_on")
        .join(changes_within, on=["service_id", "category"])
        .with_columns(last_old)
        .filter((pl.col("ends_on") > pl.col("from_on")) & (pl.col("ends_on") < pl.col("to_on")))
        .select("interval", "ends_on")
        .unique()
    )
    if borders.is_empty():
        return _price_segments(_whole(rows, month_end), changes)
    cut = rows.join(borders, on="interval", how="semi", maintain_order="left")
    whole = _whole(rows.join(borders, on="interval", how="anti"), month_end)
    pieces = _pieces(cut, borders).select(whole.columns)
    return _price_segments(pl.concat([pieces, whole]), changes)


def _whole(rows: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Return intervals that no change of price cuts."""
    last_day = pl.when(pl.col("by_days") | (pl.col("kind") == "split")).then("to_on")
    all_days = pl.when("by_days").then((pl.col("to_on") - pl.col("from_on")).dt.total_days())
    return rows.with_columns(
        last_day.otherwise(pl.lit(month_end)).alias("day"),
        pl.col("volume").alias("part"),
        all_days.otherwise(1).alias("days"),
        all_days.otherwise(1).alias("all_days"),
    )


def _pieces(cut: pl.DataFrame, borders: pl.DataFrame) -> pl.DataFrame:
    """Cut intervals at the last days of old prices, the last piece takes the rest."""
    ends = pl.concat([borders, cut.select("interval", pl.col("to_on").alias("ends_on"))])
    pieces = (
        ends.sort("interval", "ends_on")
        .join(cut, on="interval", maintain_order="left")
        .with_columns(
            pl.col("ends_on")
            .shift(1)
            .over("interval")
            .fill_null(pl.col("from_on"))
            .alias("starts_on")
        )
        .with_columns(
            (pl.col("ends_on") - pl.col("starts_on")).dt.total_days().alias("days"),
            (pl.col("to_on") - pl.col("from_on")).dt.total_days().alias("all_days"),
            pl.col("ends_on").alias("day"),
        )
    )
    step = pl.lit(10).pow(6 - pl.col("digits")).cast(pl.Int64)
    exact = half_up(
        pl.col("volume").cast(WIDE) * pl.col("days").cast(WIDE),
        pl.max_horizontal(pl.col("all_days"), pl.lit(1)).cast(WIDE) * step.cast(WIDE),
    )
    last = pl.col("ends_on") == pl.col("to_on")
    pieces = pieces.with_columns((exact.cast(pl.Int64) * step).alias("part"))
    earlier = pl.when(last).then(0).otherwise(pl.col("part")).sum().over("interval")
    return pieces.with_columns(
        pl.when(last).then(pl.col("volume") - earlier).otherwise(pl.col("part")).alias("part")
    )


def _price_segments(rows: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Add the first day of the price in force, by which the parts of a line are summed."""
    if rows["day"].n_unique() <= 1:
        # All of them have the prices of one day, whichever they are.
        return rows.with_columns(pl.lit(None, pl.Date).alias("price_from"))
    starts = (
        rows.select("service_id", "category", "day")
        .unique()
        .join(changes, on=["service_id", "category"])
        .filter(pl.col("change_on") <= pl.col("day"))
        .group_by("service_id", "category", "day")
        .agg(pl.col("change_on").max().alias("price_from"))
    )
    return rows.join(starts, on=["service_id", "category", "day"], how="left")


def metered_parts(pieces: pl.DataFrame) -> pl.DataFrame:
    """Sum the segments of an account's meters by zone and day of price.

    ``pieces``: the result of ``segments`` with billed_zone, serial, zone, from_value,
    to_value, ratio, rolled, key (the contract's own category, or null), note and estimate (its
    text where the volume is no difference of readings). A line is
    account × service × component × tariff segment × zone × band, so parts of one price are
    one line. The parts say their ``category``: contracts of one service may differ.
    """
    text = pl.format(
        INTERVAL_BASIS,
        _json_text("serial"),
        "zone",
        pl.col("from_on").cast(pl.String).fill_null(""),
        pl.col("to_on").cast(pl.String),
        "from_value",
        "to_value",
        "ratio",
        pl.col("rolled").cast(pl.Int8),
        "part",
        "days",
        "all_days",
        pl.col("note").fill_null(""),
    )
    text = pl.coalesce("estimate", text)
    line = ["account_id", "service_id", "billed_zone", "category", "key", "price_from"]
    method = pl.when("estimated").then(pl.lit("average")).otherwise(pl.lit("meter"))
    return (
        pieces.with_columns(text.alias("text"))
        .sort("account_id", "service_id", "zone", "day", "serial")
        .group_by(line, maintain_order=True)
        .agg(
            pl.col("day").max(),
            pl.col("part").cast(WIDE).sum().alias("n"),
            pl.col("months").max(),
            pl.col("estimate").is_not_null().any().alias("estimated"),
            "text",
        )
        .select(
            "account_id",
            "service_id",
            pl.col("billed_zone").alias("zone"),
            "day",
            "n",
            pl.lit(1).cast(WIDE).alias("d"),
            "months",
            pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
            method.alias("method"),
            method.alias("rule"),
            # Joined outside the groups: inside them it is four times as slow.
            pl.format('"readings":[{}]', pl.col("text").list.join(",")).alias("basis"),
            "category",
            "key",
        )
    )


def _json_text(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all('"', '\\"', literal=True)
    )
