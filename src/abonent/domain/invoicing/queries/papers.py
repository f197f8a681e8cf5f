"""Reads of given papers: lists for pages and commands, files for whoever may have them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from abonent.common.invariants import Invariant, measure
from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.documents import queries as kept
from abonent.domain.documents.queries import DocumentFile
from abonent.domain.invoicing.models import ClosingDocument
from abonent.domain.invoicing.rules import PDF_KINDS, TITLES, XML_KINDS, FileFormat, PaperKind
from abonent.domain.invoicing.rules.papers import SHORT_TITLES, subject_of

NO_PAPER = "Такого документа нет. Проверьте адрес или выберите документ из списка."


@dataclass(frozen=True)
class PaperView:
    """A given paper; sums in kopecks. ``has_files``: it can be downloaded."""

    id: int
    account_id: int
    kind: PaperKind
    number: str
    revision: int
    contract: str
    period: Period
    adjusted_period: Period | None
    dated_on: date
    net: int
    vat: int
    amount: int
    file_name: str
    has_files: bool

    @property
    def title(self) -> str:
        """Return «УПД № 15»."""
        revision = f", исправление № {self.revision}" if self.revision else ""
        return f"{SHORT_TITLES[self.kind]} № {self.number}{revision}"

    @property
    def kind_name(self) -> str:
        """Return the whole name of the kind."""
        return TITLES[self.kind]

    @property
    def has_xml(self) -> bool:
        """Tell whether the tax service's format has this kind of paper."""
        return self.kind in XML_KINDS

    @property
    def formats(self) -> tuple[FileFormat, ...]:
        """Return in which forms it is handed out: the tax service has not every kind."""
        return tuple(FileFormat) if self.has_xml else (FileFormat.PDF,)

    def name_of(self, form: FileFormat, account_number: str) -> str:
        """Return the name of a file: the format's own for XML and what belongs to it."""
        if self.has_xml:
            return f"{self.file_name}.{form}"
        return re.sub(r"[^\w.-]", "_", f"{self.file_name}_{account_number}") + f".{form}"


def papers_of(
    *, supplier_id: int, account_ids: Sequence[int], period: Period | None = None
) -> list[PaperView]:
    """Return the papers of these accounts, of a month or all, the newest first. One statement."""
    rows = ClosingDocument.objects.filter(supplier_id=supplier_id, account_id__in=account_ids)
    if period is not None:
        rows = rows.filter(period=period.first_day)
    return [paper_view(row) for row in rows.defer("content").order_by("-period", "series", "-pk")]


def find_paper(*, supplier_id: int, account_id: int, paper_id: int) -> PaperView:
    """Return a paper of this account; refuses with NotFound for any other."""
    rows = ClosingDocument.objects.filter(supplier_id=supplier_id, account_id=account_id)
    row = rows.filter(pk=paper_id).defer("content").first()
    if row is None:
        raise NotFound(NO_PAPER)
    return paper_view(row)


def papers_of_month(*, supplier_id: int, period: Period) -> Iterator[PaperView]:
    """Return all papers of a month as a stream, by account and series."""
    rows = ClosingDocument.objects.filter(supplier_id=supplier_id, period=period.first_day)
    found = rows.defer("content").order_by("account_id", "series", "ordinal", "revision")
    return (paper_view(row) for row in found.iterator(1000))


def waiting(*, supplier_id: int, period: Period, account_ids: Sequence[int]) -> int:
    """Return how many papers of these accounts and a month have no files yet."""
    return ClosingDocument.objects.filter(
        supplier_id=supplier_id,
        period=period.first_day,
        account_id__in=account_ids,
        prepared_at=None,
    ).count()


def paper_file(*, supplier_id: int, paper: PaperView, form: FileFormat) -> DocumentFile:
    """Return a file of a paper; refuses with NotFound while it is not made, or has no XML."""
    kinds = XML_KINDS if form is FileFormat.XML else PDF_KINDS
    kind = kinds.get(paper.kind)
    if kind is None:
        raise NotFound(NO_PAPER)
    return kept.open_document(
        supplier_id=supplier_id, kind=kind, subject=subject_of(paper.id), period=paper.period
    )


def paper_view(row: ClosingDocument) -> PaperView:
    """Return what other rooms may know of a paper."""
    return PaperView(
        id=row.pk,
        account_id=row.account_id,
        kind=PaperKind(row.kind),
        number=str(row.ordinal),
        revision=row.revision,
        contract=row.contract,
        period=Period.of(row.period),
        adjusted_period=Period.of(row.adjusted_period) if row.adjusted_period else None,
        dated_on=row.dated_on,
        net=row.net,
        vat=row.vat,
        amount=row.amount,
        file_name=row.file_name,
        has_files=row.prepared_at is not None,
    )


def invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Measure that numbers have no gaps and that papers add up to their bills."""
    return [
        measure(
            code="I15",
            text="Номера документов организаций идут без пропусков",
            query="""SELECT s.series || ' ' || s.year FROM invoicing_numberseries s
                      WHERE (%(supplier)s::bigint IS NULL OR s.supplier_id = %(supplier)s)
                        AND s.series <> 'reconciliation' AND s.last <> (
                            SELECT count(DISTINCT d.ordinal) FROM invoicing_closingdocument d
                             WHERE d.supplier_id = s.supplier_id AND d.series = s.series
                               AND d.year = s.year AND d.ordinal BETWEEN 1 AND s.last)""",
            parameters={"supplier": supplier_id},
        ),
    ]
