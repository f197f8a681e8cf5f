"""MONETA Assistant and the part of its Merchant API that a shop needs (PROTOCOLS section 5)."""

from bank_simulator.protocols.moneta.endpoints import Moneta

__all__ = ["Moneta"]
