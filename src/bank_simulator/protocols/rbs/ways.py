"""What the engine leaves to the shop's settings, or to chance: the bank can be set up so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class RbsWays:
    """Settings of a shop at the engine; the defaults are what most shops have."""

    notices_by: Literal["GET", "POST"] = "GET"
    signs_notices: bool = True
    """With the shop's own secret as the key; a kind without a checksum exists too."""

    refund_lag: timedelta = timedelta()
    """How long ``refundedAmount`` keeps silent about a refund that has been done."""
