"""The published contract of the exchange bundle as a table, and its checks. Pure."""

from abonent.domain.exchange.rules.words import BatchState

__all__ = ["BatchState"]
