"""What a carrier must offer."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """A message as a carrier needs it; ``html`` says what ``body`` says, if there is any."""

    id: int
    channel: str
    recipient: str
    subject: str
    body: str
    html: str = ""
    unsubscribe_url: str = ""
    attachments: tuple[Attachment, ...] = ()


class Attachments(Protocol):
    """Whoever keeps the files that letters carry."""

    def open(self, name: str) -> Attachment:
        """Return the kept file of this name, as it was given to ``enqueue_letter``."""
        ...


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
