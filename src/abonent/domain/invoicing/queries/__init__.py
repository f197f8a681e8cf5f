"""Reads of closing documents."""

from abonent.domain.invoicing.queries.papers import (
    PaperView,
    invariants,
    paper_file,
    papers_of,
    papers_of_month,
    waiting,
)

__all__ = [
    "PaperView",
    "invariants",
    "paper_file",
    "papers_of",
    "papers_of_month",
    "waiting",
]
