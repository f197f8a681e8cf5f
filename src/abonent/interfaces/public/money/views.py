"""Paying by the number of an account and asking what is owed, without sign-in.

Neither page tells whether a number is there before money is sent, and neither shows a sum
that was not typed (TRUST B5).
"""

import hashlib
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import View
from django.views.generic.base import ContextMixin

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.common.words import masked_email
from abonent.domain.accounts.operations.open_pages import TooManyTries
from abonent.domain.journeys.open_money import ask_debt, pay_openly
from abonent.domain.payments.operations import check_payment
from abonent.domain.payments.queries import PaymentTerms, fiscal_receipt, payment_terms
from abonent.domain.payments.queries.views import open_payment_view
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import SumField
from abonent.interfaces.design.fiscal import receipt_rows
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.public.open_number import NumberForm, visitor_address
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.supplier import supplier_of

KEY = re.compile(r"[0-9a-f]{32}\Z")


class PayForm(NumberForm):
    """The number and the sum, and a tick that the payer knows what is done with them."""

    def __init__(self, data: Any = None, *, terms: PaymentTerms) -> None:
        super().__init__(data)
        self.fields["amount"] = SumField(
            label="Сумма, ₽",
            help_text="Сколько заплатить – в квитанции",
            minimum=terms.minimum,
            maximum=max(terms.maximum, terms.minimum),
        )
        if terms.gives_receipts:
            self.fields["email"] = email_field("Почта для чека")
            self.fields["email"].help_text = "Пришлём на неё кассовый чек, больше ничего"
        self.fields["agreed"] = forms.BooleanField(
            label="Согласен на обработку данных для этого платежа",
            error_messages={"required": "Без согласия платёж принять нельзя. Поставьте отметку"},
        )

    @property
    def typed(self) -> list[Any]:
        """Return the fields to type in."""
        return [self[name] for name in ("account", "amount", "email") if name in self.fields]


class MoneyPage(OpenPage, ContextMixin, View):
    """A page of a family; ``opened`` is the key of the preset that it needs, '' for none."""

    opened = ""
    folder = "money"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 404 where the preset does not open the page."""
        self.now = clock.now()
        opened = supplier_of(request).cabinet.get("open_pages", {})
        if self.opened and not opened.get(self.opened):
            raise NotFound("Такой страницы у этого поставщика нет.")
        return super().dispatch(request, *args, **kwargs)

    def show(self, name: str, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Show a page of the family."""
        page = f"public/{self.folder}/{name}.html"
        return render(self.request, page, self.get_context_data(**context), status=status)


class PayPage(MoneyPage):
    """What the steps of paying share."""

    section = "open_payment"
    opened = "payment"

    @property
    def terms(self) -> PaymentTerms:
        """Return the smallest and the largest sum, and through whom it goes."""
        return payment_terms(supplier_id=self.supplier.id)

    def refuse(self, form: PayForm, refusal: Refusal, status: int) -> HttpResponse:
        """Show the form again with the words of a refusal."""
        add_refusal(form, refusal)
        return self.show("pay", form=form, terms=self.terms, status=status)


class Pay(PayPage):
    """The number and the sum; checked, they become a payment."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for both."""
        return self.show("pay", form=PayForm(terms=self.terms), terms=self.terms)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin the payment that was checked and lead to the bank; the same form pays once."""
        form = PayForm(request.POST, terms=self.terms)
        key = str(request.POST.get("key", ""))
        if "change" in request.POST or not form.is_valid() or not KEY.match(key):
            status = UNPROCESSABLE if form.errors else HTTPStatus.OK
            return self.show("pay", form=form, terms=self.terms, status=status)
        number, amount = form.cleaned_data["account"], form.cleaned_data["amount"]
        try:
            payment = pay_openly(
                supplier_id=self.supplier.id,
                number=number,
                amount=amount,
                key=hashlib.sha256(f"{key} {number} {amount}".encode()).hexdigest(),
                return_url=return_url(request, "open_payment_state"),
                address=visitor_address(request),
                email=form.cleaned_data.get("email", ""),
                now=self.now,
            )
        except TooManyTries as refusal:
            return self.refuse(form, refusal, HTTPStatus.TOO_MANY_REQUESTS)
        except Refusal as refusal:
            return self.refuse(form, refusal, UNPROCESSABLE)
        if payment.can_continue:
            return HttpResponseRedirect(payment.confirmation_url)
        return redirect("open_payment_state", payment_uuid=payment.uuid)


def return_url(request: HttpRequest, name: str) -> str:
    """Return the absolute address of this name to which the bank leads back."""
    example = new_uuid()
    path = reverse(name, args=[example])
    scheme = urlsplit(settings.PUBLIC_URL).scheme
    address = f"{scheme}://{request.get_host()}{path}"
    return address.replace(str(example), "{payment}")


class CheckPayment(PayPage):
    """The check: what was typed, whether the number is there or not; writes nothing."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Lead back to the form."""
        return redirect("open_payment")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what will be paid."""
        form = PayForm(request.POST, terms=self.terms)
        if not form.is_valid():
            return self.show("pay", form=form, terms=self.terms, status=UNPROCESSABLE)
        return self.show("check", form=form, key=new_uuid().hex)


class Standing(MoneyPage):
    """Where the payment stands: the bank is asked, nothing in the address is believed."""

    section = "open_payment"
    opened = "payment"

    def get(self, _request: HttpRequest, *, payment_uuid: UUID) -> HttpResponse:
        """Ask the bank if the end is not known, and show what is known."""
        open_payment_view(supplier_id=self.supplier.id, payment_uuid=payment_uuid)
        payment = check_payment(
            user_id=None, supplier_id=self.supplier.id, payment_uuid=payment_uuid, now=self.now
        )
        receipt = fiscal_receipt(payment_id=payment.id)
        lines = receipt_rows(receipt) if receipt else []
        sent_to = masked_email(receipt.sent_to) if receipt else ""
        return self.show("standing", payment=payment, receipt=receipt, lines=lines, sent_to=sent_to)


class Debt(MoneyPage):
    """What is owed goes to the mailbox of the contract; the page answers everybody alike."""

    section = "open_debt"
    opened = "debt"

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for the number."""
        return self.show("debt", form=NumberForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send the answer, if there is somebody to send it to."""
        form = NumberForm(request.POST)
        if not form.is_valid():
            return self.show("debt", form=form, status=UNPROCESSABLE)
        pages = self.supplier.cabinet["open_pages"]
        name = "open_payment" if pages.get("payment") else "landing"
        try:
            ask_debt(
                supplier_id=self.supplier.id,
                number=form.cleaned_data["account"],
                address=visitor_address(request),
                pay_url=request.build_absolute_uri(reverse(name)),
                now=self.now,
            )
        except TooManyTries as refusal:
            add_refusal(form, refusal)
            return self.show("debt", form=form, status=HTTPStatus.TOO_MANY_REQUESTS)
        return self.show("asked")
