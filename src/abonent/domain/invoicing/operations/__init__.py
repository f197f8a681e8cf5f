"""What the room does: gives papers their numbers, makes their files."""

from abonent.domain.invoicing.operations.issue import (
    Issued,
    LeftOut,
    NoSeller,
    issue_documents,
)
from abonent.domain.invoicing.operations.opening import month_archive, open_paper
from abonent.domain.invoicing.operations.prepare import prepare_documents
from abonent.domain.invoicing.operations.reconcile import (
    AlreadyAnswered,
    NothingNamed,
    WrongDays,
    answer_reconciliation,
    order_reconciliation,
    reconciliation_pdf,
)

__all__ = [
    "AlreadyAnswered",
    "Issued",
    "LeftOut",
    "NoSeller",
    "NothingNamed",
    "WrongDays",
    "answer_reconciliation",
    "issue_documents",
    "month_archive",
    "open_paper",
    "order_reconciliation",
    "prepare_documents",
    "reconciliation_pdf",
]
