"""From lines and movements of money to the bills of a chunk. Pure, over columns."""

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.due_days import DueDays, with_due_days
from abonent.domain.ledger.rules import Reason

PAID = [int(Reason.PAYMENT), int(Reason.REFUND), int(Reason.CANCEL)]


def numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """Give the lines of each account their numbers from 1, in their order."""
    return lines.with_columns(
        pl.int_range(1, pl.len() + 1).over("account_id").cast(pl.Int16).alias("line")
    )


def bills(
    accounts: pl.DataFrame,
    lines: pl.DataFrame,
    movements: pl.DataFrame,
    services: pl.DataFrame,
    penalties: pl.DataFrame,
    *,
    period: Period,
    due: DueDays,
) -> pl.DataFrame:
    """Return one bill for each account: due = opening + charged + penalty − paid.

    ``movements``: subject_id, reason, amount (debit positive), happened_on. Opening is
    what was imported at the start and all that happened before the month; paid is what
    was paid on its days (EXCHANGE 3). ``services``: service_id, service_kind.
    """
    first = period.first_day
    before = (pl.col("reason") == int(Reason.OPENING)) | (pl.col("happened_on") < first)
    within = ~before & (pl.col("happened_on") <= period.last_day)
    paid = pl.col("reason").is_in(PAID) & within
    forgiven = (pl.col("reason") == int(Reason.AMNESTY)) & within
    money = movements.group_by(pl.col("subject_id").alias("account_id")).agg(
        pl.when(before).then("amount").otherwise(0).sum().alias("opening"),
        -pl.when(paid).then("amount").otherwise(0).sum().alias("paid"),
        pl.when(forgiven).then("amount").otherwise(0).sum().alias("forgiven"),
    )
    levied = penalties.group_by("account_id").agg(pl.col("amount").sum().alias("levied"))
    charged = lines.group_by("account_id").agg(pl.col("amount").sum().alias("charged"))
    return (
        accounts.select("account_id", "number", "kind")
        .join(
            _due_days(accounts, lines, services, period, due),
            on="account_id",
            how="left",
            maintain_order="left",
        )
        .join(money, on="account_id", how="left", maintain_order="left")
        .join(charged, on="account_id", how="left", maintain_order="left")
        .join(levied, on="account_id", how="left", maintain_order="left")
        .with_columns(pl.col("opening", "paid", "forgiven", "charged", "levied").fill_null(0))
        .with_columns((pl.col("levied") + pl.col("forgiven")).alias("penalty"))
        .select(
            pl.lit(first).alias("period"),
            "account_id",
            pl.format("{}-{}", "number", pl.lit(f"{first:%y%m}")).alias("number"),
            "opening",
            "charged",
            "penalty",
            "paid",
            (pl.col("opening") + pl.col("charged") + pl.col("penalty") - pl.col("paid")).alias(
                "due"
            ),
            pl.col("due_by").fill_null(pl.lit(due.household(period))),
        )
    )


def _due_days(
    accounts: pl.DataFrame,
    lines: pl.DataFrame,
    services: pl.DataFrame,
    period: Period,
    due: DueDays,
) -> pl.DataFrame:
    """Return account_id and due_by of organisations: a bill is due with its last service."""
    organisations = accounts.filter(pl.col("kind") == "organisation").select(
        "account_id", "kind", "organisation_class", pl.lit(period.first_day).alias("month")
    )
    billed = lines.select("account_id", "service_id").unique()
    kinds = dict(services.select("service_id", "service_kind").iter_rows())
    bare = organisations.join(billed, on="account_id", how="anti")
    wanted = pl.concat(
        [
            organisations.join(billed, on="account_id"),
            # Without a line any service may be the one that is paid for.
            bare.join(services.select("service_id"), how="cross"),
        ]
    )
    return (
        with_due_days(wanted, kinds, due)
        .group_by("account_id")
        .agg(pl.col("usual").max().alias("due_by"))
    )
