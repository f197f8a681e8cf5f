"""From bills to the ledger, and from advances to debts."""

from datetime import date, datetime

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.common.transactions import requires_transaction
from abonent.domain.billing.queries.penalties import limits_of
from abonent.domain.billing.rules.allocation import allocate_advances
from abonent.domain.billing.rules.settlement import barred_on
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger import queries as ledger_queries
from abonent.domain.ledger.rules import Book, Part, Reason

SERVICE_SUMS = {"account_id": pl.Int64, "service_id": pl.Int64, "amount": pl.Int64}
ENTRY = ["key", "book", "subject_id", "service_id", "month", "part", "channel", "amount"]


@requires_transaction
def post_chunk(
    *, supplier_id: int, period: Period, first_id: int, last_id: int, now: datetime
) -> None:
    """Post a chunk's bills: debit receivable by service and month, credit revenue.

    The key ``bill:<month>:<account>`` makes a repetition harmless. Advances settle the
    new bills on the day they are posted (RULES 3.3, 5).
    """
    ledger.hold_subjects(first_id=first_id, last_id=last_id)
    lines = read_frame(
        """SELECT account_id, service_id, amount FROM billing_charge
            WHERE period = %(period)s AND supplier_id = %(supplier)s
              AND account_id BETWEEN %(first)s AND %(last)s""",
        SERVICE_SUMS,
        {"period": period.first_day, "supplier": supplier_id, "first": first_id, "last": last_id},
    )
    sums = (
        lines.group_by("account_id", "service_id")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)
        .sort("account_id", "service_id")
    )
    keyed = sums.with_columns(
        pl.format("bill:{}:{}", pl.lit(str(period)), "account_id").alias("key")
    )
    # What is given back is an advance: it settles other debts and the next bills.
    owed = pl.col("amount") > 0
    debit = keyed.select(
        "key",
        pl.when(owed).then(int(Book.RECEIVABLE)).otherwise(int(Book.ADVANCE))
        .cast(pl.Int16).alias("book"),
        pl.col("account_id").alias("subject_id"),
        pl.when(owed).then("service_id").otherwise(0).alias("service_id"),
        pl.when(owed).then(pl.lit(period.first_day)).alias("month"),
        pl.when(owed).then(int(Part.PRINCIPAL)).otherwise(int(Part.NONE))
        .cast(pl.Int16).alias("part"),
        pl.lit("").alias("channel"),
        "amount",
    )  # fmt: skip
    credit = keyed.select(
        "key",
        pl.lit(int(Book.REVENUE), pl.Int16).alias("book"),
        pl.lit(0, pl.Int64).alias("subject_id"),
        "service_id",
        pl.lit(None, pl.Date).alias("month"),
        pl.lit(int(Part.NONE), pl.Int16).alias("part"),
        pl.lit("").alias("channel"),
        -pl.col("amount"),
    )
    _post(supplier_id, Reason.CHARGE, period.last_day, pl.concat([debit, credit]), now)
    _post_penalties(supplier_id, period, (first_id, last_id), now)
    balances = ledger_queries.credited_frame(
        supplier_id=supplier_id, first_id=first_id, last_id=last_id
    )
    _post_allocation(supplier_id, balances, period.last_day, f"settle:{period}", now)


