"""By which contract a line of a bill was charged. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from abonent.domain.billing.rules.explanation import LineView


@dataclass(frozen=True)
class ContractRow:
    """A row of a contract in force in the month, for one service of an account."""

    agreement_id: int
    service: str
    number: str
    valid_from: date | None


def contract_of(
    line: LineView, contracts: Sequence[ContractRow], of_meters: Mapping[str, str]
) -> str:
    """Return the number of the line's contract, empty when there is none with a number.

    The only contract of its service; else the one whose price it has, whose meter it counts
    (``of_meters``: serial → number); else the first with a number.
    """
    mine = [row for row in contracts if row.service == line.service]
    numbers = list(dict.fromkeys(row.number for row in mine))
    if len(numbers) < 2:  # noqa: PLR2004  (two are a choice)
        return numbers[0] if numbers else ""
    basis = json.loads(line.basis or "{}")
    # The price of a contract is kept under the agreement's identifier, negative.
    priced = [row.number for row in mine if row.agreement_id == -int(basis.get("rate", 0))]
    serials = [one["s"] for one in basis.get("readings", [])]
    metered = [of_meters[serial] for serial in serials if of_meters.get(serial) in numbers]
    return next(iter([*priced, *metered, *sorted(filter(None, numbers))]), "")


def signed_on(contracts: Sequence[ContractRow], number: str) -> date | None:
    """Return the first day of a contract by its rows, None when none tells it."""
    days = [row.valid_from for row in contracts if row.number == number and row.valid_from]
    return min(days) if days else None
