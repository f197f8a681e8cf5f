"""Reads of the ledger: balances and movements, one account or a range of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Sum

from abonent.common.frames import read_frame
from abonent.common.money import Kopecks
from abonent.domain.ledger.models import Entry
from abonent.domain.ledger.queries.chain import ChainHead, chain_head
from abonent.domain.ledger.queries.closing import (
    ALL_BALANCES,
    ALL_MOVEMENTS,
    BALANCES_AFTER,
    MOVEMENTS_AFTER,
    RANGE,
    credited,
    latest_closing,
    of_some,
    of_subjects,
)
from abonent.domain.ledger.queries.invariants import invariants
from abonent.domain.ledger.rules import Book, Part, Reason

_FACTS = """
SELECT subject_id, book, service_id, month, part, reason, happened_on, sum(amount)::bigint
FROM ledger_entry
WHERE supplier_id = %(supplier)s AND subject_id = ANY(%(subjects)s) AND subject_id > 0
  AND book IN (1, 2) AND reason <> 5
GROUP BY subject_id, book, service_id, month, part, reason, happened_on
HAVING sum(amount) <> 0
ORDER BY subject_id, happened_on, book, service_id, month, part, reason
"""
_CLEARING = """
SELECT t.supplier_id, t.key, e.channel, sum(e.amount)::bigint
FROM ledger_transfer t JOIN ledger_entry e ON e.transfer_id = t.id
WHERE e.book = 4 AND (%(supplier)s::bigint IS NULL OR t.supplier_id = %(supplier)s)
GROUP BY t.supplier_id, t.key, e.channel
"""
_OF_SUBJECT = """
WITH moved AS (
     SELECT transfer_id, happened_on, reason, amount,
            CASE WHEN reason IN (1, 2, 3, 8, 10) THEN service_id ELSE 0 END AS service_id,
            CASE WHEN reason IN (1, 2, 3, 8, 10) THEN month END AS month,
            CASE WHEN reason IN (1, 2, 3, 8, 10) THEN part ELSE 0 END AS part
       FROM ledger_entry
      WHERE supplier_id = %(supplier)s AND subject_id = %(subject)s AND book IN (1, 2)
        AND reason <> 5 AND happened_on BETWEEN %(since)s AND %(until)s)
SELECT m.happened_on, m.reason, m.service_id, m.month, m.part, sum(m.amount)::bigint,
       coalesce((SELECT max(c.channel) FROM ledger_entry c
                  WHERE c.transfer_id = m.transfer_id AND c.book = 4), ''),
       (SELECT t.key FROM ledger_transfer t WHERE t.id = m.transfer_id)
  FROM moved m
 GROUP BY m.transfer_id, m.happened_on, m.reason, m.service_id, m.month, m.part
HAVING sum(m.amount) <> 0
 ORDER BY m.happened_on, m.transfer_id, m.month, m.service_id, m.part
"""
_SUSPENSE = """
SELECT supplier_id, channel, -sum(amount)::bigint FROM ledger_entry
WHERE book = 6 AND (%(supplier)s::bigint IS NULL OR supplier_id = %(supplier)s)
GROUP BY supplier_id, channel HAVING sum(amount) <> 0
"""
_TRIAL = """
SELECT supplier_id, book, sum(amount) FILTER (WHERE amount > 0)::bigint,
       -sum(amount) FILTER (WHERE amount < 0)::bigint, sum(amount)::bigint
