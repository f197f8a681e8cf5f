"""What a cash register gives for a receipt: numbers that depend on its owner alone."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers of a receipt that was given."""

    document: str
    storage: str
    sign: str
    provider: str


def given_for(identifier: str) -> Given:
    """Return the numbers of the receipt of an operation or a refund."""
    digits = str(int(sha256(identifier.encode()).hexdigest(), 16))
    return Given(digits[:6], "9288000100" + digits[6:12], digits[12:22], digits[22:58])
