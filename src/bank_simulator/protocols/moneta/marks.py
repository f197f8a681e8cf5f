"""Signatures: MD5 over values without separators, as the vendor has it (PROTOCOLS 5.2)."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST = (
    "MNT_ID", "MNT_TRANSACTION_ID", "MNT_AMOUNT", "MNT_CURRENCY_CODE", "MNT_SUBSCRIBER_ID",
    "MNT_TEST_MODE",
)  # fmt: skip
CALL = (
    "MNT_COMMAND", "MNT_ID", "MNT_TRANSACTION_ID", "MNT_OPERATION_ID", "MNT_AMOUNT",
    "MNT_CURRENCY_CODE", "MNT_SUBSCRIBER_ID", "MNT_TEST_MODE",
)  # fmt: skip
ANSWER = ("MNT_RESULT_CODE", "MNT_ID", "MNT_TRANSACTION_ID")


def mark(fields: Mapping[str, str], order: tuple[str, ...], code: str) -> str:
    """Return the signature of the fields, an absent one counting as empty."""
    glued = "".join(fields.get(name, "") for name in order) + code
    return md5(glued.encode(), usedforsecurity=False).hexdigest()


def signed(fields: Mapping[str, str], order: tuple[str, ...], code: str) -> dict[str, str]:
    """Return the fields with their signature."""
    return {**fields, "MNT_SIGNATURE": mark(fields, order, code)}
