"""Balances that a supplier brings with it (EXCHANGE balances.csv)."""

from datetime import date, datetime

import polars as pl

from abonent.common.frames import copy_frame, read_frame
from abonent.common.transactions import requires_transaction
from abonent.domain.billing.operations.posting import ENTRY
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, Part, Reason

# Imported balances are owed before anything that happens here.
BEFORE_ALL = date(1900, 1, 1)
KEYS = ["account_id", "service_id", "month", "part"]
DEBTS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "part": pl.Int16,
    "amount": pl.Int64, "due_on": pl.Date, "penalty_counted_to": pl.Date,
}  # fmt: skip


@requires_transaction
def load_opening_debts(*, supplier_id: int, rows: pl.DataFrame, now: datetime) -> int:
    """Keep and post imported balances; returns how many are new.

    ``rows``: account_id, service_id, month, part, amount (kopecks, negative = advance),
    due_on, penalty_counted_to. A balance that is already there must be equal: the caller
    refuses changed ones by ``opening_debts_frame``. Debit receivable, credit opening; an
    advance the other way round.
    """
    known = opening_debts_frame(supplier_id=supplier_id)
    fresh = (
        rows.select(list(DEBTS))
        .cast(pl.Schema(DEBTS))
        .join(known, on=KEYS, how="anti", nulls_equal=True)
    )
    if fresh.is_empty():
        return 0
    copy_frame("billing_openingdebt", fresh.with_columns(pl.lit(supplier_id).alias("supplier_id")))
    keyed = fresh.filter(pl.col("amount") != 0).with_columns(
        pl.format("opening:{}:{}:{}:{}", "account_id", "service_id",
                  pl.col("month").dt.strftime("%Y-%m"), "part").alias("key"),
    )  # fmt: skip
    owes = pl.col("amount") > 0
    own = keyed.select(
        "key",
        pl.when(owes)
        .then(int(Book.RECEIVABLE))
        .otherwise(int(Book.ADVANCE))
        .cast(pl.Int16)
        .alias("book"),
        pl.col("account_id").alias("subject_id"),
        pl.when(owes).then("service_id").otherwise(0).alias("service_id"),
        pl.when(owes).then("month").alias("month"),
        pl.when(owes).then("part").otherwise(int(Part.NONE)).cast(pl.Int16).alias("part"),
        pl.lit("").alias("channel"),
        "amount",
    )
    against = own.with_columns(
        pl.lit(int(Book.OPENING), pl.Int16).alias("book"),
        pl.lit(0, pl.Int64).alias("subject_id"),
        pl.lit(0, pl.Int64).alias("service_id"),
        pl.lit(None, pl.Date).alias("month"),
        pl.lit(int(Part.NONE), pl.Int16).alias("part"),
        -pl.col("amount"),
    )
    transfers = keyed.select(
        "key", pl.col("account_id").alias("subject_id"), pl.lit(BEFORE_ALL).alias("happened_on")
    )
    ledger.post_batch(
        supplier_id=supplier_id,
        reason=Reason.OPENING,
        transfers=transfers,
        entries=pl.concat([own, against]).select(ENTRY),
        now=now,
    )
    return fresh.height


def opening_debts_frame(*, supplier_id: int) -> pl.DataFrame:
    """Return the imported balances of a supplier."""
    return read_frame(
        """SELECT account_id, service_id, month, part, amount, due_on, penalty_counted_to
             FROM billing_openingdebt WHERE supplier_id = %(supplier)s
            ORDER BY account_id, service_id, month, part""",
        DEBTS,
        {"supplier": supplier_id},
    )
