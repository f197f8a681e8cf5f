"""What of the owed penalties a campaign forgives. Pure, over columns."""

from datetime import date

import polars as pl

from abonent.domain.billing.rules.penalties import KEY, counted


def forgiven(
    owed: pl.DataFrame,
    pieces: pl.DataFrame,
    sums: pl.DataFrame,
    spans: pl.DataFrame,
    *,
    counted_to: date,
) -> pl.DataFrame:
    """Return KEY, amount: the penalties of accounts that have paid their principal in time.

    ``owed``: KEY, amount, the unpaid penalties by the ledger. ``pieces``, ``sums``,
    ``spans``: the account's count to the last day of payment: a debt that fell due by
    ``counted_to`` and has no day of payment there was not paid in time. Penalties for days
    after ``counted_to`` stay owed; what was paid of them paid the earlier days.
    """
    late = pieces.filter(pl.col("settled_on").is_null() & (pl.col("due_on") <= counted_to))
    inside = spans.filter(
        (pl.col("from_on") <= counted_to) & pl.col("rate").is_not_null()
    ).with_columns(pl.min_horizontal("to_on", pl.lit(counted_to)).alias("to_on"))
    beyond = (
        sums.select(*KEY, "levied")
        .join(counted(inside), on=KEY, how="left")
        .select(*KEY, (pl.col("levied") - pl.col("counted").fill_null(0)).clip(0).alias("beyond"))
    )
    return (
        owed.join(late.select("account_id").unique(), on="account_id", how="anti")
        .join(beyond, on=KEY, how="left")
        .with_columns(pl.col("amount") - pl.col("beyond").fill_null(0))
        .filter(pl.col("amount") > 0)
        .select(*KEY, "amount")
        .sort(KEY)
    )
