"""The list of papers."""

from typing import Any

from django.views.generic import TemplateView

from abonent.domain.billing.queries.bill_page import bill_entries
from abonent.interfaces.portal.documents.pages import paper_rows
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import AccountPage


class Documents(AccountPage, TemplateView):
    """The bills of the account as PDF, the latest first."""

    template_name = "portal/documents/list.html"
    section = "documents"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a row for each bill."""
        entries = bill_entries(supplier_id=self.supplier.id, account_id=self.account.id)
        return super().get_context_data(**kwargs) | {
            "rows": paper_rows(self.account.number, entries),
            "charges_url": account_url(self.account.number, "charges"),
            "notices_url": account_url(self.account.number, "notices"),
        }
