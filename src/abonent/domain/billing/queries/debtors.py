"""Households whose overdue debt for a service allows a warning or more (PP 354 p. 114–119)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.billing import models
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import parameters
from abonent.domain.billing.queries.penalties import Chunk, count_of_accounts
from abonent.domain.billing.rules.debts import NORM_MONTHS, debt_stage, restrict_from
from abonent.domain.billing.rules.lines import Inputs, charge_lines
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import DebtStage
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.suppliers import queries as suppliers

CHUNK = 24 * 1024
KEY = ["account_id", "service_id"]


@dataclass(frozen=True)
class Debtor:
    """An overdue debt for one service; kopecks.

    ``limit``: two monthly payments by the norm, None when they cannot be counted (no norm or
    no price: named, never guessed). ``restrict_from``: the first day on which a restriction
    is allowed, known once a warning was delivered.
    """

    account_id: int
    account: str
    service_id: int
    service: str
    debt: int
    limit: int | None
    stage: DebtStage
    delivered_on: date | None

    @property
    def restrict_from(self) -> date | None:
        """Return the first day of a possible restriction, if the law knows one."""
        if self.delivered_on is None or self.stage == DebtStage.NEVER_RESTRICTED:
            return None
        return restrict_from(self.delivered_on)


NOTICES = {
    "account_id": pl.Int64, "service_id": pl.Int64, "delivered_on": pl.Date, "debt": pl.Int64,
    "limit": pl.Int64, "proof": pl.String, "closed_on": pl.Date,
}  # fmt: skip


def notices_register(*, supplier_id: int, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the delivered warnings of some accounts, closed ones too."""
    return read_frame(
        f"""SELECT {", ".join(f'"{name}"' for name in NOTICES)} FROM billing_debtnotice
             WHERE supplier_id = %(supplier)s AND account_id = ANY(%(ids)s)""",
        NOTICES,
        {"supplier": supplier_id, "ids": list(account_ids)},
    )


def debtors(*, supplier_id: int, today: date) -> Iterator[Debtor]:
    """Yield the debts above the limit and those whose limit is unknown, by account.

    The limit is counted by the run's own rule as if there were no meter, without raising
    coefficients. A debt is what is unpaid after its due day, by the days of the payments.
    """
    known = parameters(supplier_id=supplier_id, period=Period.of(today))
    for first, last in accounts.chunk_borders(supplier_id=supplier_id, size=CHUNK):
        chunk = Chunk(supplier_id, first, last, today)
        debts = overdue(chunk)
        if not debts.is_empty():
            yield from _told(chunk, debts, _limits(chunk, debts, known))


def overdue(chunk: Chunk) -> pl.DataFrame:
    """Return the overdue principal of households: account_id, service_id, debt."""
    owing = ledger.balances_frame(
        supplier_id=chunk.supplier_id, first_id=chunk.first_id, last_id=chunk.last_id
    ).filter(
        (pl.col("book") == int(Book.RECEIVABLE)) & (pl.col("part") == int(Part.PRINCIPAL))
    )  # fmt: skip
    others = accounts.consumers_frame(
        supplier_id=chunk.supplier_id, first_id=chunk.first_id, last_id=chunk.last_id
    ).filter(pl.col("kind") == "organisation")
    ids = set(owing["subject_id"]) - set(others["account_id"])
    pieces = count_of_accounts(chunk, sorted(ids)).pieces
    late = pieces.filter(pl.col("settled_on").is_null() & (pl.col("due_on") < chunk.as_of))
    return late.group_by(KEY).agg(pl.col("amount").sum().alias("debt")).sort(KEY)


def _limits(chunk: Chunk, debts: pl.DataFrame, known: Parameters) -> pl.DataFrame:
    """Return KEY, limit: the month by the norm, whatever the meters say."""
    given = inputs(
        supplier_id=chunk.supplier_id, first_id=chunk.first_id, last_id=chunk.last_id,
        parameters=known, only=debts["account_id"].unique().to_list(),
    )  # fmt: skip
    bare = Inputs(
        accounts=given.accounts,
        agreements=given.agreements.with_columns(pl.lit(value=False).alias("meter_possible")),
        intervals=given.intervals.clear(),
        missing=given.missing.clear(),
        houses=given.houses,
    )
    result = charge_lines(bare, known)
    whole = result.lines.join(result.problems.select(KEY).unique(), on=KEY, how="anti")
    return whole.group_by(KEY).agg((pl.col("amount").sum() * NORM_MONTHS).alias("limit"))


def _told(chunk: Chunk, debts: pl.DataFrame, limits: pl.DataFrame) -> Iterator[Debtor]:
    rows = debts.join(limits, on=KEY, how="left").filter(
        pl.col("limit").is_null() | (pl.col("debt") > pl.col("limit"))
    )
    ids = rows["account_id"].unique().to_list()
    numbers = account_numbers(supplier_id=chunk.supplier_id, account_ids=ids)
    services = {one.id: one for one in suppliers.services(supplier_id=chunk.supplier_id)}
    flats = accounts.flats_among(account_ids=ids)
    warned = {
        (row.account_id, row.service_id): row.delivered_on
        for row in models.DebtNotice.objects.filter(
            supplier_id=chunk.supplier_id, account_id__in=ids, closed_on=None
        )
    }
    for account_id, service_id, debt, limit in rows.sort(KEY).iter_rows():
        delivered_on = warned.get((account_id, service_id))
        yield Debtor(
            account_id=account_id,
            account=numbers[account_id],
            service_id=service_id,
            service=services[service_id].code,
            debt=debt,
            limit=limit,
            stage=debt_stage(
                service_kind=services[service_id].kind.value,
                is_flat=account_id in flats,
                limit=limit,
                delivered_on=delivered_on,
                today=chunk.as_of,
            ),
            delivered_on=delivered_on,
        )
