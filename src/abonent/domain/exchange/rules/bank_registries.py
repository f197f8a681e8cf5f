"""What a registry of a bank or an agent says, and what becomes of its rows. Pure.

A registry is the day's last word about a channel: it prevails over what was told online.
Sums are kopecks; a negative one is a reversal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from abonent.common.money import format_kopecks

# A bank's clock may be a day ahead of ours (TRUST R13).
CLOCK_AHEAD = timedelta(days=1)


class RegistryState(StrEnum):
    """Where a registry stands."""

    LOADING = "loading"
    LOADED = "loaded"
    QUARANTINED = "quarantined"


class RowOutcome(StrEnum):
    """What became of a row."""

    WAITING = ""
    MATCHED = "matched"  # told online before
    ADDED = "added"  # credited by the registry
    ATTRIBUTED = "attributed"  # it told whose the money in suspense is
    CORRECTED = "corrected"  # told online otherwise: the registry prevails
    UNMATCHED = "unmatched"  # nobody's number: in suspense
    REVERSED = "reversed"
    SETTLES = "settles"  # the bank pays out another registry
    DISPUTED = "disputed"  # staff must look
    MISSING = "missing"  # told online, not in the registry: never reversed by a machine


OUTCOME_TEXTS = {
    RowOutcome.MATCHED: "уже зачислено",
    RowOutcome.ADDED: "зачислено по реестру",
    RowOutcome.ATTRIBUTED: "найден лицевой счёт",
    RowOutcome.CORRECTED: "исправлено по реестру",
    RowOutcome.UNMATCHED: "неопознанные поступления",
    RowOutcome.REVERSED: "отменено",
    RowOutcome.SETTLES: "перечисления банка по реестрам",
    RowOutcome.DISPUTED: "спорные, посмотрите",
    RowOutcome.MISSING: "у нас есть, в реестре нет",
}


@dataclass(frozen=True)
class RegistryLine:
    """One payment of a registry. ``number`` is "" where the format has none."""

    line: int
    number: str
    account: str
    amount: int
    paid_on: date
    # The identifier of a bill (ИПД) or anything else that begins with a unified account.
    document: str = ""
    # Of a bank statement: who paid, and the number of the payment order.
    payer_inn: str = ""
    order: str = ""


@dataclass(frozen=True)
class RegistryFile:
    """A registry as it was read; totals are those that the file itself states."""

    lines: tuple[RegistryLine, ...]
    count: int | None = None
    total: int | None = None
    net: int | None = None
    fee: int | None = None
    order: str = ""
    # What the file states and its lines deny, in Russian.
    problems: tuple[str, ...] = ()


def contradictions(file: RegistryFile, *, today: date) -> list[str]:
    """Name every total of a registry that its lines deny; nothing is posted then."""
    found = list(file.problems)
    found += [f"строка {one.line}: сумма 0" for one in file.lines if one.amount == 0]
    found += [
        f"строка {one.line}: день {one.paid_on:%d.%m.%Y} ещё не настал"
        for one in file.lines
        if one.paid_on > today + CLOCK_AHEAD
    ]
    total = sum(one.amount for one in file.lines)
    if not file.lines:
        found.append("в файле нет ни одной строки с платежом")
    if file.count is not None and file.count != len(file.lines):
        found.append(f"в итоге {file.count} строк, в файле {len(file.lines)}")
    if file.total is not None and file.total != total:
        found.append(f"в итоге {format_kopecks(file.total)}, в строках {format_kopecks(total)}")
    if file.net is not None and file.fee is not None and file.net + file.fee != total:
        stated = format_kopecks(file.net + file.fee)
        found.append(f"перечислено и комиссия {stated}, в строках {format_kopecks(total)}")
    return found + _twice(file.lines)


def _twice(lines: Sequence[RegistryLine]) -> list[str]:
    """Name the operations that a registry lists twice with one sign."""
    seen: set[tuple[str, bool]] = set()
    found = []
    for one in lines:
        key = (one.number, one.amount < 0)
        if one.number and key in seen:
            found.append(f"строка {one.line}: операция {one.number} уже была в файле")
        seen.add(key)
    return found
