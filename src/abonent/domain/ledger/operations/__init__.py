"""Verbs of the ledger: one door with two widths, and the way to correct a mistake."""

from abonent.domain.ledger.operations.batch import post_batch
from abonent.domain.ledger.operations.single import KeyReused, Posted, post, reverse

__all__ = ["KeyReused", "Posted", "post", "post_batch", "reverse"]
