"""Penalties forgiven, and what a campaign would forgive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing import models
from abonent.domain.billing.queries.penalties import Chunk, count_of_accounts
from abonent.domain.billing.rules.amnesty import forgiven
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Book, Part

WRITE_OFFS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "debt_month": pl.Date,
    "written_off_on": pl.Date, "amount": pl.Int64, "basis": pl.String,
}  # fmt: skip
CHUNK = 24 * 1024


@dataclass(frozen=True)
class AmnestyView:
    """The terms of a campaign."""

    id: int
    supplier_id: int
    name: str
    pay_until: date
    counted_to: date


@dataclass(frozen=True)
class AmnestyPreview:
    """What a campaign would do now: accounts that met its terms, those that did not; kopecks."""

    accounts: int
    amount: int
    not_met: int


def amnesty_by_name(*, supplier_id: int, name: str) -> AmnestyView:
    """Return a campaign; refuses with NotFound when there is none of this name."""
    row = models.Amnesty.objects.filter(supplier_id=supplier_id, name=name).first()
    if row is None:
        text = f"Кампании «{name}» нет. Объявите её: abonent amnesty declare."
        raise NotFound(text)
    return AmnestyView(row.pk, supplier_id, row.name, row.pay_until, row.counted_to)


def amnesty_preview(*, supplier_id: int, name: str, today: date) -> AmnestyPreview:
    """Count what ``apply_amnesty`` would write off on a day; writes nothing."""
    campaign = amnesty_by_name(supplier_id=supplier_id, name=name)
    met, amount, asked = 0, 0, 0
    for first, last in accounts.chunk_borders(supplier_id=supplier_id, size=CHUNK):
        owing, rows = amnesty_chunk(campaign, first, last, today)
        met += rows["account_id"].n_unique()
        amount += int(rows["amount"].sum())
        asked += len(owing)
    return AmnestyPreview(accounts=met, amount=amount, not_met=asked - met)


def amnesty_chunk(
    campaign: AmnestyView, first_id: int, last_id: int, today: date
) -> tuple[list[int], pl.DataFrame]:
    """Return who owes penalties in a range, and what of them the campaign writes off.

    The frame: account_id, service_id, month, amount.
    """
    owed = ledger.balances_frame(
        supplier_id=campaign.supplier_id, first_id=first_id, last_id=last_id
    ).filter(
        (pl.col("book") == int(Book.RECEIVABLE))
        & (pl.col("part") == int(Part.PENALTY))
        & (pl.col("amount") > 0)
    )
    ids = owed["subject_id"].unique().sort().to_list()
    day = min(campaign.pay_until, today)
    found = count_of_accounts(Chunk(campaign.supplier_id, first_id, last_id, day), ids)
    rows = forgiven(
        owed.select(pl.col("subject_id").alias("account_id"), "service_id", "month", "amount"),
        found.pieces,
        found.sums,
        found.spans,
        counted_to=campaign.counted_to,
    )
    return ids, rows


def amnesties_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the terms of the supplier's campaigns, by name."""
    return read_frame(
        """SELECT name, pay_until, counted_to FROM billing_amnesty
            WHERE supplier_id = %(supplier)s ORDER BY name""",
        {"name": pl.String, "pay_until": pl.Date, "counted_to": pl.Date},
        {"supplier": supplier_id},
    )


def write_offs_register(
    *, supplier_id: int, account_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the penalties that were written off, of some accounts or of all."""
    return read_frame(
        f"""SELECT {", ".join(WRITE_OFFS)} FROM billing_penaltywriteoff
             WHERE supplier_id = %(supplier)s
               AND (%(ids)s::bigint[] IS NULL OR account_id = ANY(%(ids)s))
             ORDER BY account_id, service_id, debt_month, written_off_on, basis""",
        WRITE_OFFS,
        {"supplier": supplier_id, "ids": None if account_ids is None else list(account_ids)},
    )
