"""Sberbank's acquiring (the engine RBS) over REST, as a shop sees it (PROTOCOLS section 3)."""

from bank_simulator.protocols.rbs.endpoints import Rbs
from bank_simulator.protocols.rbs.ways import RbsWays

__all__ = ["Rbs", "RbsWays"]
