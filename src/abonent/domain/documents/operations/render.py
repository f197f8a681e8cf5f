"""Rendering a document once and keeping it."""

import hashlib
from datetime import datetime

from django.utils.crypto import salted_hmac

from abonent.common.transactions import outermost
from abonent.domain.documents.models import Document
from abonent.domain.documents.operations.typeset import typeset
from abonent.domain.documents.queries import DocumentView, find_document
from abonent.domain.documents.rules import BillPaper, DocumentKind
from abonent.domain.documents.rules.code import authenticity_code
from abonent.domain.documents.rules.wording import sheet


def render(
    *, supplier_id: int, kind: DocumentKind, subject: str, data: BillPaper, now: datetime
) -> DocumentView:
    """Set the document in type and keep it; what is kept already is returned untouched.

    ``subject`` names what the document is about within its kind (for a bill
    ``account:<id>``); with the period of ``data`` it is the document's identity. The file
    carries the date of publication, so rendering the same data again gives the same bytes.
    The slow part runs outside a transaction: call it outside one.
    """
    period = data.period
    kept = find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    if kept is not None:
        return kept
    identity = f"{supplier_id}/{kind}/{subject}/{period}"
    words = sheet(data, authenticity_code(salted_hmac("abonent.documents", identity).digest()))
    payload = data.qr if data.due > 0 else ""
    content = typeset(words, qr=payload, made_at=data.published_at)
    row = Document(
        supplier_id=supplier_id,
        kind=kind,
        subject=subject,
        period=period.first_day,
        title=f"{words.title} {words.number}",
        amount=data.due,
        code=words.code,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        rendered_at=now,
    )
    _keep(row)
    kept = find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    if kept is None:
        raise RuntimeError("The document was neither stored nor found.")
    return kept


@outermost
def _keep(row: Document) -> None:
    """Store the file unless another request was quicker."""
    Document.objects.bulk_create([row], ignore_conflicts=True)
