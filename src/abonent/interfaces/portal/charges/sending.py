"""A bill is sent to any mailbox."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.billing.operations import send_bill
from abonent.domain.billing.queries.statements import bill_of
from abonent.domain.identity import queries as people
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.portal.charges.pages import bill_url
from abonent.interfaces.portal.pages import AccountPage


class MailboxForm(PageForm):
    """To whom."""

    email = email_field("Кому, электронная почта")


class SendBill(AccountPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Asks for the mailbox and sends the PDF with a link that pays the bill."""

    template_name = "portal/charges/send.html"
    section = "charges"
    form_class = MailboxForm

    def get_initial(self) -> dict[str, Any]:
        """Offer the person's own mailbox."""
        return {"email": people.user_view(self.user_id).email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the month; one without a bill is answered with 404."""
        period = self.kwargs["period"]
        bill = bill_of(supplier_id=self.supplier.id, account_id=self.account.id, period=period)
        if bill is None:
            raise NotFound("Счёта за этот месяц нет.")
        return super().get_context_data(**kwargs) | {
            "bill": bill,
            "back_url": bill_url(self.account.number, period),
        }

    def form_valid(self, form: MailboxForm) -> HttpResponse:
        """Send it and go back to the bill."""
        period, mailbox = self.kwargs["period"], form.cleaned_data["email"]
        try:
            send_bill(
                account=self.account,
                user_id=self.user_id,
                period=period,
                recipient=mailbox,
                now=self.now,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.info(self.request, f"Отправили счёт на {mailbox}. Письмо придёт за минуту.")
        return redirect(bill_url(self.account.number, period))
