"""What may become of a notice. Pure."""

from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """What became of a notice."""

    SETTLED = "settled"  # the payment is credited
    NOTED = "noted"  # the bank was asked and says that it is not paid
    REPEATED = "repeated"  # the payment was settled before
    STRANGER = "stranger"  # no payment of ours
    QUARANTINED = "quarantined"  # it contradicts our payment, or its signature is wrong
    UNREADABLE = "unreadable"


def found_number(text: str) -> UUID | None:
    """Read our own number from a notice; None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None
