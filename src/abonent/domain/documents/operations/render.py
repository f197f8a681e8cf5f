"""Rendering a document once and keeping it."""

import hashlib
from datetime import datetime

from django.utils.crypto import salted_hmac

from abonent.common.periods import Period
from abonent.common.transactions import outermost
from abonent.domain.documents.models import Document
from abonent.domain.documents.operations.typeset import typeset
from abonent.domain.documents.queries import DocumentView, find_document
from abonent.domain.documents.rules import BillPaper, DocumentKind
from abonent.domain.documents.rules.code import authenticity_code
from abonent.domain.documents.rules.statement import (
    BlankPaper,
    StatementPaper,
    blank_words,
    statement_words,
)
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
    code = code_of(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    words = sheet(data, code)
    payload = data.qr if data.due > 0 else ""
    content = typeset("bill", words.plain(), qr=payload, made_at=data.published_at)
    row = Document(
        supplier_id=supplier_id,
        kind=kind,
        subject=subject,
        period=period.first_day,
        title=f"{words.title} {words.number}",
        amount=data.due,
        code=words.code,
        rendered_at=now,
    )
    return _kept(row, content)


def render_statement(
    *, supplier_id: int, subject: str, data: StatementPaper, now: datetime
) -> DocumentView:
    """Set the statement of an account in type and keep it, as ``render`` does with a bill.

    ``subject`` is ``account:<id>:<order>``: each order has a paper of its own.
    """
    kind, period = DocumentKind.STATEMENT, data.until
    kept = find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    if kept is not None:
        return kept
    code = code_of(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    content = typeset("statement", statement_words(data, code), qr="", made_at=data.made_at)
    row = Document(
        supplier_id=supplier_id,
        kind=kind,
        subject=subject,
        period=period.first_day,
        title=data.title,
        amount=data.closing,
        code=code,
        rendered_at=now,
    )
    return _kept(row, content)


def blank_receipt(*, data: BlankPaper) -> bytes:
    """Return the PDF of a receipt to be filled in by hand; it says nothing, so it is not kept."""
    return typeset("blank", blank_words(data), qr=data.qr, made_at=data.made_at)


def _kept(row: Document, content: bytes) -> DocumentView:
    """Store the file unless another request was quicker, and return what is stored."""
    row.sha256, row.size, row.content = hashlib.sha256(content).hexdigest(), len(content), content
    _keep(row)
    kept = find_document(
        supplier_id=row.supplier_id,
        kind=DocumentKind(row.kind),
        subject=row.subject,
        period=Period.of(row.period),
    )
    if kept is None:
        raise RuntimeError("The document was neither stored nor found.")
    return kept


def code_of(*, supplier_id: int, kind: DocumentKind, subject: str, period: Period) -> str:
    """Return the code by which a document of this identity is checked, before it is made."""
    identity = f"{supplier_id}/{kind}/{subject}/{period}"
    return authenticity_code(salted_hmac("abonent.documents", identity).digest())


@outermost
def _keep(row: Document) -> None:
    """Store the file unless another request was quicker."""
    Document.objects.bulk_create([row], ignore_conflicts=True)
