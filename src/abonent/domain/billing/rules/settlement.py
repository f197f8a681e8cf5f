"""On which day each kopeck of a debt was paid (RULES 3.3). Pure, over columns.

Facts are lived through in the order of their days, whatever the order in which they became
known: a payment that was loaded late counts by the day on which it was made.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from abonent.domain.billing.rules.allocation import allocate_advances, no_barred
from abonent.domain.billing.rules.undivided import DEBT, undivided

PURPOSE = ["account_id", "for_service", "for_month", "for_part"]
LEFT = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "part": pl.Int16,
    "since": pl.Date, "amount": pl.Int64,
}  # fmt: skip
POOL = {
    "account_id": pl.Int64, "for_service": pl.Int64, "for_month": pl.Date,
    "for_part": pl.Int16, "amount": pl.Int64,
}  # fmt: skip
SETTLED = {**LEFT, "settled_on": pl.Date}
_NO_DEBTS, _NO_MONEY = pl.DataFrame(schema=LEFT), pl.DataFrame(schema=POOL)
_NONE_SETTLED = pl.DataFrame(schema=SETTLED)


LIMITS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "until": pl.Date,
}  # fmt: skip


def no_limits() -> pl.DataFrame:
    """Return no debts that are near the end of their limitation."""
    return pl.DataFrame(schema=LIMITS)


def settled(postings: pl.DataFrame, money: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Return the debts cut into the pieces that were paid on one day (SETTLED).

    ``postings``: account_id, service_id, month, part, amount (negative: lowers the debt,
    and what is over is money), on. ``money``: account_id, for_service, for_month, for_part
    (what the payer named), amount (negative: given back), on. ``limits`` (LIMITS): the last
    day of the limitation of old debts; money of a later day must name their month. A
    piece was owed from the day after ``since`` (null: from the start) to ``settled_on``
    inclusive (null: still owed).

    On each day first the postings, then the money, divided as ``allocate_advances`` says:
    so an advance settles a bill on the day it is posted. Money given back that no advance
    covers opens the debts paid last again, from the next day on.
    """
    old = pl.col("account_id").is_in(limits["account_id"].unique().implode())
    whole = undivided(postings, money, old)
    at_once = whole.debts.with_columns(pl.lit(None, pl.Date).alias("since"))
    lived = lived_through(whole.postings, whole.money, limits)
    shape = [pl.col(name).cast(kind) for name, kind in SETTLED.items()]
    return pl.concat([at_once.select(shape), lived]).sort(*DEBT, "settled_on", "since")


