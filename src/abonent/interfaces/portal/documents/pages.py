"""What the template of papers receives. No requests here, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from abonent.common.periods import Period
from abonent.domain.billing.queries.bill_page import BillEntry
from abonent.domain.billing.queries.statements import BillView
from abonent.domain.invoicing.queries import PaperView


@dataclass(frozen=True)
class PaperRow:
    """A bill with the address of its PDF; size and code once it has been rendered."""

    bill: BillView
    url: str
    size: int | None
    code: str


def paper_rows(number: str, entries: Sequence[BillEntry]) -> list[PaperRow]:
    """Return the papers of an account, the latest first."""
    return [
        PaperRow(
            bill=entry.bill,
            url=reverse("charges_bill_pdf", args=[number, entry.bill.period]),
            size=entry.paper.size if entry.paper else None,
            code=entry.paper.code if entry.paper else "",
        )
        for entry in entries
    ]


@dataclass(frozen=True)
class MonthOfPapers:
    """The papers of a month, as the list shows them."""

    period: Period
    papers: tuple[PaperView, ...]

    @property
    def has_files(self) -> bool:
        """Tell whether there is something to put into an archive."""
        return any(paper.has_files for paper in self.papers)


def months_of_papers(papers: Sequence[PaperView]) -> list[MonthOfPapers]:
    """Group papers by month, the latest first; they come in that order."""
    return [
        MonthOfPapers(period, tuple(found))
        for period, found in groupby(papers, key=lambda paper: paper.period)
    ]
