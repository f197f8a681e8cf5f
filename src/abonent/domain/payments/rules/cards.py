"""Bound cards: what one may pay, and how a payer says by what he pays. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID


class CardKind(StrEnum):
    """What a bound card pays: one kind for each card."""

    UTILITIES = "utilities"


CARD_KIND_NAMES = {CardKind.UTILITIES: "счета за услуги"}
# The bank's word for a payer who has taken his permission back (PROTOCOLS 1.5).
PERMISSION_REVOKED = "permission_revoked"


@dataclass(frozen=True)
class AtPage:
    """The payer pays at the bank's page; the card may be kept for the next time."""

    keeps_card: bool = False


@dataclass(frozen=True)
class ByCard:
    """A bound card pays, without a page."""

    card_uuid: UUID


@dataclass(frozen=True)
class ByAutopay:
    """A bound card pays because its turn has come."""

    card_uuid: UUID
    turn_id: int


Means = AtPage | ByCard | ByAutopay
AT_PAGE = AtPage()
# A try a minute after the first, then rarer; after a week a person must look.
_REMOVAL_STEPS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)] + [
    timedelta(hours=6)
] * 28


def means_mark(means: Means) -> str:
    """Return what tells two uses of one form key apart; empty for the plain page."""
    if isinstance(means, AtPage):
        return "keeps" if means.keeps_card else ""
    return str(means.card_uuid)


def is_expired(expires: date | None, today: date) -> bool:
    """Tell whether the card's last month is over; an unknown one never is."""
    return expires is not None and (expires.year, expires.month) < (today.year, today.month)


def paid_before(wanted: Collection[int], paid: Collection[int]) -> bool:
    """Tell whether none of the accounts would be paid for the first time (MISSION E3)."""
    return set(wanted) <= set(paid)


def next_removal_try(tries: int) -> timedelta | None:
    """Return how long to wait after so many tries to strike a card out; None: no more."""
    return _REMOVAL_STEPS[tries - 1] if tries <= len(_REMOVAL_STEPS) else None
