"""How many people a norm is for, by days (PP 354 p. 56–58; RULES 2.1). Pure."""

from datetime import timedelta
from functools import cache

import polars as pl

from abonent.common.periods import Period

RESIDENCIES = {
    "account_id": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "residents": pl.Int64,
    "temporary": pl.Int64,
}
SHORT_STAY = 5  # temporary residents count when they stay longer than so many days in a row
DAYS = ["account_id", "day", "registered", "people"]


@cache
def nobody_else() -> pl.DataFrame:
    """Return no rows of RESIDENCIES."""
    return pl.DataFrame(schema=RESIDENCIES)


def with_people(accounts: pl.DataFrame, residencies: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Add how many people each account's norms are for: ``people_n`` / ``people_d``.

    ``accounts``: account_id, residents, owners; ``residencies``: RESIDENCIES in force
    within five days around the month. Nobody there → the number of owners (p. 56(2)).
    ``spans`` is the JSON of (first day, last day, people) where the number changes.
    """
    usual = pl.when(pl.col("residents") > 0).then("residents").otherwise("owners")
    rows = accounts.with_columns(
        usual.alias("people_n"),
        pl.lit(1, pl.Int64).alias("people_d"),
        pl.lit(None, pl.String).alias("spans"),
    )
    if residencies.is_empty():
        return rows
    named = rows.join(residencies.select("account_id").unique(), on="account_id", how="semi")
    if named.is_empty():
        return rows
    daily = people_by_day(named, residencies, period)
    changed = _summed(daily, period)
    return rows.join(changed, on="account_id", how="left", maintain_order="left").with_columns(
        pl.when("by_days").then(f"{name}_right").otherwise(name).alias(name)
        for name in ("people_n", "people_d", "spans")
    ).select(rows.columns)  # fmt: skip


def people_by_day(
    accounts: pl.DataFrame, residencies: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return (DAYS) how many people are there on each day of the month.

    ``registered`` counts residents and temporary ones, ``people`` falls back to the owners.
    """
    first, last = period.first_day, period.last_day
    margin = timedelta(days=SHORT_STAY)
    days = pl.DataFrame({"day": pl.date_range(first - margin, last + margin, eager=True)})
    grid = accounts.select("account_id", "residents", "owners").join(days, how="cross")
    named = grid.select("account_id", "day").join(residencies, on="account_id")
    in_force = (
        named.filter(
            (pl.col("valid_from") <= pl.col("day"))
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day")))
        )
        .sort("account_id", "day", "valid_from")
        .unique(["account_id", "day"], keep="last", maintain_order=True)
        .select("account_id", "day", pl.col("residents").alias("named"), "temporary")
    )
    rows = grid.join(in_force, on=["account_id", "day"], how="left").sort("account_id", "day")
    stays = _long_stays(rows.with_columns(pl.col("temporary").fill_null(0)))
    registered = pl.coalesce("named", "residents")
    there = registered.fill_null(0) + pl.col("stays")
    counted = stays.with_columns(
        pl.when(registered.is_not_null() | (pl.col("stays") > 0)).then(there).alias("registered")
    )
    people = pl.when(pl.col("registered") > 0).then("registered").otherwise("owners")
    return (
        counted.with_columns(people.alias("people"))
        .filter(pl.col("day").is_between(first, last))
        .select(DAYS)
    )


def _long_stays(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``stays``: the temporary residents who stay longer than SHORT_STAY days in a row.

    Whoever comes when others are there is a layer of his own: two from the 1st and one of
    them until the 20th are a stay of one to the 20th and a stay of another.
    """
    rows = rows.with_columns(pl.lit(0, pl.Int64).alias("stays"))
    below = 0
    for level in sorted(set(rows["temporary"].to_list()) - {0}):
        present = pl.col("temporary") >= level
        run = (present != present.shift(1)).fill_null(value=True).cum_sum().over("account_id")
        rows = rows.with_columns(run.alias("run"))
        long = present & (pl.len().over("account_id", "run") > SHORT_STAY)
        rows = rows.with_columns(
            (pl.col("stays") + pl.when(long).then(level - below).otherwise(0)).alias("stays")
        )
        below = level
    return rows


def _summed(daily: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Sum the days: a number that stays the same all month, or person-days / days."""
    step = pl.col("people").ne_missing(pl.col("people").shift(1)).fill_null(value=True)
    runs = (
        daily.with_columns(step.cum_sum().over("account_id").alias("run"))
        .group_by("account_id", "run", maintain_order=True)
        .agg(
            pl.col("day").min().alias("first"),
            pl.col("day").max().alias("last"),
            pl.col("people").first(),
        )
    )
    text = pl.format('["{}","{}",{}]', "first", "last", pl.col("people").fill_null(0))
    days = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    known = pl.col("people").is_not_null().all()
    return runs.group_by("account_id").agg(
        pl.lit(value=True).alias("by_days"),
        pl.when(pl.len() == 1)
        .then(pl.col("people").first())
        .when(known)
        .then((pl.col("people") * days).sum())
        .alias("people_n"),
        pl.when(pl.len() == 1).then(1).otherwise(period.days).cast(pl.Int64).alias("people_d"),
        pl.when(pl.len() > 1).then(pl.format("[{}]", text.str.join(","))).alias("spans"),
    )
