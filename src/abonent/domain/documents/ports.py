"""What the room needs from outside: somebody who knows viruses."""

from typing import Protocol


class ScannerError(Exception):
    """The scanner could not be asked or gave no answer: nothing is known of the file."""


class Scanner(Protocol):
    """A scanner of viruses."""

    def is_clean(self, content: bytes) -> bool:
        """Tell whether nothing bad is known of these bytes; raises ScannerError without answer."""
