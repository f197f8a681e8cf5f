"""Pages of payment: what to pay, the check, the way to the bank, where the payment stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.domain.payments.operations import (
    AlreadyPaying,
    start_another_payment,
    start_payment,
)
from abonent.domain.payments.queries import PaymentView, payment_view
from abonent.domain.payments.rules import Purpose
from abonent.domain.reports.queries import PaymentSheet, payment_code, payment_sheet
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.portal.one_time import deed_key, form_key
from abonent.interfaces.portal.pages import AccountPage, WaitingAccountPage
from abonent.interfaces.portal.payments.forms import PayForm
from abonent.interfaces.portal.payments.pages import check_context, form_context
from abonent.interfaces.portal.payments.qr import qr_svg

CONFLICT = 409
SOMEBODY_PAYS = (
    "По этому лицевому счёту уже идёт платёж. Дождитесь его или подтвердите, что хотите "
    "заплатить ещё раз."
)
Start = Callable[..., PaymentView]


class PayPage(WaitingAccountPage):
    """What the pages of paying share: the form, its three faces, the start."""

    section = "payments"

    def sheet(self) -> PaymentSheet:
        """Return what this person may pay for, all his accounts together."""
        return payment_sheet(
            supplier_id=self.supplier.id, user_id=self.user_id, accounts=self.accounts
        )

    def form(self, data: Mapping[str, Any] | None = None) -> PayForm:
        """Return the form, filled with what is owed or with what was typed."""
        return PayForm(data, sheet=self.sheet(), number=self.account.number)

    def show_form(self, form: PayForm, *, key: str, status: int = 200) -> HttpResponse:
        """Show what to pay."""
        context = {
            "frame": self.frame,
            "account": self.account,
            "form": form,
            "key": key,
            **form_context(form, self.account, self.supplier.cabinet),
        }
        return render(self.request, "portal/payments/pay.html", context, status=status)

    def show_check(self, form: PayForm, *, key: str) -> HttpResponse:
        """Show what will be taken, before going to the bank."""
        context = {
            "frame": self.frame,
            "account": self.account,
            "key": key,
            **check_context(form, self.account.number),
        }
        return render(self.request, "portal/payments/check.html", context)

    def pay(self, request: HttpRequest, start: Start) -> HttpResponse:
        """Begin the payment that was checked and lead to the bank; the same form pays once."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if not form.sheet.rows or not form.is_valid():
            return self.show_form(form, key=key, status=UNPROCESSABLE)
        if "change" in request.POST:
            return self.show_form(form, key=key)
        purposes = form.purposes()
        try:
            payment = start(
                supplier_id=self.supplier.id,
                user_id=self.user_id,
                purposes=purposes,
                key=deed_key(user_id=self.user_id, key=key, content=_content(purposes)),
                return_url=self.return_url(),
                now=self.now,
            )
        except AlreadyPaying as flying:
            return self.ask_again(form, flying, key=key)
        except Refusal as refusal:
            refusal.field = form.first_sum() if refusal.field == "amount" else ""
            add_refusal(form, refusal)
            return self.show_form(form, key=key, status=UNPROCESSABLE)
        if payment.can_continue:
            return HttpResponseRedirect(payment.confirmation_url)
        return redirect("payment", number=self.account.number, payment_uuid=payment.uuid)

    def ask_again(self, form: PayForm, flying: AlreadyPaying, *, key: str) -> HttpResponse:
        """Ask whether to pay a second time while a payment's end is not known."""
        try:
            payment_view(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                payment_uuid=flying.payment_uuid,
            )
        except NotFound:
            # Somebody else's payment: that it is there may be told, nothing else of it.
            text, url = SOMEBODY_PAYS, ""
        else:
            text = flying.text
            url = reverse("payment", args=[self.account.number, flying.payment_uuid])
        context = {
            "frame": self.frame,
            "account": self.account,
            "key": key,
            "text": text,
            "payment_url": url,
            "another_url": reverse("payments_another", args=[self.account.number]),
            **check_context(form, self.account.number),
        }
        return render(self.request, "portal/payments/again.html", context, status=CONFLICT)

    def return_url(self) -> str:
        """Return the absolute address to which the bank leads back.

        The host is the one of this request, which Django has checked; the scheme is that
        of the installation: behind a proxy the request itself looks unencrypted.
        """
        example = new_uuid()
        path = reverse("payment", args=[self.account.number, example])
        scheme = urlsplit(settings.PUBLIC_URL).scheme
        address = f"{scheme}://{self.request.get_host()}{path}"
        return address.replace(str(example), "{payment}")


class Payments(PayPage, View):
    """What to pay; and the payment that it becomes."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Show the form with a new one-time key."""
        return self.show_form(self.form(), key=form_key({}))

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Begin the payment."""
        return self.pay(request, start_payment)


class Another(PayPage, View):
    """One more payment, by a person who was told that one is under way."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Lead back: there is nothing to see here."""
        return redirect("payments", number=number)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Begin the payment all the same."""
        return self.pay(request, start_another_payment)


class Preview(PayPage, View):
    """The check: what will be taken; writes nothing."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Lead back to the form."""
        return redirect("payments", number=number)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Show the check, or the form with what is wrong at each field."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if form.sheet.rows and form.is_valid():
            return self.show_check(form, key=key)
        return self.show_form(form, key=key, status=UNPROCESSABLE)


class Code(AccountPage, TemplateView):
    """The QR code for a bank's application."""

    template_name = "portal/payments/code.html"
    section = "payments"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sum; without a debt or bank details the page says so."""
        number = self.account.number
        return super().get_context_data(**kwargs) | {
            "code": payment_code(account=self.account),
            "picture_url": reverse("payments_code_picture", args=[number]),
            "pay_url": reverse("payments", args=[number]),
        }


class CodePicture(AccountPage, View):
    """The QR code itself, a picture of its own: the page needs nothing inline."""

    section = "payments"

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Send the picture."""
        code = payment_code(account=self.account)
        if code is None:
            raise NotFound("Платить сейчас нечего, поэтому кода нет.")
        return HttpResponse(qr_svg(code.text), content_type="image/svg+xml")


def _content(purposes: Sequence[Purpose]) -> list[str]:
    return [f"{one.account_id}|{one.amount}|{int(one.part)}" for one in purposes]
