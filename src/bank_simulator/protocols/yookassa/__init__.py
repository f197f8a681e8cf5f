"""YooKassa API v3 as a shop sees it (PROTOCOLS section 1)."""

from bank_simulator.protocols.yookassa.endpoints import YooKassa

__all__ = ["YooKassa"]
