"""Reads of kept documents and sent files; the content only when it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.documents.models import Document, DocumentOrder, Upload
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.documents.rules.code import normal_code
from abonent.domain.documents.rules.uploads import CONTENT_TYPES, UploadKind, UploadState

NO_DOCUMENT = "Такого документа нет. Проверьте адрес или выберите документ из списка."
NO_CODE = "Документа с таким кодом нет. Проверьте код на бумаге: три группы по четыре знака."


@dataclass(frozen=True)
class DocumentView:
    """A kept document without its content; ``amount`` is in kopecks, ``size`` in bytes."""

    id: int
    kind: DocumentKind
    subject: str
    period: Period
    title: str
    amount: int
    code: str
    sha256: str
    size: int
    rendered_at: datetime


@dataclass(frozen=True)
class DocumentFile:
    """A kept document with its content."""

    view: DocumentView
    content: bytes


@dataclass(frozen=True)
class UploadView:
    """A file that a person sent; ``size`` in bytes."""

    id: int
    uuid: UUID
    name: str
    kind: UploadKind
    size: int
    state: UploadState
    kept_at: datetime

    @property
    def content_type(self) -> str:
        """Return what a browser is told of the file."""
        return CONTENT_TYPES[self.kind]


@dataclass(frozen=True)
class OrderView:
    """An ordered paper: how many months of how many are gathered, the paper once it is there."""

    id: UUID
    supplier_id: int
    kind: DocumentKind
    subject: str
    since: Period
    until: Period
    user_id: int
    ordered_at: datetime
    done: int
    total: int
    document_id: int | None


def order_view(*, order_id: UUID) -> OrderView:
    """Return an order, whoever asks; refuses with NotFound when there is none."""
    row = DocumentOrder.objects.filter(pk=order_id).first()
    if row is None:
        raise NotFound(NO_DOCUMENT)
    return _order(row)


def orders_of(*, supplier_id: int, subject: str, limit: int = 10) -> list[OrderView]:
    """Return the newest orders about a subject."""
    rows = DocumentOrder.objects.filter(supplier_id=supplier_id, subject=subject)
    return [_order(row) for row in rows.order_by("-ordered_at")[:limit]]


def _order(row: DocumentOrder) -> OrderView:
    return OrderView(
        id=row.id,
        supplier_id=row.supplier_id,
        kind=DocumentKind(row.kind),
        subject=row.subject,
        since=Period.of(row.since),
        until=Period.of(row.until),
        user_id=row.user_id,
        ordered_at=row.ordered_at,
        done=row.done,
        total=row.total,
        document_id=row.document_id,
    )


def find_document(
    *, supplier_id: int, kind: DocumentKind, subject: str, period: Period
) -> DocumentView | None:
    """Return the kept document of this identity, or None."""
    row = _of(supplier_id, kind, subject).filter(period=period.first_day).defer("content").first()
    return _view(row) if row else None


def documents_of(*, supplier_id: int, kind: DocumentKind, subject: str) -> list[DocumentView]:
    """Return the kept documents about a subject, the newest period first."""
    rows = _of(supplier_id, kind, subject).defer("content").order_by("-period")
    return [_view(row) for row in rows]


def open_document(
    *, supplier_id: int, kind: DocumentKind, subject: str, period: Period
) -> DocumentFile:
    """Return the kept document with its content; refuses with NotFound when there is none."""
    row = _of(supplier_id, kind, subject).filter(period=period.first_day).first()
    if row is None:
        raise NotFound(NO_DOCUMENT)
    return DocumentFile(_view(row), bytes(row.content))


def document_by_id(document_id: int) -> DocumentFile:
    """Return the kept document with its content; refuses with NotFound when there is none."""
    row = Document.objects.filter(pk=document_id).first()
    if row is None:
        raise NotFound(NO_DOCUMENT)
    return DocumentFile(_view(row), bytes(row.content))


def check_document(*, supplier_id: int, code: str) -> DocumentView:
    """Return the document that carries this code; refuses with NotFound when none does."""
    rows = Document.objects.filter(supplier_id=supplier_id, code=normal_code(code))
    row = rows.defer("content").first()
    if row is None:
        raise NotFound(NO_CODE, field="code")
    return _view(row)


def upload_views(upload_ids: Iterable[int]) -> dict[int, UploadView]:
    """Return the sent files of these identifiers. One statement."""
    return {
        row.pk: UploadView(
            id=row.pk,
            uuid=row.uuid,
            name=row.name,
            kind=UploadKind(row.kind),
            size=row.size,
            state=UploadState(row.state),
            kept_at=row.kept_at,
        )
        for row in Upload.objects.filter(pk__in=list(upload_ids))
    }


def _of(supplier_id: int, kind: DocumentKind, subject: str) -> QuerySet[Document]:
    """Return the documents of one kind about one subject."""
    return Document.objects.filter(supplier_id=supplier_id, kind=kind, subject=subject)


def _view(row: Document) -> DocumentView:
    """Turn a row into what other rooms may know."""
    return DocumentView(
        id=row.pk,
        kind=DocumentKind(row.kind),
        subject=row.subject,
        period=Period.of(row.period),
        title=row.title,
        amount=row.amount,
        code=row.code,
        sha256=row.sha256,
        size=row.size,
        rendered_at=row.rendered_at,
    )
