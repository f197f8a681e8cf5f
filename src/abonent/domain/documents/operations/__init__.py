"""What the documents room does: sets data in type and keeps the result, takes orders and files."""

from abonent.domain.documents.operations.orders import advance_order, finish_order, place_order
from abonent.domain.documents.operations.render import blank_receipt, render, render_statement
from abonent.domain.documents.operations.uploads import (
    NotChecked,
    keep_uploads,
    read_upload,
    scan_uploads,
)

__all__ = [
    "NotChecked",
    "advance_order",
    "blank_receipt",
    "finish_order",
    "keep_uploads",
    "place_order",
    "read_upload",
    "render",
    "render_statement",
    "scan_uploads",
]
