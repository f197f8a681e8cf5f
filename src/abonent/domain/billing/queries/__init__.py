"""Reads of billing: statements, explanations, quotes, frames."""

from abonent.domain.billing.queries.frames import bills_frame, charges_frame
from abonent.domain.billing.queries.runs import (
    invariants,
    left_out,
    published_through,
    run_progress,
)
from abonent.domain.billing.queries.statements import (
    BillView,
    NotPublished,
    Statement,
    bills_of,
    explanations,
    statement,
    statement_json,
)

__all__ = [
    "BillView",
    "NotPublished",
    "Statement",
    "bills_frame",
    "bills_of",
    "charges_frame",
    "explanations",
    "invariants",
    "left_out",
    "published_through",
    "run_progress",
    "statement",
    "statement_json",
]
