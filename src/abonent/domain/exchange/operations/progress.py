"""How an import or an export tells how far it is; the door decides how that looks."""

from typing import Protocol


class Progress(Protocol):
    """A listener; sizes are bytes of an import's file, rows of an export's."""

    def begin(self, file: str, size: int) -> None:
        """Hear that a file is begun."""

    def advance(self, size: int) -> None:
        """Hear that so much more of it is done."""

    def end(self, file: str, rows: int) -> None:
        """Hear that a file is done."""


class Silence:
    """Tells nobody."""

    def begin(self, file: str, size: int) -> None:
        """Do nothing."""

    def advance(self, size: int) -> None:
        """Do nothing."""

    def end(self, file: str, rows: int) -> None:
        """Do nothing."""