def _post_penalties(supplier_id: int, period: Period, span: tuple[int, int], now: datetime) -> None:
    """Post the arrears interest of the bills, by service and month of debt, once.

    Interest that now counts for less than was levied is a negative debit. It is dated as
    the bill is, whatever the day of calculation: the next bill's opening holds it.
    """
    levied = read_frame(
        """SELECT account_id, service_id, debt_month, amount FROM billing_penalty
            WHERE period = %(period)s AND supplier_id = %(supplier)s AND amount <> 0
              AND account_id BETWEEN %(first)s AND %(last)s ORDER BY 1, 2, 3""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "amount": pl.Int64},
        {"period": period.first_day, "supplier": supplier_id, "first": span[0], "last": span[1]},
    )
    if levied.is_empty():
        return
    debit = levied.select(
        pl.format("penalty:{}:{}", pl.lit(str(period)), "account_id").alias("key"),
        pl.lit(int(Book.RECEIVABLE), pl.Int16).alias("book"),
        pl.col("account_id").alias("subject_id"),
        "service_id",
        "month",
        pl.lit(int(Part.PENALTY), pl.Int16).alias("part"),
        pl.lit("").alias("channel"),
        "amount",
    )
    credit = debit.with_columns(
        pl.lit(int(Book.REVENUE), pl.Int16).alias("book"),
        pl.lit(0, pl.Int64).alias("subject_id"),
        pl.lit(None, pl.Date).alias("month"),
        -pl.col("amount"),
    )
    _post(supplier_id, Reason.PENALTY, period.last_day, pl.concat([debit, credit]), now)


@requires_transaction
def settle_advance(*, supplier_id: int, account_id: int, on: date, key: str, now: datetime) -> None:
    """Divide the account's advances between its debts; what the payer named comes first.

    ``key`` makes it happen once: a payment passes its own key. An account without debts has
    nothing to divide, and its money is there at once.
    """
    ledger.hold_subjects(first_id=account_id, last_id=account_id)
    balances = ledger_queries.credited_frame(
        supplier_id=supplier_id, first_id=account_id, last_id=account_id
    )
    if int(Book.RECEIVABLE) not in balances["book"]:
        return
    _post_allocation(supplier_id, balances, on, key, now)


def _post_allocation(
    supplier_id: int, balances: pl.DataFrame, on: date, key: str, now: datetime
) -> None:
    """Move advances to debts: debit advance, credit receivable; one transfer an account.

    It happens on the day ``on``, but not before the last of the account's money and debts.
    """
    known = balances.rename({"subject_id": "account_id"})
    days = known.group_by("account_id").agg(
        pl.max_horizontal(pl.col("last_on").max(), on).alias("on")
    )
    rows = _with_returned(supplier_id, known.drop("last_on"), days, key, now)
    advances = rows.filter(pl.col("book") == int(Book.ADVANCE)).select(
        "account_id",
        pl.col("service_id").alias("for_service"),
        pl.col("month").alias("for_month"),
        pl.col("part").alias("for_part"),
        (-pl.col("amount")).alias("money"),
    )
    debts = rows.filter((pl.col("book") == int(Book.RECEIVABLE)) & (pl.col("amount") > 0))
    if debts.is_empty() or advances.is_empty():
        return
    latest = max(days["on"], default=on)
    limits = limits_of(supplier_id=supplier_id, debts=debts, on=latest)
    paid = allocate_advances(debts, advances, barred_on(limits, days))
    if paid.is_empty():
        return
    keyed = paid.with_columns(pl.format("{}:{}", pl.lit(key), "account_id").alias("key"))
    code = ["service_id", "month", "part"]
    credit = _entries(keyed, Book.RECEIVABLE, code, -pl.col("paid"))
    debit = _entries(keyed, Book.ADVANCE, ["for_service", "for_month", "for_part"], pl.col("paid"))
    _post(supplier_id, Reason.ALLOCATION, days, pl.concat([debit, credit]), now)


def _with_returned(
    supplier_id: int, rows: pl.DataFrame, days: pl.DataFrame, key: str, now: datetime
) -> pl.DataFrame:
    """Make an advance of what was paid for a debt that has been lowered since."""
    over = rows.filter((pl.col("book") == int(Book.RECEIVABLE)) & (pl.col("amount") < 0))
    if over.is_empty():
        return rows
    keyed = over.with_columns(
        pl.format("{}:returned:{}", pl.lit(key), "account_id").alias("key"),
        pl.lit(0, pl.Int64).alias("no_service"),
        pl.lit(None, pl.Date).alias("no_month"),
        pl.lit(int(Part.NONE), pl.Int16).alias("no_part"),
    )
    none = ["no_service", "no_month", "no_part"]
    debit = _entries(keyed, Book.RECEIVABLE, ["service_id", "month", "part"], -pl.col("amount"))
    credit = _entries(keyed, Book.ADVANCE, none, pl.col("amount"))
    _post(supplier_id, Reason.ALLOCATION, days, pl.concat([debit, credit]), now)
    moved = credit.rename({"subject_id": "account_id"}).select(rows.columns)
    code = [name for name in rows.columns if name != "amount"]
    kept = rows.join(over, on=code, how="anti", nulls_equal=True)
    return pl.concat([kept, moved]).group_by(code, maintain_order=True).agg(pl.col("amount").sum())


def _entries(paid: pl.DataFrame, book: Book, code: list[str], amount: pl.Expr) -> pl.DataFrame:
    """Return the entries of one book, one for each code of an account."""
    service, month, part = code
    return (
        paid.select(
            "key",
            pl.lit(int(book), pl.Int16).alias("book"),
            pl.col("account_id").alias("subject_id"),
            pl.col(service).alias("service_id"),
            pl.col(month).alias("month"),
            pl.col(part).cast(pl.Int16).alias("part"),
            pl.lit("").alias("channel"),
            amount.alias("amount"),
        )
        .group_by(ENTRY[:-1], maintain_order=True)
        .agg(pl.col("amount").sum())
    )


def _post(
    supplier_id: int, reason: Reason, on: date | pl.DataFrame, entries: pl.DataFrame, now: datetime
) -> None:
    """Hand a batch to the ledger; the transfer belongs to the account of its first entry.

    ``on``: the day it happened, or account_id and on of each account.
    """
    own = entries.filter(pl.col("subject_id") > 0)
    transfers = own.group_by("key", maintain_order=True).agg(pl.col("subject_id").first())
    dated = (
        transfers.with_columns(pl.lit(on).alias("on"))
        if isinstance(on, date)
        else transfers.join(on, left_on="subject_id", right_on="account_id", maintain_order="left")
    )
    ledger.post_batch(
        supplier_id=supplier_id,
        reason=reason,
        transfers=dated.rename({"on": "happened_on"}),
        entries=entries.select(ENTRY),
        now=now,
    )
