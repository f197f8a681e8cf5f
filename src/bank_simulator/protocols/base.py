"""What the simulator wants of a protocol; a new acquirer is one more class like this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bank_simulator.records import Event
    from bank_simulator.web import Answer, Request


@dataclass(frozen=True, slots=True)
class Message:
    """A notification ready for the wire: its body is posted as it is."""

    event: str
    body: str


class WireProtocol(Protocol):
    """One acquirer's way of talking."""

    name: str
    prefix: str
    """Requests whose path begins so belong to this protocol."""

    def answer(self, request: Request) -> Answer:
        """Answer a shop; every change is committed before this returns."""

    def message(self, event: Event) -> Message | None:
        """Return what the shop is told of the event, or nothing if the vendor keeps silent."""

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the message with one lie in it."""

    def accepts(self, status: int, body: bytes) -> bool:
        """Tell whether the shop's answer ends the deliveries."""
