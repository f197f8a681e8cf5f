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
    rows = (
        debts.join(money, on="account_id")
        .filter((pl.col("amount") > 0) & (pl.col("money") > 0))
        .with_columns(pl.col("part").replace_strict(PART_ORDER).alias("stage"))
        .sort(*GROUP, "service_id")
    )
    groups = (
        rows.group_by(GROUP, maintain_order=True)
        .agg(pl.col("amount").sum().alias("whole"), pl.col("money").first())
        .with_columns(
            (pl.col("whole").cum_sum().over("account_id") - pl.col("whole")).alias("before")
        )
        .with_columns((pl.col("money") - pl.col("before")).clip(0, pl.col("whole")).alias("share"))
        .select(*GROUP, "whole", "share")
    )
    product = pl.col("share").cast(WIDE) * pl.col("amount").cast(WIDE)
    whole = pl.col("whole").cast(WIDE)
    rows = rows.join(groups, on=GROUP, maintain_order="left").with_columns(
        (product // whole).cast(pl.Int64).alias("floor"),
        (product % whole).cast(pl.Int64).alias("rest"),
    )
    place = pl.struct(-pl.col("rest"), "service_id").rank("ordinal").over(GROUP)
    lacking = pl.col("share") - pl.col("floor").sum().over(GROUP)
    paid = pl.col("floor") + (place <= lacking).cast(pl.Int64)
    return (
        rows.with_columns(paid.alias("paid"))
        .filter(pl.col("paid") > 0)
        .select("account_id", "service_id", "month", "part", "paid")
    )
