"""What the templates of bills receive. No requests here, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.words import MONTHS_SHORT, grouped, month_and_year
from abonent.domain.billing.queries.bill_page import BillEntry, BillPage
from abonent.domain.billing.queries.statements import BillView
from abonent.interfaces.design.chart import Bar
from abonent.interfaces.portal.charges.differences import difference_in_words
from abonent.interfaces.portal.charges.penalties import outlook_in_words, penalties_in_words
from abonent.interfaces.portal.charges.wording import (
    balance_column,
    comparison_in_words,
    left_column,
    payment_in_words,
    services_in_words,
    term_in_words,
)

SHOWN_BARS = 12


@dataclass(frozen=True)
class Row:
    """A bill in the list."""

    bill: BillView
    charged: int
    due_in_words: str
    url: str
    pdf_url: str


def bill_url(number: str, period: Period) -> str:
    """Return the address of the page of a month's bill."""
    return reverse("charges_bill", args=[number, period])


def pdf_url(number: str, period: Period) -> str:
    """Return the address of the PDF of a month's bill."""
    return reverse("charges_bill_pdf", args=[number, period])


def list_rows(number: str, entries: Sequence[BillEntry]) -> list[Row]:
    """Return the bills as rows, the latest first."""
    return [
        Row(
            bill=entry.bill,
            charged=charged(entry.bill),
            due_in_words=_due(entry.bill),
            url=bill_url(number, entry.bill.period),
            pdf_url=pdf_url(number, entry.bill.period),
        )
        for entry in entries
    ]


def list_bars(entries: Sequence[BillEntry]) -> list[Bar]:
    """Return the last year as bars, the earliest first; the latest bill is marked."""
    return [
        Bar(
            label=MONTHS_SHORT[entry.bill.period.month - 1],
            value=Decimal(charged(entry.bill)).scaleb(-2),
            shown=grouped(int(Decimal(charged(entry.bill)).scaleb(-2).to_integral_value())),
            current=place == 0,
            name=month_and_year(entry.bill.period.year, entry.bill.period.month),
            exact=f"{format_kopecks(charged(entry.bill))}{NO_BREAK}₽",
        )
        for place, entry in reversed(list(enumerate(entries[:SHOWN_BARS])))
    ]


def bill_context(number: str, kind: str, page: BillPage, today: date) -> dict[str, object]:
    """Return everything the page of one bill shows; a term that is over is told as such.

    ``kind`` is the account's: households and organisations pay penalties by other acts.
    """
    return {
        "page": page,
        "total": charged(page.bill),
        "comparison": comparison_in_words(page),
        "difference": difference_in_words(page),
        "payment": payment_in_words(page, today),
        "term": term_in_words(page.bill.due_by, today),
        "services": services_in_words(page),
        "penalties": penalties_in_words(page.penalties, kind),
        "outlook": outlook_in_words(page.outlook),
        "balance": balance_column(page),
        "left": left_column(page),
        "pdf_url": pdf_url(number, page.bill.period),
        "send_url": reverse("charges_bill_send", args=[number, page.bill.period]),
        "list_url": reverse("charges", args=[number]),
        "previous_url": bill_url(number, page.previous.period) if page.previous else "",
        "following_url": bill_url(number, page.following.period) if page.following else "",
    }


def charged(bill: BillView) -> int:
    """Return what the month itself cost: charges and penalty, in kopecks."""
    return bill.charged + bill.penalty


def _due(bill: BillView) -> str:
    """Return the sum to pay, or an advance in words."""
    if bill.due < 0:
        return f"переплата {format_kopecks(-bill.due)}"
    return format_kopecks(bill.due)
