"""Reads of billing: statements, explanations, quotes, frames."""

from abonent.domain.billing.queries.changes import changes_json
from abonent.domain.billing.queries.checks import RunChecks, run_checks
from abonent.domain.billing.queries.frames import bills_frame, charges_frame
from abonent.domain.billing.queries.paper import bill_paper
from abonent.domain.billing.queries.quotes import Quote, quote_readings
from abonent.domain.billing.queries.runs import (
    invariants,
    left_out,
    left_out_count,
    published_through,
    run_progress,
)
from abonent.domain.billing.queries.statements import (
    BillView,
    NotPublished,
    Statement,
    bills_of,
    explanations,
    line_json,
    statement,
    statement_json,
)

__all__ = [
    "BillView",
    "NotPublished",
    "Quote",
    "RunChecks",
    "Statement",
    "bill_paper",
    "bills_frame",
    "bills_of",
    "changes_json",
    "charges_frame",
    "explanations",
    "invariants",
    "left_out",
    "left_out_count",
    "line_json",
    "published_through",
    "quote_readings",
    "run_checks",
    "run_progress",
    "statement",
    "statement_json",
]
