"""What the documents room does: sets data in type and keeps the result."""

from abonent.domain.documents.operations.render import render

__all__ = ["render"]
