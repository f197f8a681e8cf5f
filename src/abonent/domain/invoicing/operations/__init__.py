"""What the room does: gives papers their numbers, makes their files."""

from abonent.domain.invoicing.operations.issue import (
    Issued,
    LeftOut,
    NoSeller,
    issue_documents,
)
from abonent.domain.invoicing.operations.prepare import prepare_documents

__all__ = ["Issued", "LeftOut", "NoSeller", "issue_documents", "prepare_documents"]
