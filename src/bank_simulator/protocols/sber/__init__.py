"""Sberbank's acquiring (the engine RBS) over REST, as a shop sees it (PROTOCOLS section 3)."""

from bank_simulator.protocols.sber.endpoints import Sber
from bank_simulator.protocols.sber.ways import SberWays

__all__ = ["Sber", "SberWays"]
