"""Double entry: words, codes, and the check that a transfer balances. Pure.

An amount is a whole number of kopecks; a debit is positive, a credit negative, so a
balanced transfer sums to zero.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum


class Book(IntEnum):
    """The kind of a ledger account, the first word of its code."""

    RECEIVABLE = 1
    ADVANCE = 2
    REVENUE = 3
    CLEARING = 4
    OPENING = 5
    SUSPENSE = 6
    WRITE_OFF = 7


class Part(IntEnum):
    """What a debt consists of (EXCHANGE balances.csv)."""

    NONE = 0
    PRINCIPAL = 1
    PENALTY = 2
    COSTS = 3


class Reason(IntEnum):
    """Why money moved between ledger accounts."""

    OPENING = 1
    CHARGE = 2
    PENALTY = 3
    PAYMENT = 4
    ALLOCATION = 5
    REFUND = 6
    CANCEL = 7
    WRITE_OFF = 8
    REVERSAL = 9
    AMNESTY = 10


# Stands for a reason where a closing has folded the movements of many days into one.
FOLDED = 0


@dataclass(frozen=True, order=True)
class LedgerCode:
    """The code of a ledger account; the ledger knows its parts only as numbers.

    ``subject_id`` is a personal account, 0 for the supplier's own accounts;
    ``channel`` names the clearing account's counterpart (yookassa, bank, ...).
    """

    book: Book
    subject_id: int = 0
    service_id: int = 0
    month: date | None = None
    part: Part = Part.NONE
    channel: str = ""

    def __str__(self) -> str:
        parts = [self.book.name.lower(), self.subject_id or "", self.service_id or ""]
        tail = [self.month.strftime("%Y-%m") if self.month else ""]
        tail.append(self.part.name.lower() if self.part else "")
        return ":".join(str(part) for part in [*parts, *tail, self.channel] if part != "")


@dataclass(frozen=True)
class EntryLine:
    """One side of a transfer: debit positive, credit negative, in kopecks."""

    code: LedgerCode
    amount: int


def check_balanced(lines: Iterable[EntryLine]) -> None:
    """Raise ValueError unless debits equal credits and no line is zero."""
    amounts = [line.amount for line in lines]
    if not amounts or sum(amounts) != 0 or 0 in amounts:
        raise ValueError(amounts)


def line_text(line: EntryLine) -> str:
    """Write a line so that no two different lines read the same."""
    code = line.code
    month = code.month.isoformat() if code.month else ""
    parts = (int(code.book), code.subject_id, code.service_id, month, int(code.part), code.channel)
    return "|".join(str(part) for part in (*parts, line.amount))


def fingerprint_of_body(reason: Reason, happened_on: date, body: str) -> str:
    """Return the fingerprint of a transfer whose sorted lines are already written out."""
    text = f"{int(reason)} {happened_on.isoformat()}\n{body}"
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(reason: Reason, happened_on: date, lines: Iterable[EntryLine]) -> str:
    """Return what tells two uses of one key apart: the inputs of the transfer."""
    body = "\n".join(sorted(line_text(line) for line in lines))
    return fingerprint_of_body(reason, happened_on, body)
