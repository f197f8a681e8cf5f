"""What may be ordered to happen to notifications on their way to the shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

FORGERIES = (
    "amount", "currency", "unknown_id", "foreign_shop", "test_flag", "status",
    "signature", "split",
)  # fmt: skip
"""Lies a notification can tell while the bank, asked directly, tells the truth.

Not every vendor's notification has room for every lie: then the order is refused. A lie is
signed as well as the vendor signs, as if the key had leaked; ``signature`` has a wrong one,
``split`` keeps a right one and moves a digit from one field to its neighbour.
"""


@dataclass(slots=True)
class Mischief:
    """Strikes the next ``count`` notifications that match.

    ``duplicate`` is the number of extra copies, ``delay`` is in virtual seconds, ``reorder``
    gathers so many notifications and sends them last one first, ``forge`` adds a lying copy,
    ``drop`` loses the true one for ever, ``to`` sends it to another address.
    """

    count: int = 1
    event: str = "*"
    payment: str = "*"
    duplicate: int = 0
    delay: float = 0
    reorder: int = 0
    forge: str = ""
    drop: bool = False
    to: str = ""
    gathered: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse an order that could never be carried out."""
        if self.forge and self.forge not in FORGERIES:
            message = f"forge is one of {', '.join(FORGERIES)}"
            raise ValueError(message)
        if self.count < 1 or self.duplicate < 0 or self.delay < 0:
            message = "count is at least 1, duplicate and delay are at least 0"
            raise ValueError(message)
        if self.reorder == 1 or self.reorder < 0:
            message = "reorder is the number of notifications to gather, at least 2"
            raise ValueError(message)
        if self.reorder:
            self.count = self.reorder

    def matches(self, *, event: str, payment: str) -> bool:
        """Tell whether it is meant for this notification; ``*`` matches anything."""
        return fnmatchcase(event, self.event) and fnmatchcase(payment, self.payment)
