"""What the documents room does: sets data in type and keeps the result."""

from abonent.domain.documents.operations.render import render
from abonent.domain.documents.operations.uploads import (
    NotChecked,
    keep_uploads,
    read_upload,
    scan_uploads,
)

__all__ = ["NotChecked", "keep_uploads", "read_upload", "render", "scan_uploads"]
