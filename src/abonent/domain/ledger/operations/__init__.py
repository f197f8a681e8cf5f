"""Verbs of the ledger: one door with two widths, and the way to correct a mistake."""

from abonent.domain.ledger.operations.batch import post_batch
from abonent.domain.ledger.operations.closing import close_days
from abonent.domain.ledger.operations.sealing import seal_ledger
from abonent.domain.ledger.operations.single import (
    KeyReused,
    Posted,
    hold_subjects,
    post,
    reverse,
)

__all__ = [
    "KeyReused", "Posted", "close_days", "hold_subjects", "post", "post_batch", "reverse",
    "seal_ledger",
]  # fmt: skip
