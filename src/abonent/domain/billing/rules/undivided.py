"""Debts that were paid whole on one day: no money of theirs had to be divided. Pure.

Most people pay a bill with one payment and owe nothing until the next one. A *stretch* of an
account goes from a day on which it owed nothing to the next such day. Where no money came
between them, every debt of the stretch was paid on its last day, whatever rule divides
money; so only the other stretches are lived through turn by turn (``settlement``).
"""

from dataclasses import dataclass

import polars as pl

DEBT = ["account_id", "service_id", "month", "part"]


@dataclass(frozen=True)
class Undivided:
    """What was paid whole, and what is left for the turns.

    ``debts``: DEBT, amount, settled_on (null: nothing was ever paid on it). ``postings``
    and ``money``: those of the other stretches; what a stretch paid above its debts, or
    took of an earlier advance, stays as money of its last day.
    """

    debts: pl.DataFrame
    postings: pl.DataFrame
    money: pl.DataFrame


def undivided(postings: pl.DataFrame, money: pl.DataFrame, apart: pl.Expr) -> Undivided:
    """Take the stretches without divided money out of what ``settlement.settled`` takes.

    ``apart``: of whom all is to be divided in any case. The same holds for accounts whose
    payers named what they pay, and where a debt was lowered or money given back.
    """
    general = (
        (pl.col("for_service") == 0) & pl.col("for_month").is_null() & (pl.col("for_part") == 0)
    )
    whose = pl.concat([
        postings.filter((pl.col("amount") < 0) | apart).select("account_id"),
        money.filter((pl.col("amount") < 0) | ~general | apart).select("account_id"),
    ])  # fmt: skip
    plain = ~pl.col("account_id").is_in(whose["account_id"].unique().implode())
    days = _days(postings, money).filter(plain)
    simple = _stretches(days)
    if simple.is_empty():
        return Undivided(_debts(postings.clear(), simple), postings, money)
    mine = days.join(simple, on=["account_id", "stretch"]).select("account_id", "on", "ended_on")
    over = simple.filter(pl.col("over") != 0).select(
        "account_id",
        pl.lit(0, pl.Int64).alias("for_service"),
        pl.lit(None, pl.Date).alias("for_month"),
        pl.lit(0, pl.Int16).alias("for_part"),
        pl.col("over").alias("amount"),
        pl.col("last_on").alias("on"),
    )
    of_day = ["account_id", "on"]
    others = money.join(mine, on=of_day, how="anti")
    return Undivided(
        debts=_debts(postings, mine),
        postings=postings.join(mine, on=of_day, how="anti"),
        money=pl.concat([others, over.cast(others.schema)]),
    )


def _days(postings: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Return what each account was charged and paid on each day, and its stretch."""
    posted = postings.select("account_id", "on", pl.col("amount").alias("charged"))
    paid = money.select("account_id", "on", pl.col("amount").alias("paid"))
    days = (
        pl.concat([posted, paid], how="diagonal")
        .group_by("account_id", "on")
        .agg(pl.col("charged").sum(), pl.col("paid").sum())
        .sort("account_id", "on")
        .with_columns(
            (pl.col("paid") - pl.col("charged")).cum_sum().over("account_id").alias("has")
        )
    )
    ended = (pl.col("has") >= 0).shift(1, fill_value=False).cast(pl.Int64)
    return days.with_columns(ended.cum_sum().over("account_id").alias("stretch"))


def _stretches(days: pl.DataFrame) -> pl.DataFrame:
    """Return the stretches in which no money was divided.

    account_id, stretch, last_on, ended_on (null: it still goes on), over.
    """
    found = days.group_by("account_id", "stretch", maintain_order=True).agg(
        pl.len().alias("days"),
        (pl.col("has") - pl.col("paid") + pl.col("charged")).first().alias("had"),
        (pl.col("paid").sum() - pl.col("paid").last()).alias("paid_before"),
        pl.col("paid").sum(),
        pl.col("charged").sum(),
        pl.col("has").last(),
        pl.col("on").last().alias("last_on"),
    )
    ended = pl.col("has") >= 0
    nothing_before = (pl.col("had") == 0) & (pl.col("paid_before") == 0)
    whole = (
        pl.when(ended)
        .then(nothing_before | (pl.col("days") == 1))
        .otherwise(nothing_before & (pl.col("paid") == 0))
    )
    return found.filter(whole).select(
        "account_id", "stretch", "last_on",
        pl.when(ended).then("last_on").alias("ended_on"),
        pl.when(ended).then(pl.col("paid") - pl.col("charged")).otherwise(0).alias("over"),
    )  # fmt: skip


def _debts(postings: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Add up the debts of stretches: DEBT, amount, settled_on."""
    if postings.is_empty():
        return postings.select(*DEBT, "amount", pl.lit(None, pl.Date).alias("settled_on"))
    return (
        postings.join(days, on=["account_id", "on"])
        .group_by(*DEBT, pl.col("ended_on").alias("settled_on"))
        .agg(pl.col("amount").sum())
        .select(*DEBT, "amount", "settled_on")
    )
