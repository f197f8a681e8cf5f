"""Reads of closing documents."""

from abonent.domain.invoicing.queries.papers import (
    PaperView,
    find_paper,
    invariants,
    paper_file,
    papers_of,
    papers_of_month,
    waiting,
)
from abonent.domain.invoicing.queries.reconciliations import (
    ReconciliationView,
    discrepancies_in_words,
    find_reconciliation,
    reconciliations_of,
)

__all__ = [
    "PaperView",
    "ReconciliationView",
    "discrepancies_in_words",
    "find_paper",
    "find_reconciliation",
    "invariants",
    "paper_file",
    "papers_of",
    "papers_of_month",
    "reconciliations_of",
    "waiting",
]