def lived_through(
    postings: pl.DataFrame, money: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """Return the same (SETTLED, in no order) by living through every day of the accounts."""
    turns = _turns(postings, money)
    left, pool, done = _NO_DEBTS, _NO_MONEY, _NONE_SETTLED
    came = _by_turn(postings.with_columns(pl.lit(None, pl.Date).alias("since")), turns, LEFT)
    paid = _by_turn(money, turns, POOL)
    for (turn,), days in sorted(turns.partition_by("turn", as_dict=True).items()):
        left, credit = _posted(left, came.get(turn, _NO_DEBTS))
        pool = _pooled(pool, credit, paid.get(turn, _NO_MONEY))
        opened = _reopened(done, pool, days)
        if not opened.is_empty():
            left = _together(left, opened)
            pool = _pooled(pool, _as_money(opened))
        if left.is_empty() or pool.is_empty():
            continue
        pieces, left, spent = _pay(left, pool, days, limits)
        pool = _pooled(pool, spent)
        done = done if pieces.is_empty() else pl.concat([done, pieces])
    owed = left.with_columns(pl.lit(None, pl.Date).alias("settled_on"))
    return pl.concat([done, owed.select(list(SETTLED))])


def _turns(postings: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Give the days of each account their numbers: account_id, on, turn."""
    days = pl.concat([frame.select("account_id", "on") for frame in (postings, money)]).unique()
    return days.with_columns(pl.col("on").rank("dense").over("account_id").alias("turn"))


def _by_turn(
    frame: pl.DataFrame, turns: pl.DataFrame, shape: Mapping[str, Any]
) -> dict[int, pl.DataFrame]:
    """Cut a frame by the turn of its rows; its columns are those of the shape."""
    marked = frame.join(turns, on=["account_id", "on"]).select(
        "turn", *(pl.col(name).cast(kind) for name, kind in shape.items())
    )
    parts = marked.partition_by("turn", as_dict=True, include_key=False)
    return {int(key[0]): part for key, part in parts.items()}


def _posted(left: pl.DataFrame, came: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add what was posted; a debt below zero becomes money for the others."""
    if came.is_empty():
        return left, _NO_MONEY
    if (came["amount"] > 0).all():
        return _together(left, came), _NO_MONEY
    whole = _together(left, came.filter(pl.col("amount") > 0))
    lowered = came.filter(pl.col("amount") < 0).group_by(DEBT).agg(-pl.col("amount").sum())
    taken, kept = _taken(whole, lowered.rename({"amount": "paid"}))
    used = taken.group_by(DEBT).agg(pl.col("paid").sum().alias("used"))
    over = (
        lowered.join(used, on=DEBT, how="left", nulls_equal=True)
        .with_columns((pl.col("amount") - pl.col("used").fill_null(0)).alias("amount"))
        .filter(pl.col("amount") > 0)
    )
    return kept, _as_money(over)


def _together(left: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Add up debts by code and by the day since which they are owed."""
    return pl.concat([left, more]).group_by(*DEBT, "since").agg(pl.col("amount").sum())


def _as_money(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as money without a purpose."""
    return frame.select(
        "account_id",
        pl.lit(0, pl.Int64).alias("for_service"),
        pl.lit(None, pl.Date).alias("for_month"),
        pl.lit(0, pl.Int16).alias("for_part"),
        "amount",
    )


def _pooled(pool: pl.DataFrame, *more: pl.DataFrame) -> pl.DataFrame:
    """Add up money by account and purpose."""
    given = [frame for frame in more if not frame.is_empty()]
    if not given:
        return pool
    given.append(pool)
    return (
        pl.concat(given).group_by(PURPOSE).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    )


def _reopened(done: pl.DataFrame, pool: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Open debts again for money given back that nothing covers, those paid last first."""
    if not (pool["amount"] < 0).any():
        return _NO_DEBTS
    short = (
        pool.group_by("account_id")
        .agg(-pl.col("amount").sum().alias("lacking"))
        .filter(pl.col("lacking") > 0)
        .join(days, on="account_id")
    )
    if short.is_empty():
        return _NO_DEBTS
    paid = done.join(short, on="account_id").sort(
        "settled_on", "month", "service_id", "part", descending=True, nulls_last=True
    )
    before = pl.col("amount").cum_sum().over("account_id") - pl.col("amount")
    back = (pl.col("lacking") - before).clip(0, pl.col("amount"))
    opened = paid.with_columns(back.alias("back")).filter(pl.col("back") > 0)
    return opened.select(*DEBT, pl.col("on").alias("since"), pl.col("back").alias("amount"))


def _pay(
    left: pl.DataFrame, pool: pl.DataFrame, days: pl.DataFrame, limits: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Divide the day's money: (pieces paid on this day, debts left, money spent)."""
    advances = pool.join(days, on="account_id", how="semi")
    if advances.is_empty():
        return _NONE_SETTLED, left, _NO_MONEY
    debts = left.join(days, on="account_id", how="semi").group_by(DEBT)
    barred = no_barred() if limits.is_empty() else barred_on(limits, days)
    paid = allocate_advances(
        debts.agg(pl.col("amount").sum()), advances.rename({"amount": "money"}), barred
    )
    if paid.is_empty():
        return _NONE_SETTLED, left, _NO_MONEY
    taken, rest = _taken(left, paid.group_by(DEBT).agg(pl.col("paid").sum()))
    pieces = taken.join(days, on="account_id").select(
        *DEBT, "since", pl.col("paid").alias("amount"), pl.col("on").alias("settled_on")
    )
    spent = paid.group_by(PURPOSE).agg(-pl.col("paid").sum().alias("amount"))
    return pieces, rest, spent


def barred_on(limits: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Return the debts whose limitation (LIMITS) is over on the day of their account (on)."""
    over = limits.join(days, on="account_id").filter(pl.col("on") > pl.col("until"))
    return over.select(no_barred().columns)


def _taken(left: pl.DataFrame, sums: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take ``paid`` of each debt from its pieces, the oldest first: (taken, what is left)."""
    before = pl.col("amount").cum_sum().over(DEBT) - pl.col("amount")
    rows = (
        left.join(sums, on=DEBT, how="left", nulls_equal=True)
        .sort(*DEBT, "since", nulls_last=False)
        .with_columns(
            (pl.col("paid").fill_null(0) - before).clip(0, pl.col("amount")).alias("paid")
        )
    )
    rest = rows.filter(pl.col("paid") < pl.col("amount"))
    left_of = (pl.col("amount") - pl.col("paid")).alias("amount")
    return rows.filter(pl.col("paid") > 0), rest.select(*DEBT, "since", left_of)
