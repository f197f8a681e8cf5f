"""What a carrier must offer."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Parcel:
    """A message as a carrier needs it."""

    id: int
    channel: str
    recipient: str
    subject: str
    body: str


class CarrierError(Exception):
    """The carrier could not take the message now; it is tried again later."""


class Carrier(Protocol):
    """An outside system that delivers messages of some channels."""

    # A carrier that keeps messages for the built-in outbox page sends nothing anywhere.
    keeps_only: bool

    def takes(self, channel: str) -> bool:
        """Tell whether this carrier delivers the channel."""
        ...

    def send(self, parcel: Parcel) -> None:
        """Hand the message over; raises CarrierError when it must be tried again."""
        ...
