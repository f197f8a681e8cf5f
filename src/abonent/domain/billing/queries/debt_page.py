"""How a debt arose: by service and month, its penalties by the day, what would make it less."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing import models
from abonent.domain.billing.queries.outlook import NOTHING, PenaltyOutlook, penalty_outlook
from abonent.domain.billing.queries.penalties import Counted, count_of_account
from abonent.domain.billing.rules.amnesty import forgiven
from abonent.domain.billing.rules.levy import SpanView, span_views
from abonent.domain.billing.rules.penalties import as_one_line
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.queries import BalanceLine
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView

_OWED = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "amount": pl.Int64}


@dataclass(frozen=True)
class DebtLine:
    """What is owed for one service and month; kopecks.

    ``due_on`` is the first day by which a part of it had to be paid, None when nothing of the
    principal is left. ``spans`` are all days of delay counted so far, paid parts included.
    """

    service_name: str
    month: Period
    principal: int
    penalty: int
    due_on: date | None
    spans: tuple[SpanView, ...]


@dataclass(frozen=True)
class AmnestyOffer:
    """A campaign as it stands for one account: pay so much by a day, so much is forgiven."""

    name: str
    pay_until: date
    counted_to: date
    to_pay: int
    forgiven: int


@dataclass(frozen=True)
class InstalmentPart:
    """A part of a debt that is agreed to be paid by a day of its own."""

    service_name: str
    month: Period
    due_on: date
    amount: int


@dataclass(frozen=True)
class DebtPage:
    """A debt with everything that explains it; the oldest month first."""

    lines: tuple[DebtLine, ...]
    outlook: PenaltyOutlook
    offers: tuple[AmnestyOffer, ...]
    instalments: tuple[InstalmentPart, ...]

    @property
    def principal(self) -> int:
        """Return what is owed without penalties."""
        return sum(line.principal for line in self.lines)

    @property
    def penalty(self) -> int:
        """Return the penalties that bills have levied and that are not paid."""
        return sum(line.penalty for line in self.lines)


def debt_page(*, supplier_id: int, account_id: int, today: date) -> DebtPage:
    """Return how the debt of an account arose and what a campaign would take off it.

    Days are counted by the rule that the bills use. A constant number of statements.
    """
    services = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    owed = [
        one
        for one in ledger.balances(supplier_id=supplier_id, subject_id=account_id)
        if one.book == Book.RECEIVABLE and one.amount > 0 and one.month
    ]
    parts = _instalments(supplier_id, account_id, services)
    if not owed:
        return DebtPage((), NOTHING, (), parts)
    found = count_of_account(supplier_id=supplier_id, account_id=account_id, as_of=today)
    return DebtPage(
        lines=_lines(owed, found, services),
        outlook=penalty_outlook(supplier_id=supplier_id, account_id=account_id, today=today),
        offers=_offers(supplier_id, account_id, owed, found, today),
        instalments=parts,
    )


def _lines(
    owed: list[BalanceLine], found: Counted, services: Mapping[int, ServiceView]
) -> tuple[DebtLine, ...]:
    """Put principal and penalty of each service and month side by side, with their days."""
    sums: dict[tuple[date, int], dict[bool, int]] = {}
    for one in owed:
        if one.month is not None:
            place = sums.setdefault((one.month, one.service_id), {True: 0, False: 0})
            place[one.part == Part.PENALTY] += one.amount
    unpaid = found.pieces.filter(pl.col("settled_on").is_null())
    known = as_one_line(found.spans.filter(pl.col("rate").is_not_null()))
    return tuple(
        DebtLine(
            service_name=services[service].name,
            month=Period.of(month),
            principal=both[False],
            penalty=both[True],
            due_on=_of(unpaid, service, month)["due_on"].min() if both[False] else None,  # type: ignore[arg-type]  # a column of days
            spans=span_views(_of(known, service, month).sort("from_on", "due_on")),
        )
        for (month, service), both in sorted(sums.items())
    )


def _of(frame: pl.DataFrame, service_id: int, month: date) -> pl.DataFrame:
    return frame.filter((pl.col("service_id") == service_id) & (pl.col("month") == month))


def _offers(
    supplier_id: int, account_id: int, owed: list[BalanceLine], found: Counted, today: date
) -> tuple[AmnestyOffer, ...]:
    """Reckon each living campaign as if the principal were paid today, by its own rule."""
    rows = [
        (account_id, one.service_id, one.month, int(one.amount))
        for one in owed
        if one.part == Part.PENALTY
    ]
    penalties = pl.DataFrame(rows, schema=_OWED, orient="row")
    paid = found.pieces.with_columns(pl.col("settled_on").fill_null(today))
    unpaid = found.pieces.filter(pl.col("settled_on").is_null())
    offers = []
    campaigns = models.Amnesty.objects.filter(supplier_id=supplier_id, pay_until__gte=today)
    for one in campaigns.order_by("pay_until", "name"):
        gone = forgiven(penalties, paid, found.sums, found.spans, counted_to=one.counted_to)
        asked = unpaid.filter(pl.col("due_on") <= one.counted_to)
        offer = AmnestyOffer(
            name=one.name,
            pay_until=one.pay_until,
            counted_to=one.counted_to,
            to_pay=int(asked["amount"].sum()),
            forgiven=int(gone["amount"].sum()),
        )
        if offer.forgiven:
            offers.append(offer)
    return tuple(offers)


def _instalments(
    supplier_id: int, account_id: int, services: Mapping[int, ServiceView]
) -> tuple[InstalmentPart, ...]:
    rows = models.Instalment.objects.filter(supplier_id=supplier_id, account_id=account_id)
    return tuple(
        InstalmentPart(services[row.service_id].name, Period.of(row.month), row.due_on, row.amount)
        for row in rows.order_by("due_on", "service_id", "month")
    )
