"""What the links of a letter open: the one thing each is for, never the cabinet (TRUST B5).

A look changes nothing, whoever follows the link before its reader (T37): only a button does.
"""

import hashlib
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.common.refusals import Refusal
from abonent.domain.accounts.operations.open_pages import TooManyTries
from abonent.domain.accounts.queries.letter_links import account_of_letter
from abonent.domain.accounts.rules import LetterPurpose
from abonent.domain.billing.operations import ask_for_bills, confirm_bills
from abonent.domain.journeys.pay_by_letter import pay_by_letter
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries.subscriptions import (
    subscription_to_confirm,
    subscription_to_end,
)
from abonent.domain.reports.queries.letters import letter_bill
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.public.money.views import KEY, MoneyPage, Standing, return_url
from abonent.interfaces.public.open_number import NumberForm, visitor_address
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.readings.views import OpenReadingsPage


class LetterPage(OpenPage):
    """A page behind a letter's link: the address is a key, so no other page learns it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer without telling the address on, to pages or to search engines."""
        self.now = clock.now()
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class Pay(LetterPage, TemplateView):
    """What is left of the letter's bill, and the button that pays it."""

    template_name = "public/letters/pay.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the sum and the end of the account's number."""
        found = letter_bill(supplier_id=self.supplier.id, token=self.kwargs["token"], now=self.now)
        return super().get_context_data(**kwargs) | {"bill": found, "key": new_uuid().hex}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """Begin the payment and lead to the bank; the same page pays once."""
        key, shown = str(request.POST.get("key", "")), str(request.POST.get("shown", ""))
        if not KEY.match(key) or not shown.isdecimal():
            return redirect(request.path)
        try:
            payment = pay_by_letter(
                supplier_id=self.supplier.id,
                token=token,
                shown=int(shown),
                key=hashlib.sha256(f"letter {key} {token}".encode()).hexdigest(),
                return_url=return_url(request, "letter_paid"),
                address=visitor_address(request),
                now=self.now,
            )
        except TooManyTries as refusal:
            return self.refused(refusal, HTTPStatus.TOO_MANY_REQUESTS)
        except Refusal as refusal:
            return self.refused(refusal, UNPROCESSABLE)
        if payment.can_continue:
            return HttpResponseRedirect(payment.confirmation_url)
        return redirect("letter_paid", payment_uuid=payment.uuid)

    def refused(self, refusal: Refusal, status: int) -> HttpResponse:
        """Show the page with the sum as it is now and the words of a refusal."""
        return self.render_to_response(self.get_context_data(refusal=refusal), status=status)


class Paid(Standing):
    """Where the payment of a letter stands; any supplier whose letters are paid has it."""

    section = ""
    opened = ""


class Readings(LetterPage, OpenReadingsPage):
    """The sheet of the letter's account: its link proves the number, former values stay hidden."""

    def get(self, _request: HttpRequest, *, token: str) -> HttpResponse:
        """Show the dials; they are checked and sent as on the open page."""
        found = account_of_letter(
            supplier_id=self.supplier.id, token=token, purpose=LetterPurpose.READINGS, now=self.now
        )
        proven = self.prove(found.account_id, found.masked)
        return self.sheet(proven, self.readings_form(proven))


class Confirm(LetterPage, TemplateView):
    """The mailbox that was asked answers: the button lets the bills come."""

    template_name = "public/letters/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what will come and where."""
        found = subscription_to_confirm(supplier_id=self.supplier.id, token=self.kwargs["token"])
        return super().get_context_data(**kwargs) | {"wish": found}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """Confirm, then say so on a page that is only read."""
        confirm_bills(supplier_id=self.supplier.id, token=token, now=self.now)
        return redirect(request.path)


# Mail programs press this button by themselves, without a page before it (RFC 8058): the
# signed mark is the whole proof, there is no session to abuse.
@method_decorator(csrf_exempt, name="dispatch")
class End(LetterPage, TemplateView):
    """Letters that are not wanted any more; no questions why."""

    template_name = "public/letters/end.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what ends, or that it has ended."""
        found = subscription_to_end(supplier_id=self.supplier.id, token=self.kwargs["token"])
        return super().get_context_data(**kwargs) | {"wish": found}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """End the letters."""
        messaging.leave(supplier_id=self.supplier.id, token=token, now=self.now)
        return redirect(request.path)


class BillsForm(NumberForm):
    """The number and the mailbox of the contract."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["email"] = email_field()
        self.fields["email"].help_text = "Та, что записана в договоре"

    @property
    def typed(self) -> list[Any]:
        """Return the fields to type in."""
        return [self["account"], self["email"]]


class AskForBills(MoneyPage, View):
    """The electronic bill without sign-in: the mailbox of the contract is asked, nobody is told."""

    section = "open_bills"
    opened = "bills"
    folder = "letters"

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for number and mailbox."""
        return self.show("ask", form=BillsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write to the mailbox, if it is the contract's."""
        form = BillsForm(request.POST)
        if not form.is_valid():
            return self.show("ask", form=form, status=UNPROCESSABLE)
        try:
            ask_for_bills(
                supplier_id=self.supplier.id,
                number=form.cleaned_data["account"],
                email=form.cleaned_data["email"],
                address=visitor_address(request),
                now=self.now,
            )
        except TooManyTries as refusal:
            add_refusal(form, refusal)
            return self.show("ask", form=form, status=HTTPStatus.TOO_MANY_REQUESTS)
        return self.show("asked")
