"""The published contract of the exchange bundle as a table, and its checks. Pure."""

from abonent.domain.exchange.rules.files import BY_NAME, IN_ORDER
from abonent.domain.exchange.rules.words import BatchState, ImportMode

__all__ = ["BY_NAME", "IN_ORDER", "BatchState", "ImportMode"]
