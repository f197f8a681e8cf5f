"""What the simulator wants of a protocol; a new acquirer is one more class like these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from bank_simulator.records import Event
    from bank_simulator.sender import Outgoing
    from bank_simulator.web import Answer, Request


@dataclass(frozen=True, slots=True)
class Message:
    """A notification ready for the wire: its body is sent as it is."""

    event: str
    body: str


class WireProtocol(Protocol):
    """One acquirer's way of talking."""

    name: str
    prefixes: tuple[str, ...]
    """Requests whose path begins so belong to this protocol."""
    tells_at_once: bool
    """Whether the shop hears of a payment before its payer is sent back."""
    after_create: Callable[[str], None]
    """Called with the identifier of a new operation, after the commit, before the answer."""

    def answer(self, request: Request) -> Answer:
        """Answer a shop; every change is committed before this returns."""

    def message(self, event: Event) -> Message | None:
        """Return what the shop is told of the event, or nothing if the vendor keeps silent."""

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the message with one lie in it."""

    def outgoing(self, url: str, body: str) -> Outgoing:
        """Return how the notification travels to the shop's address."""

    def accepts(self, status: int, body: bytes) -> bool:
        """Tell whether the shop's answer ends the deliveries."""

    def pause(self, attempts: int, lived: timedelta) -> timedelta | None:
        """Return how long to wait after so many failed attempts, nothing to give up.

        ``lived`` is the age of the notification at its last attempt.
        """
