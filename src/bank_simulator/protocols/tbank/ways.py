"""Where the vendor's own texts contradict each other, the bank can be set up either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class TBankWays:
    """The readings of the vendor's texts; the defaults are the likelier ones."""

    same_order: Literal["refused", "twin"] = "refused"
    """A second ``Init`` of an order number: code 20, or one more payment under it."""

    tries: int = 3
    """Cards a page takes; with 1 the first ``REJECTED`` is the end."""

    repeats: Literal["month", "day"] = "month"
    """Notifications: hourly for a day and then daily for a month, or hourly for a day."""

    charges: bool = True
    """``Charge`` works; it is off until the bank has allowed it to the shop (code 10)."""
