"""The nouns of the bank, common to all protocols: shop, card, operation, refund, event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bank_simulator.clock import from_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

Json = dict[str, object]
"""A JSON object, as it comes from the wire or goes to it."""

CONFIRMATION_EXPIRED = "expired_on_confirmation"
"""The only end after which a late success is still possible (see ``Bank.pay_late``)."""


class BankRefusal(Exception):
    """The bank will not do it. ``word`` tells the protocol why, ``text`` tells a person."""

    def __init__(self, word: str, text: str) -> None:
        super().__init__(text)
        self.word = word
        self.text = text


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant known to the bank; ``webhook_url`` is empty when it wants no notifications."""

    id: str
    secret: str
    webhook_url: str = ""

    @classmethod
    def parse(cls, text: str) -> Shop:
        """Read ``ID:SECRET`` or ``ID:SECRET:WEBHOOK_URL`` as the command line gives it."""
        parts = text.split(":", 2)
        if len(parts) == 1 or not parts[0] or not parts[1]:
            # The text holds a secret, so the message does not repeat it.
            message = "A shop is written ID:SECRET or ID:SECRET:WEBHOOK_URL."
            raise ValueError(message)
        return cls(*parts)


class State(StrEnum):
    """Where an operation stands; held is money blocked on the card in a two-step payment."""

    PENDING = "pending"
    HELD = "held"
    CAPTURED = "captured"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be remembered of a card."""

    first6: str
    last4: str
    month: str
    year: str
    system: str

    def columns(self) -> dict[str, str]:
        """Return the card as columns of a table."""
        return {
            "card_first6": self.first6,
            "card_last4": self.last4,
            "card_month": self.month,
            "card_year": self.year,
            "card_system": self.system,
        }

    @classmethod
    def of(cls, row: sqlite3.Row) -> Card:
        """Read the card from a row that has its columns."""
        return cls(
            first6=row["card_first6"],
            last4=row["card_last4"],
            month=row["card_month"],
            year=row["card_year"],
            system=row["card_system"],
        )


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card that a shop may charge by its ``token``, kept under the shop's name of the payer."""

    seq: int
    token: str
    keeper: str
    refusal: str
    card: Card


def _moment(text: str | None) -> Any:
    return from_text(text) if text else None


@dataclass(frozen=True, slots=True)
class NewOperation:
    """What a shop asks for; ``details`` is what its protocol wants to find again.

    Of the details the bank itself reads ``number`` (the shop's own, to look up by), ``tries``
    (how many refused cards end the operation), ``fail_url`` (where a payer goes who did
    not pay) and ``keeper`` (the name under which a card is kept). ``identifier`` is drawn when
    the protocol gives none.
    """

    protocol: str
    shop: str
    amount: int
    currency: str
    steps: int
    title: str
    payee: str
    return_url: str
    keeps_card: bool
    forces_code: bool
    details: Json
    life: timedelta = timedelta(hours=1)
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One payment as the bank sees it. Amounts are kopecks."""

    seq: int
    id: str
    protocol: str
    shop: str
    state: State
    amount: int
    currency: str
    steps: int
    title: str
    payee: str
    return_url: str
    keeps_card: bool
    forces_code: bool
    created_at: datetime
    confirm_until: datetime
    pay_late_at: datetime | None
    hold_until: datetime | None
    captured_at: datetime | None
    fee: int
    cancelled_at: datetime | None
    cancel_party: str
    cancel_reason: str
    card: Card | None
    method: str
    rrn: str
    auth_code: str
    code_asked: bool
    details: Json

    @classmethod
    def of(cls, row: sqlite3.Row) -> Operation:
        """Read the operation from its row."""
        moments = ("pay_late_at", "hold_until", "captured_at", "cancelled_at")
        same = (
            "seq", "id", "protocol", "shop", "amount", "currency", "steps", "title", "payee",
            "return_url", "fee", "cancel_party", "cancel_reason", "method", "rrn", "auth_code",
        )  # fmt: skip
        return cls(
            state=State(row["state"]),
            keeps_card=bool(row["keeps_card"]),
            forces_code=bool(row["forces_code"]),
            code_asked=bool(row["code_asked"]),
            created_at=from_text(row["created_at"]),
            confirm_until=from_text(row["confirm_until"]),
            card=Card.of(row) if row["card_last4"] else None,
            details=json.loads(row["details"]),
            **{name: row[name] for name in same},
            **{name: _moment(row[name]) for name in moments},
        )

    @property
    def number(self) -> str:
        """Return the shop's own number of the order."""
        return str(self.details.get("number", ""))

    @property
    def tries(self) -> int:
        """Return how many refused cards end the operation."""
        return int(str(self.details.get("tries", 1)))

    @property
    def way_back(self) -> str:
        """Return where the payer goes now: some shops have another address for a failure."""
        paid = self.state in {State.HELD, State.CAPTURED}
        return self.return_url if paid else str(self.details.get("fail_url") or self.return_url)


@dataclass(frozen=True, slots=True)
class Traces:
    """What a payer has left behind: the page opened, a code asked for, cards refused."""

    visited: bool
    asked_code: bool
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. ``refusal`` is known inside the bank before it is settled."""

    seq: int
    id: str
    operation: str
    shop: str
    state: RefundState
    amount: int
    currency: str
    created_at: datetime
    settle_at: datetime
    refusal: str
    details: Json

    @classmethod
    def of(cls, row: sqlite3.Row) -> Refund:
        """Read the refund from its row."""
        same = ("seq", "id", "operation", "shop", "amount", "currency", "refusal")
        return cls(
            state=RefundState(row["state"]),
            created_at=from_text(row["created_at"]),
            settle_at=from_text(row["settle_at"]),
            details=json.loads(row["details"]),
            **{name: row[name] for name in same},
        )


class EventKind(StrEnum):
    """What can happen to an operation or a refund."""

    HELD = "held"
    CAPTURED = "captured"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    REFUND_CANCELLED = "refund_cancelled"
    FISCALISED = "fiscalised"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, told inside the transaction in which it happened."""

    kind: EventKind
    operation: Operation
    refund: Refund | None
    at: datetime
