"""What the documents room does: sets data in type and keeps the result, takes orders and files."""

from abonent.domain.documents.operations.keeping import NewFile, keep_files
from abonent.domain.documents.operations.orders import advance_order, finish_order, place_order
from abonent.domain.documents.operations.render import (
    blank_receipt,
    code_of,
    render,
    render_statement,
)
from abonent.domain.documents.operations.typeset import typeset
from abonent.domain.documents.operations.uploads import (
    NotChecked,
    keep_uploads,
    read_upload,
    scan_uploads,
)

__all__ = [
    "NewFile",
    "NotChecked",
    "advance_order",
    "blank_receipt",
    "code_of",
    "finish_order",
    "keep_files",
    "keep_uploads",
    "place_order",
    "read_upload",
    "render",
    "render_statement",
    "scan_uploads",
    "typeset",
]