FROM ledger_entry WHERE %(supplier)s::bigint IS NULL OR supplier_id = %(supplier)s
GROUP BY supplier_id, book ORDER BY supplier_id, book
"""
__all__ = [
    "BalanceLine", "ChainHead", "Movement", "TrialLine", "balances", "balances_frame",
    "balances_of_subjects", "chain_head", "clearing_frame", "credited_frame", "facts_frame",
    "invariants", "movements_frame", "movements_of", "movements_of_subjects", "subject_total",
    "subject_total_before", "suspense_frame", "trial_balance",
]  # fmt: skip
STANDING = {
    "subject_id": pl.Int64, "book": pl.Int16, "service_id": pl.Int64, "month": pl.Date,
    "part": pl.Int16, "amount": pl.Int64, "last_on": pl.Date,
}  # fmt: skip
MOVED = {
    "subject_id": pl.Int64, "reason": pl.Int16, "amount": pl.Int64, "happened_on": pl.Date,
    "lasting": pl.Boolean,
}  # fmt: skip
_OURS = (Book.RECEIVABLE, Book.ADVANCE)


@dataclass(frozen=True)
class BalanceLine:
    """What stands on one ledger account of a subject; kopecks, positive = owed to us."""

    book: Book
    service_id: int
    month: date | None
    part: Part
    amount: Kopecks


@dataclass(frozen=True)
class TrialLine:
    """A line of the trial balance: what was debited and credited in a book of a supplier."""

    supplier_id: int
    book: Book
    debit: Kopecks
    credit: Kopecks
    balance: Kopecks


def balances(*, supplier_id: int, subject_id: int, before: date | None = None) -> list[BalanceLine]:
    """Return the ledger accounts of a personal account that are not zero.

    ``before`` counts only what happened before that day; None counts everything.
    """
    rows = Entry.objects.filter(supplier_id=supplier_id, subject_id=subject_id)
    if before is not None:
        rows = rows.filter(happened_on__lt=before)
    grouped = (
        rows.values("book", "service_id", "month", "part")
        .annotate(total=Sum("amount"))
        .exclude(total=0)
        .order_by("book", "service_id", "month", "part")
    )
    return [_line(row) for row in grouped]


def balances_of_subjects(
    *, supplier_id: int, subject_ids: Sequence[int]
) -> dict[int, list[BalanceLine]]:
    """Return the ledger accounts that are not zero of several personal accounts at once.

    One statement; a subject with nothing on it is not in the result.
    """
    grouped = (
        Entry.objects.filter(supplier_id=supplier_id, subject_id__in=subject_ids)
        .values("subject_id", "book", "service_id", "month", "part")
        .annotate(total=Sum("amount"))
        .exclude(total=0)
        .order_by("subject_id", "book", "service_id", "month", "part")
    )
    found: dict[int, list[BalanceLine]] = {}
    for row in grouped:
        found.setdefault(row["subject_id"], []).append(_line(row))
    return found


def _line(row: Mapping[str, Any]) -> BalanceLine:
    return BalanceLine(
        book=Book(row["book"]),
        service_id=row["service_id"],
        month=row["month"],
        part=Part(row["part"]),
        amount=Kopecks(int(row["total"])),
    )


def balances_frame(*, supplier_id: int, first_id: int, last_id: int) -> pl.DataFrame:
    """Return the ledger accounts that are not zero for a range of accounts (STANDING).

    ``last_on``: the last day on which something happened there, since it was last closed at
    zero. Reads the newest closing and the entries after it.
    """
    statement, values = _standing(supplier_id, first_id, last_id)
    return read_frame(statement, STANDING, values)


def credited_frame(*, supplier_id: int, first_id: int, last_id: int) -> pl.DataFrame:
    """Return what ``balances_frame`` does, of those who have an advance or overpaid."""
    statement, values = _standing(supplier_id, first_id, last_id)
    return read_frame(credited(statement), STANDING, values)


def _standing(supplier_id: int, first_id: int, last_id: int) -> tuple[str, dict[str, Any]]:
    values = _range(supplier_id, first_id, last_id)
    closing = latest_closing(supplier_id=supplier_id)
    if closing is None:
        return ALL_BALANCES, values
    statement = of_subjects(BALANCES_AFTER, first_id, last_id)
    return statement, {**values, "closing": closing.id, "through": closing.through_id}


def movements_frame(
    *, supplier_id: int, first_id: int, last_id: int, before: date, fold: date | None = None
) -> pl.DataFrame:
    """Return what moved a range of accounts' debts and advances, by reason and day (MOVED).

    Sums of the books receivable and advance together: an allocation of an advance to a
    debt cancels itself out and is left out. ``fold``: the first day whose movements are
    wanted singly. What a closing holds of the days before may then come as one row of the
    reason FOLDED, dated the last day of a month; ``lasting`` tells that some of it was owed
    longer than to the end of the month after it arose, or rose otherwise than by a charge.
    """
    values = {**_range(supplier_id, first_id, last_id), "before": before}
    closing = latest_closing(supplier_id=supplier_id, by=fold) if fold else None
    if closing is None:
        return read_frame(ALL_MOVEMENTS.format(subjects=RANGE), MOVED, values)
    statement = of_subjects(MOVEMENTS_AFTER, first_id, last_id)
    return read_frame(
        statement, MOVED, {**values, "closing": closing.id, "through": closing.through_id}
    )


def movements_of_subjects(
    *, supplier_id: int, subject_ids: Sequence[int], before: date
) -> pl.DataFrame:
    """Return what moved the debts and advances of some accounts, every day singly (MOVED)."""
    given = {"supplier": supplier_id, "subjects": list(subject_ids), "before": before}
    return read_frame(of_some(ALL_MOVEMENTS), MOVED, given)


def facts_frame(*, supplier_id: int, subject_ids: Sequence[int]) -> pl.DataFrame:
    """Return the dated facts of some personal accounts: debts that arose, money that came.

    Everything on receivable and advance but the allocations between them: those follow
    from the facts, whatever the order in which the facts became known.
    """
    schema = {
        "subject_id": pl.Int64, "book": pl.Int16, "service_id": pl.Int64, "month": pl.Date,
        "part": pl.Int16, "reason": pl.Int16, "happened_on": pl.Date, "amount": pl.Int64,
    }  # fmt: skip
    given = {"supplier": supplier_id, "subjects": list(subject_ids)}
    return read_frame(_FACTS, schema, given)


@dataclass(frozen=True)
class Movement:
    """What a transfer did to an account on a day; kopecks, above zero = owed to us.

    ``channel`` names the way by which money came, ``key`` the transfer; month, service and
    part are those of a debt, empty where several are moved at once.
    """

    happened_on: date
    reason: Reason
    service_id: int
    month: date | None
    part: Part
    amount: Kopecks
    channel: str
    key: str


def movements_of(*, supplier_id: int, subject_id: int, since: date, until: date) -> list[Movement]:
    """Return what moved an account's debt in these days, the earliest first.

    Charges by service and month, money by transfer; divisions of an advance between debts
    are left out: they move nothing. One statement.
    """
    given: dict[str, Any] = {
        "supplier": supplier_id, "subject": subject_id, "since": since, "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OF_SUBJECT, given)
        return [
            Movement(on, Reason(reason), service, month, Part(part), Kopecks(amount), channel, key)
            for on, reason, service, month, part, amount, channel, key in cursor.fetchall()
        ]


def subject_total_before(*, supplier_id: int, subject_id: int, day: date) -> Kopecks:
    """Return what an account owed as the day began; negative when it was in advance."""
    rows = Entry.objects.filter(
        supplier_id=supplier_id,
        subject_id=subject_id,
        book__in=[int(book) for book in _OURS],
        happened_on__lt=day,
    )
    return Kopecks(int(rows.aggregate(total=Sum("amount"))["total"] or 0))


def clearing_frame(*, supplier_id: int | None = None) -> pl.DataFrame:
    """Return what each transfer moved on the clearing accounts, for proofs against their causes."""
    schema = {
        "supplier_id": pl.Int64,
        "key": pl.String,
        "channel": pl.String,
        "amount": pl.Int64,
    }
    return read_frame(_CLEARING, schema, {"supplier": supplier_id})


def suspense_frame(*, supplier_id: int | None = None) -> pl.DataFrame:
    """Return what lies in suspense, by supplier and channel; kopecks, positive = unmatched."""
    schema = {"supplier_id": pl.Int64, "channel": pl.String, "amount": pl.Int64}
    return read_frame(_SUSPENSE, schema, {"supplier": supplier_id})


def trial_balance(*, supplier_id: int | None = None) -> list[TrialLine]:
    """Return the turnover and the balance of every book, by supplier; balances sum to zero."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, {"supplier": supplier_id})
        return [
            TrialLine(
                supplier, Book(book), Kopecks(debit or 0), Kopecks(credit or 0), Kopecks(sums)
            )
            for supplier, book, debit, credit, sums in cursor.fetchall()
        ]


def subject_total(*, supplier_id: int, subject_id: int) -> Kopecks:
    """Return what a personal account owes in kopecks; negative when it is in advance."""
    rows = Entry.objects.filter(
        supplier_id=supplier_id, subject_id=subject_id, book__in=[int(book) for book in _OURS]
    )
    return Kopecks(int(rows.aggregate(total=Sum("amount"))["total"] or 0))


def _range(supplier_id: int, first_id: int, last_id: int) -> dict[str, Any]:
    return {"supplier": supplier_id, "first": first_id, "last": last_id}
