"""What the template of papers receives. No requests here, no database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from abonent.domain.billing.queries.bill_page import BillEntry
from abonent.domain.billing.queries.statements import BillView


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
