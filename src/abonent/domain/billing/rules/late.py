"""Which accounts may owe arrears interest at all: the others are not looked at. Pure."""

from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.billing.rules.penalties import HOUSEHOLD, SCALES
from abonent.domain.ledger.rules import FOLDED, Reason

FREE_DAYS = {name: steps[0][0] - 1 for name, steps in SCALES.items()}
# Imported balances are posted long before: they have due days of their own.
FIRST_BILLS = date(1990, 1, 1)
_LEVIED = [int(Reason.PENALTY), int(Reason.AMNESTY)]
# What a closing has folded can be owed only from charges of its last month, or it is lasting.
_CHARGED = [int(Reason.CHARGE), FOLDED]


def late_accounts(
    movements: pl.DataFrame,
    openings: pl.DataFrame,
    scales: pl.DataFrame,
    as_of: date,
    due_days: DueDays,
) -> list[int]:
    """Return the accounts that were ever late beyond the free days, or were levied before.

    ``movements``: subject_id, reason, amount, happened_on, lasting; folded by a closing only for
    ordinary households without imported debts: what such a one owed longer than to the end
    of the next month (``lasting``) may have been late, nothing else can. ``openings``:
    account_id and the first due_on of its imported debts. ``scales``: account_id, scale of
    those that are not ordinary households. An account is late when what had fallen due
    exceeds what had been paid by then; debts of a month count from the earliest due day that
    it may have, so no debtor is missed, whatever he named when paying.
    """
    rows = (
        movements.rename({"subject_id": "account_id"})
        .join(scales.select("account_id", "scale"), on="account_id", how="left")
        .join(openings, on="account_id", how="left")
        .join(_due_days(movements, due_days), on="happened_on", how="left")
    )
    free = pl.col("scale").fill_null(HOUSEHOLD).replace_strict(FREE_DAYS, return_dtype=pl.Int64)
    owed = pl.col("amount") > 0
    charge = pl.col("reason").is_in(_CHARGED) & owed
    opening = (pl.col("reason") == int(Reason.OPENING)) & owed
    due = pl.when(charge).then("bill_due").when(opening).then("due_on")
    late = due + pl.duration(days=free)
    # On a day first the money, then what falls due with its end.
    events = rows.with_columns(
        pl.coalesce(late, "happened_on").alias("day"),
        (charge | opening).alias("debt"),
    ).filter((pl.col("day") < as_of) | ~pl.col("debt"))
    owing = pl.col("amount").cum_sum().over("account_id")
    overdue = events.sort("account_id", "day", "debt").filter(
        (owing > 0) & (pl.col("debt") | (pl.col("amount") > 0))
    )
    levied = rows.filter(pl.col("reason").is_in(_LEVIED) | pl.col("lasting"))
    found = pl.concat([overdue.select("account_id"), levied.select("account_id")])
    return found["account_id"].unique().sort().to_list()


def _due_days(movements: pl.DataFrame, due_days: DueDays) -> pl.DataFrame:
    """Return for each day of posting the earliest day on which its bill may be due."""
    days = movements["happened_on"].unique().to_list()
    posted = [day for day in days if day >= FIRST_BILLS]
    earliest = {month: due_days.earliest(month) for month in {Period.of(day) for day in posted}}
    return pl.DataFrame(
        [(day, earliest[Period.of(day)]) for day in posted],
        schema={"happened_on": pl.Date, "bill_due": pl.Date},
        orient="row",
    )
