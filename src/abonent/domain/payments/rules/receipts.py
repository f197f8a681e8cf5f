"""Fiscal receipts under 54-ФЗ: lines, rates of VAT, what of them goes back (RULES 5.4). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

LONGEST_NAME = 128
# YooKassa's own service takes so many lines; others take more.
MOST_LINES = 80
_NEW_RATE_FROM = date(2026, 1, 1)
_NEW_RATE, _OLD_RATE = Decimal(22), Decimal(20)


class Subject(StrEnum):
    """What is paid (tag 1212)."""

    SERVICE = "service"
    PAYMENT = "payment"


class Mode(StrEnum):
    """How it is paid (tag 1214)."""

    FULL = "full_payment"
    ADVANCE = "advance"


class ReceiptState(StrEnum):
    """Where a receipt stands at the cash register."""

    PENDING = "pending"
    REGISTERED = "registered"
    FAILED = "failed"


RECEIPT_TEXTS = {
    ReceiptState.PENDING: "Чек готовится",
    ReceiptState.REGISTERED: "Чек выдан",
    ReceiptState.FAILED: "Чек не выдан, разбираемся",
}

# Tag 1199: the code of a rate, and of the same rate reckoned out of an advance.
_RATES = {22: 11, 20: 1, 10: 2, 7: 8, 5: 7, 0: 5}
_WITHIN = {22: 12, 20: 3, 10: 4, 7: 10, 5: 9}
NO_VAT = 6


@dataclass(frozen=True)
class ReceiptLine:
    """A line of a receipt: one piece for its sum in kopecks; ``vat`` is the code of tag 1199."""

    name: str
    amount: int
    vat: int
    subject: Subject = Subject.SERVICE
    mode: Mode = Mode.FULL


@dataclass(frozen=True)
class Receipt:
    """What the cash register is told. ``tax_system`` is a word of the policy."""

    email: str
    phone: str
    tax_system: str
    lines: tuple[ReceiptLine, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as it is stored."""
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Receipt":
        """Read a stored receipt."""
        lines = tuple(
            ReceiptLine(
                one["name"], one["amount"], one["vat"], Subject(one["subject"]), Mode(one["mode"])
            )
            for one in stored["lines"]
        )
        return cls(stored["email"], stored["phone"], stored["tax_system"], lines)


def vat_code(percent: Decimal | None, month: date) -> int:
    """Return the code of a service's rate; months before 2026 keep the rate of their time."""
    if percent == _NEW_RATE and month < _NEW_RATE_FROM:
        percent = _OLD_RATE
    return NO_VAT if percent is None else _RATES.get(int(percent), NO_VAT)


def advance_vat_code(percents: Sequence[Decimal | None]) -> int:
    """Return the code for money that nothing is charged for yet: the highest rate within it."""
    highest = max((int(one) for one in percents if one is not None), default=-1)
    return _WITHIN.get(highest, _RATES.get(highest, NO_VAT))


def whole_lines(lines: Sequence[ReceiptLine]) -> tuple[ReceiptLine, ...]:
    """Put equal lines together, and the smallest of too many; names fit the receipt."""
    sums: dict[ReceiptLine, int] = {}
    for line in lines:
        key = replace(line, name=line.name[:LONGEST_NAME], amount=0)
        sums[key] = sums.get(key, 0) + line.amount
    found = [replace(key, amount=amount) for key, amount in sums.items()]
    if len(found) <= MOST_LINES:
        return tuple(found)
    # Lines of one rate and mode are told apart only by their names.
    shortened = [replace(line, name="Коммунальные услуги") for line in found]
    return whole_lines(shortened)


def lines_given_back(
    lines: Sequence[ReceiptLine], *, before: int, amount: int
) -> tuple[ReceiptLine, ...]:
    """Return the lines of a refund's receipt: of what is left, the last ones first."""
    found = []
    skip, left = before, amount
    for line in reversed(lines):
        skipped = min(skip, line.amount)
        taken = min(left, line.amount - skipped)
        skip, left = skip - skipped, left - taken
        if taken:
            found.append(replace(line, amount=taken))
    return tuple(reversed(found))


VAT_TEXTS = {
    11: "НДС 22 %", 1: "НДС 20 %", 2: "НДС 10 %", 8: "НДС 7 %", 7: "НДС 5 %", 5: "НДС 0 %",
    12: "НДС 22/122", 3: "НДС 20/120", 4: "НДС 10/110", 10: "НДС 7/107", 9: "НДС 5/105",
    NO_VAT: "без НДС",
}  # fmt: skip

_STEPS = [timedelta(minutes=minutes) for minutes in (1, 3, 10, 30)] + [
    timedelta(hours=hours) for hours in range(1, 73)
]


def next_receipt_look(*, since: datetime, now: datetime) -> datetime | None:
    """Return when to ask about a receipt again, None when nobody will by himself."""
    return next((since + step for step in _STEPS if since + step > now), None)
