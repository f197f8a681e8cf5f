"""The list of papers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.operations.document import blank_receipt
from abonent.domain.billing.queries.bill_page import bill_entries
from abonent.domain.invoicing.queries import papers_of
from abonent.interfaces.portal.documents.pages import months_of_papers, paper_rows
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import AccountPage


class Documents(AccountPage, TemplateView):
    """The bills of the account as PDF, the latest first."""

    template_name = "portal/documents/list.html"
    section = "documents"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a row for each bill."""
        entries = bill_entries(supplier_id=self.supplier.id, account_id=self.account.id)
        is_firm = self.account.kind == AccountKind.ORGANISATION
        papers = (
            papers_of(supplier_id=self.supplier.id, account_ids=[self.account.id])
            if is_firm
            else []
        )
        return super().get_context_data(**kwargs) | {
            "is_firm": is_firm,
            "months": months_of_papers(papers),
            "rows": paper_rows(self.account.number, entries),
            "charges_url": account_url(self.account.number, "charges"),
            "statement_url": reverse("statement", args=[self.account.number]),
            "blank_url": reverse("documents_blank", args=[self.account.number]),
            "notices_url": account_url(self.account.number, "notices"),
        }


class Blank(AccountPage, View):
    """A receipt to be filled in by hand."""

    section = "documents"

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Send the file."""
        content = blank_receipt(
            supplier_id=self.supplier.id, account_id=self.account.id, now=self.now
        )
        return pdf_file(content, f"blank-{number}.pdf")


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """Return a PDF to be shown in the browser and saved under a telling name."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
