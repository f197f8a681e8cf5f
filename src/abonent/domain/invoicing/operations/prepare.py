"""Making the files of given papers: PDF for people, XML for the tax service."""

from collections.abc import Sequence
from datetime import datetime

from abonent.common.crash import crash_point
from abonent.common.periods import Period
from abonent.common.transactions import outermost
from abonent.domain.documents import operations as documents
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.invoicing.models import ClosingDocument
from abonent.domain.invoicing.rules import PDF_KINDS, XML_KINDS, Paper, thawed
from abonent.domain.invoicing.rules.papers import subject_of
from abonent.domain.invoicing.rules.upd import upd_xml
from abonent.domain.invoicing.rules.wording import form_of
from abonent.domain.suppliers import queries as suppliers

BATCH = 20  # papers: about half a second of one processor


@outermost
def prepare_documents(
    *, supplier_id: int, period: Period, now: datetime, account_ids: Sequence[int] | None = None
) -> int:
    """Make and keep the files of the next papers of a month that have none; returns how many.

    Zero when nothing waits. Papers that another process has in its hands are passed over, so
    several may work at once; a kill loses the batch in hand, which the next call makes anew,
    the same to the byte. ``account_ids`` narrows it to some accounts. No refusals.
    """
    rows = ClosingDocument.objects.select_for_update(skip_locked=True).filter(
        supplier_id=supplier_id, period=period.first_day, prepared_at=None
    )
    if account_ids is not None:
        rows = rows.filter(account_id__in=account_ids)
    taken = list(rows.order_by("pk")[:BATCH])
    cabinet = suppliers.cabinet_url(suppliers.supplier_by_id(supplier_id))
    files = [file for row in taken for file in _files(row, cabinet)]
    documents.keep_files(supplier_id=supplier_id, files=files, now=now)
    crash_point("invoicing.kept")
    ClosingDocument.objects.filter(pk__in=[row.pk for row in taken]).update(prepared_at=now)
    return len(taken)


def _files(row: ClosingDocument, cabinet: str) -> list[documents.NewFile]:
    """Return the files of a paper, made of its frozen content alone."""
    paper = thawed(row.content)
    subject = subject_of(row.pk)
    kind = PDF_KINDS[paper.kind]
    code = documents.code_of(
        supplier_id=row.supplier_id, kind=kind, subject=subject, period=paper.period
    )
    form = form_of(paper, code=code, check_url=f"{cabinet}/documents/{code}/")
    qr = paper.settlement.qr if paper.settlement else ""
    pdf = documents.typeset("form", form.plain(), qr=qr, made_at=paper.issued_at)
    made = [_file(paper, kind, subject, pdf)]
    if paper.kind in XML_KINDS:
        made.append(_file(paper, XML_KINDS[paper.kind], subject, upd_xml(paper)))
    return made


def _file(paper: Paper, kind: DocumentKind, subject: str, content: bytes) -> documents.NewFile:
    return documents.NewFile(
        kind=kind,
        subject=subject,
        period=paper.period,
        title=paper.title,
        amount=paper.amount,
        content=content,
    )
