"""What money would pay if it came now: the lines of a fiscal receipt, before the money is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from abonent.common.money import Kopecks
from abonent.domain.billing.queries.penalties import limits_of
from abonent.domain.billing.rules.allocation import allocate_advances
from abonent.domain.billing.rules.settlement import barred_on
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Book, Part


@dataclass(frozen=True)
class Money:
    """Kopecks with what their payer named: 0, None and Part.NONE for what he did not."""

    amount: int
    service_id: int = 0
    month: date | None = None
    part: Part = Part.NONE


@dataclass(frozen=True)
class PaidLine:
    """What a part of the money pays; kopecks."""

    service_id: int
    month: date
    part: Part
    amount: Kopecks


_MONEY = {
    "account_id": pl.Int64, "for_service": pl.Int64, "for_month": pl.Date, "for_part": pl.Int16,
    "money": pl.Int64,
}  # fmt: skip


def foresee_allocation(
    *, supplier_id: int, account_id: int, money: Sequence[Money], on: date
) -> list[PaidLine]:
    """Divide money between the account's debts as ``settle_advance`` would on that day.

    What is left over would be an advance and is not in the result. No refusals.
    """
    rows = ledger.balances_frame(
        supplier_id=supplier_id, first_id=account_id, last_id=account_id
    ).rename({"subject_id": "account_id"})
    debts = rows.filter((pl.col("book") == int(Book.RECEIVABLE)) & (pl.col("amount") > 0)).drop(
        "last_on"
    )
    if debts.is_empty():
        return []
    named = pl.DataFrame(
        [(account_id, one.service_id, one.month, int(one.part), one.amount) for one in money],
        schema=_MONEY,
        orient="row",
    )
    # Equal purposes are one advance in the ledger.
    code = list(_MONEY)[:-1]
    advances = named.group_by(code, maintain_order=True).agg(pl.col("money").sum())
    days = pl.DataFrame({"account_id": [account_id], "on": [on]})
    limits = limits_of(supplier_id=supplier_id, debts=debts, on=on)
    paid = allocate_advances(debts, advances, barred_on(limits, days))
    whole = paid.group_by("service_id", "month", "part", maintain_order=True).agg(
        pl.col("paid").sum()
    )
    return [
        PaidLine(service_id, month, Part(part), Kopecks(amount))
        for service_id, month, part, amount in whole.sort("month", "service_id", "part").iter_rows()
    ]
