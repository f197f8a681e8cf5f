"""Readings that no bill has used yet: they are carried into the next bill. Pure."""

from datetime import date

import polars as pl


def carried(readings: pl.DataFrame, registers: pl.DataFrame, month: date) -> pl.DataFrame:
    """Let earlier readings that no bill rests on count in this month.

    ``readings``: register_id, period, taken_on, late (no published bill rests on it: it
    came after the month's bills, or its account was left out of them). ``registers``:
    register_id, initial, removed_on. A late reading is never the base, or what was used
    before it would never be billed; only a register without any other base begins with its
    first late one. The rest stand among the month's readings where the register has a reading of
    the month, or none can come because the meter has been removed.
    """
    if not readings["late"].any():
        return readings.drop("late")
    earlier = pl.col("period") < month
    marked = readings.join(
        registers.select("register_id", "initial", "removed_on").unique("register_id"),
        on="register_id",
        how="left",
        maintain_order="left",
    ).with_columns(
        (pl.col("period") == month).any().over("register_id").alias("fresh"),
        (
            pl.col("initial").is_not_null() | (earlier & ~pl.col("late")).any().over("register_id")
        ).alias("based"),
        (pl.col("removed_on") < month).fill_null(value=False).alias("removed"),
    )
    late = pl.col("late") & earlier
    first = pl.struct("period", "taken_on", "sequence").rank("ordinal").over("register_id") == 1
    begins = late & ~pl.col("based") & first
    kept = marked.filter(~late | begins | pl.col("fresh") | pl.col("removed"))
    moved = pl.when(late & ~begins).then(pl.lit(month)).otherwise("period")
    return kept.with_columns(moved.alias("period")).select(
        name for name in readings.columns if name != "late"
    )
