"""All choices that would be random at a bank: here the seed decides them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from bank_simulator.store import Store


class Dice:
    """The n-th draw for a purpose depends on the seed, the purpose and n, and on nothing else.

    The counts are kept in the file together with what they decided, so a draw that was
    rolled back is drawn again and a restarted bank goes on where it stopped.
    """

    def __init__(self, store: Store, *, seed: int) -> None:
        self._store = store
        self.seed = seed

    def draw(self, purpose: str) -> bytes:
        """Return the next 32 bytes for the purpose; needs an open transaction."""
        number = self._store.count_draw(purpose)
        return sha256(f"{self.seed}/{purpose}/{number}".encode()).digest()

    def identifier(self, purpose: str) -> str:
        """Return a 36-character identifier of the shape the vendor uses."""
        return str(UUID(bytes=self.draw(purpose)[:16], version=4))

    def digits(self, purpose: str, *, count: int) -> str:
        """Return so many decimal digits, zeros in front included."""
        number = int.from_bytes(self.draw(purpose)[:16], "big")
        return str(number % 10**count).rjust(count, "0")
