"""What a payment is for, and the names it goes by. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from abonent.common.periods import Period
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.rules.cards import AT_PAGE, Means, means_mark


class Kind(StrEnum):
    """Whether money came or went back (EXCHANGE payments.csv)."""

    PAYMENT = "payment"
    REFUND = "refund"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Purpose:
    """A sum for one account; kopecks. What is not named is left to the rules (RULES 3.3)."""

    account_id: int
    amount: int
    service_id: int = 0
    month: Period | None = None
    part: Part = Part.NONE


def intent_mark(purposes: Sequence[Purpose], means: Means = AT_PAGE) -> str:
    """Return what tells two uses of one form key apart."""
    by = means_mark(means)
    texts = sorted(
        f"{one.account_id}|{one.amount}|{one.service_id}|{one.month or ''}|{int(one.part)}"
        for one in purposes
    ) + ([by] if by else [])
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def payment_number(payment_id: int, created_at: datetime) -> str:
    """Return the number that people read out: «П-2026-1124-17»."""
    return f"П-{created_at:%Y-%m%d}-{payment_id}"


def provider_key(uuid: UUID) -> str:
    """Return the bank's idempotency key; derived from the row, never made at call time (R1)."""
    return f"pay-{uuid}"
