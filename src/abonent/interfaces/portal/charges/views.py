"""Pages of bills: the months, one month explained, its PDF."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView, View

from abonent.common.periods import Period
from abonent.domain.billing.operations.document import bill_document
from abonent.domain.billing.queries.bill_page import bill_page, charges_page
from abonent.interfaces.portal.charges.ahead import ahead_context
from abonent.interfaces.portal.charges.pages import bill_context, list_bars, list_rows
from abonent.interfaces.portal.charges.penalties import outlook_in_words
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import AccountPage


class Charges(AccountPage, TemplateView):
    """All bills of the account, as bars and as a table."""

    template_name = "portal/charges/list.html"
    section = "charges"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the months, the latest first."""
        page = charges_page(
            supplier_id=self.supplier.id, account_id=self.account.id, today=self.today
        )
        return super().get_context_data(**kwargs) | {
            "rows": list_rows(self.account.number, page.entries),
            "bars": list_bars(page.entries),
            "outlook": outlook_in_words(page.outlook),
            "readings_url": account_url(self.account.number, "readings"),
            "debt_url": reverse("debt", args=[self.account.number]),
            "by_service_url": reverse("charges_by_service", args=[self.account.number]),
            **ahead_context(page.ahead),
        }


class Bill(AccountPage, TemplateView):
    """The bill of a month: its sum, its lines with their reasons, what is left to pay."""

    template_name = "portal/charges/bill.html"
    section = "charges"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the bill; a month without one is answered with 404."""
        page = bill_page(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            period=self.kwargs["period"],
            today=self.today,
        )
        return (
            super().get_context_data(**kwargs)
            | bill_context(self.account.number, self.account.kind, page, self.today)
            | {"pay_url": account_url(self.account.number, "payments")}
        )


# Half of a tagged file is its structure in plain text: packed it comes twice as fast.
@method_decorator(gzip_page, name="dispatch")
class BillPdf(AccountPage, View):
    """The bill of a month on paper."""

    section = "charges"

    def get(self, request: HttpRequest, *, number: str, period: Period) -> HttpResponse:
        """Send the file, to be shown in the browser and saved under a telling name."""
        file = bill_document(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            period=period,
            actor_id=self.user_id,
            now=self.now,
        )
        name = f"schet-{self.account.number}-{period}.pdf"
        return HttpResponse(
            file.content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )
