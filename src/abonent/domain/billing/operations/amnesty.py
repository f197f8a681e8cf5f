"""Campaigns that forgive penalties to those who pay their debts, and other write-offs."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from abonent.common.frames import copy_frame
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing import models
from abonent.domain.billing.operations.posting import ENTRY
from abonent.domain.billing.queries.forgiven import (
    CHUNK,
    WRITE_OFFS,
    AmnestyView,
    amnesty_by_name,
    amnesty_chunk,
    write_offs_register,
)
from abonent.domain.journal import operations as journal
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, Part, Reason

_KEY = ["account_id", "service_id", "debt_month", "written_off_on", "basis"]


class OtherTerms(Refusal):
    """A campaign of this name has other terms."""


@dataclass(frozen=True)
class Applied:
    """What one application wrote off; kopecks."""

    accounts: int
    amount: int


@outermost
def declare_amnesty(
    *, supplier_id: int, name: str, pay_until: date, counted_to: date, now: datetime
) -> AmnestyView:
    """Make a campaign known: pay the principal by a day, penalties counted to a day go.

    Declaring the same again changes nothing. Refuses with OtherTerms when the name has
    other terms: people have been promised them. Journalled.
    """
    row, new = models.Amnesty.objects.get_or_create(
        supplier_id=supplier_id,
        name=name,
        defaults={"pay_until": pay_until, "counted_to": counted_to, "declared_at": now},
    )
    if (row.pay_until, row.counted_to) != (pay_until, counted_to):
        text = f"Кампания «{name}» уже объявлена с другими днями. Назовите новую по-другому."
        raise OtherTerms(text)
    if new:
        journal.record(
            supplier_id=supplier_id,
            actor_id=None,
            action="amnesty_declared",
            subject=f"amnesty:{row.pk}",
            details={"name": name, "pay_until": str(pay_until), "counted_to": str(counted_to)},
            now=now,
        )
    return AmnestyView(row.pk, supplier_id, name, pay_until, counted_to)


def apply_amnesty(*, supplier_id: int, name: str, today: date, now: datetime) -> Applied:
    """Write off the penalties of everybody who has met the campaign's terms.

    Chunk by chunk, each in its own transaction; what is written off is no longer owed, so a
    repetition finds only what has been levied since. The next bill shows it as a lower
    penalty. Refuses with NotFound when there is no such campaign. Journalled by chunk.
    """
    campaign = amnesty_by_name(supplier_id=supplier_id, name=name)
    done = [
        _apply_chunk(campaign=campaign, first_id=first, last_id=last, today=today, now=now)
        for first, last in accounts.chunk_borders(supplier_id=supplier_id, size=CHUNK)
    ]
    return Applied(sum(one.accounts for one in done), sum(one.amount for one in done))


@outermost
def _apply_chunk(
    *, campaign: AmnestyView, first_id: int, last_id: int, today: date, now: datetime
) -> Applied:
    """Write off in one range of accounts; their money waits meanwhile."""
    ledger.hold_subjects(first_id=first_id, last_id=last_id)
    _, found = amnesty_chunk(campaign, first_id, last_id, today)
    rows = found.select(
        "account_id",
        "service_id",
        pl.col("month").alias("debt_month"),
        pl.lit(today).alias("written_off_on"),
        "amount",
        pl.lit(campaign.name).alias("basis"),
    )
    written = write_off_penalties(supplier_id=campaign.supplier_id, rows=rows, now=now)
    applied = Applied(written["account_id"].n_unique(), int(written["amount"].sum()))
    if applied.amount:
        journal.record(
            supplier_id=campaign.supplier_id,
            actor_id=None,
            action="amnesty_applied",
            subject=f"amnesty:{campaign.id}",
            details={"accounts": applied.accounts, "amount": applied.amount},
            now=now,
        )
    return applied


@requires_transaction
def write_off_penalties(*, supplier_id: int, rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Keep and post forgiven penalties; returns the rows that are new.

    ``rows``: the columns of WRITE_OFFS, amounts in kopecks. Debit write-off, credit the
    penalty. A write-off of the same debt, day and basis stands already and is left alone.
    """
    standing = write_offs_register(supplier_id=supplier_id)
    fresh = rows.select(list(WRITE_OFFS)).cast(pl.Schema(WRITE_OFFS)).join(
        standing, on=_KEY, how="anti"
    )  # fmt: skip
    if fresh.is_empty():
        return fresh
    marked = fresh.with_columns(pl.lit(supplier_id).alias("supplier_id"))
    copy_frame("billing_penaltywriteoff", marked)
    keyed = fresh.with_columns(
        pl.format(
            "write-off:{}:{}:{}:{}:{}", "written_off_on", "account_id", "service_id",
            pl.col("debt_month").dt.strftime("%Y-%m"), "basis",
        ).alias("key")
    )  # fmt: skip
    credit = keyed.select(
        "key",
        pl.lit(int(Book.RECEIVABLE), pl.Int16).alias("book"),
        pl.col("account_id").alias("subject_id"),
        "service_id",
        pl.col("debt_month").alias("month"),
        pl.lit(int(Part.PENALTY), pl.Int16).alias("part"),
        pl.lit("").alias("channel"),
        -pl.col("amount"),
    )
    debit = credit.with_columns(
        pl.lit(int(Book.WRITE_OFF), pl.Int16).alias("book"),
        pl.lit(0, pl.Int64).alias("subject_id"),
        pl.lit(None, pl.Date).alias("month"),
        -pl.col("amount"),
    )
    transfers = keyed.select(
        "key",
        pl.col("account_id").alias("subject_id"),
        pl.col("written_off_on").alias("happened_on"),
    )
    ledger.post_batch(
        supplier_id=supplier_id,
        reason=Reason.AMNESTY,
        transfers=transfers,
        entries=pl.concat([credit, debit]).select(ENTRY),
        now=now,
    )
    return fresh
