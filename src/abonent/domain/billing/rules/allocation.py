"""How money is divided between debts (RULES 3.3). Pure, over columns."""

import polars as pl

from abonent.domain.ledger.rules import Part
from abonent.domain.tariffs.rules.pricing import WIDE

# Costs of collection first, then principal, the penalty last (ГК 319; Plenum 54, p. 37).
PART_ORDER = {int(Part.COSTS): 0, int(Part.PRINCIPAL): 1, int(Part.PENALTY): 2}
GROUP = ["account_id", "wanted", "stage", "month"]


def allocate(debts: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Divide each account's money between its debts; returns debts with ``paid`` > 0.

    ``debts``: account_id, service_id, month, part, amount (positive kopecks) and wanted
    (0 for debts that the payer named, else 1). ``money``: account_id, money. The named
    debts come first, then the earliest month; inside one month the sum is divided in
    proportion to the services' amounts, missing kopecks go to the largest remainders
    (PP 354 p. 118; example 49). What is left over remains an advance.
    """
    owed = debts.join(money, on="account_id").filter((pl.col("amount") > 0) & (pl.col("money") > 0))
    if owed.is_empty() or owed.select(pl.col("amount").sum() <= pl.col("money").min()).item():
        # Whoever pays has enough for everything: nothing is to be divided.
        return owed.select(
            "account_id", "service_id", "month", "part", pl.col("amount").alias("paid")
        )
    stage = pl.col("part").replace_strict(PART_ORDER).alias("stage")
    rows = owed.with_columns(stage).sort(*GROUP, "service_id")
    groups = (
        rows.group_by(GROUP, maintain_order=True)
        .agg(pl.col("amount").sum().alias("whole"), pl.col("money").first())
        .with_columns(
            (pl.col("whole").cum_sum().over("account_id") - pl.col("whole")).alias("before")
        )
        .with_columns((pl.col("money") - pl.col("before")).clip(0, pl.col("whole")).alias("share"))
        .select(*GROUP, "whole", "share")
    )
    shared = rows.join(groups, on=GROUP, maintain_order="left").with_row_index("nth")
    # Nearly all debts are paid whole or not at all: only the others are divided.
    paid = shared.filter(pl.col("share") == pl.col("whole")).with_columns(
        pl.col("amount").alias("paid")
    )
    partly = shared.filter((pl.col("share") > 0) & (pl.col("share") < pl.col("whole")))
    if not partly.is_empty():
        paid = pl.concat([paid, _divided(partly)]).sort("nth")
    return paid.select("account_id", "service_id", "month", "part", "paid")


def _divided(rows: pl.DataFrame) -> pl.DataFrame:
    """Divide ``share`` in proportion to the amounts of each group, by largest remainders."""
    product = pl.col("share").cast(WIDE) * pl.col("amount").cast(WIDE)
    whole = pl.col("whole").cast(WIDE)
    # The rows of a group stand together; one number names it.
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in GROUP)
    cut = (
        rows.with_columns(
            (product // whole).cast(pl.Int64).alias("floor"),
            (product % whole).cast(pl.Int64).alias("rest"),
            begins.cum_sum().alias("group"),
        )
        .with_columns((pl.col("share") - pl.col("floor").sum().over("group")).alias("lacking"))
        .sort("group", -pl.col("rest"), "service_id")
    )
    first = pl.col("group").ne_missing(pl.col("group").shift(1))
    place = pl.int_range(pl.len())
    within = place - pl.when(first).then(place).forward_fill()
    paid = pl.col("floor") + (within < pl.col("lacking")).cast(pl.Int64)
    return (
        cut.with_columns(paid.alias("paid"))
        .filter(pl.col("paid") > 0)
        .select(*rows.columns, "paid")
    )


CODE = ["for_service", "for_month", "for_part"]
PAID = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "part": pl.Int16,
    "paid": pl.Int64, "for_service": pl.Int64, "for_month": pl.Date, "for_part": pl.Int16,
}  # fmt: skip


def no_barred() -> pl.DataFrame:
    """Return no debts whose limitation is over."""
    return pl.DataFrame(schema={name: PAID[name] for name in ("account_id", "service_id", "month")})


def allocate_advances(
    debts: pl.DataFrame, advances: pl.DataFrame, barred: pl.DataFrame
) -> pl.DataFrame:
    """Divide every advance of the accounts between their debts, one advance after another.

    ``debts``: account_id, service_id, month, part, amount. ``advances``: account_id,
    for_service (0 = not named), for_month (null), for_part (0), money: what the payer
    named when paying. Advances with a purpose go first and pay what they name first; then
    as ``allocate`` says. ``barred``: account_id, service_id, month of the debts whose
    limitation is over: only who names their month pays them (ГК 199, 319.1). A refund may
    have left one advance below zero: the others then give only what the account has in
    all. Returns the paid parts with the advance's code.
    """
    if barred.is_empty() and _are_plain(advances):
        money = advances.filter(pl.col("money") > 0).select("account_id", "money")
        paid = allocate(debts.with_columns(pl.lit(1).alias("wanted")), money)
        return paid.with_columns(
            pl.lit(0, pl.Int64).alias("for_service"),
            pl.lit(None, pl.Date).alias("for_month"),
            pl.lit(0, pl.Int16).alias("for_part"),
        )
    general = (
        (pl.col("for_service") == 0) & pl.col("for_month").is_null() & (pl.col("for_part") == 0)
    )
    whole = pl.col("money").sum().over("account_id")
    ordered = (
        advances.with_columns(general.alias("general"), whole.alias("whole"))
        .filter((pl.col("money") > 0) & (pl.col("whole") > 0))
        .sort("account_id", "general", "for_month", "for_service", "for_part", nulls_last=True)
        .with_columns(
            (pl.col("money").cum_sum().over("account_id") - pl.col("money")).alias("before")
        )
        .with_columns(
            pl.min_horizontal("money", pl.col("whole") - pl.col("before")).alias("money"),
            pl.int_range(pl.len()).over("account_id").alias("turn"),
        )
        .filter(pl.col("money") > 0)
    )
    if ordered.is_empty() or debts.is_empty():
        return pl.DataFrame(schema=PAID)
    left = debts.select("account_id", "service_id", "month", "part", "amount")
    found: list[pl.DataFrame] = []
    last = ordered["turn"].max()
    for turn in sorted(ordered["turn"].unique()):
        current = ordered.filter(pl.col("turn") == turn).select(
            "account_id", *CODE, "money", "general"
        )
        wanted = _wanted(left, current, barred)
        paid = allocate(wanted, current.select("account_id", "money"))
        found.append(paid.join(current.select("account_id", *CODE), on="account_id"))
        if turn == last:
            break
        keys = ["account_id", "service_id", "month", "part"]
        left = left.join(paid, on=keys, how="left", nulls_equal=True).select(
            *keys, (pl.col("amount") - pl.col("paid").fill_null(0)).alias("amount")
        )
    return pl.concat(found)


def _are_plain(advances: pl.DataFrame) -> bool:
    """Tell whether every account has one advance only, and nobody has named anything."""
    return bool(
        advances["for_service"].eq_missing(0).all()
        and advances["for_part"].eq_missing(0).all()
        and advances["for_month"].null_count() == advances.height
        and advances["account_id"].is_unique().all()
    )


def _wanted(debts: pl.DataFrame, current: pl.DataFrame, barred: pl.DataFrame) -> pl.DataFrame:
    """Mark with 0 the debts that the payer named, with 1 the others; barred ones fall out.

    A penalty is named only as a penalty: who names a month or a service pays for it, and the
    penalty comes after every principal (RULES 3.3, trap 9).
    """
    any_part = (pl.col("for_part") == 0) & (pl.col("part") != int(Part.PENALTY))
    of_part = any_part | (pl.col("for_part") == pl.col("part"))
    named = (
        ((pl.col("for_service") == 0) | (pl.col("for_service") == pl.col("service_id")))
        & (pl.col("for_month").is_null() | (pl.col("for_month") == pl.col("month")))
        & of_part
        & ~pl.col("general")
    )
    rows = debts.join(current.drop("money"), on="account_id")
    if not barred.is_empty():
        over = pl.struct(barred.columns).is_in(barred.to_struct().implode())
        rows = rows.filter(~over | (named & pl.col("for_month").is_not_null()))
    return rows.select(*debts.columns, pl.when(named).then(0).otherwise(1).alias("wanted"))
