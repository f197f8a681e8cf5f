"""Pages of payments that were begun: where one stands, its receipt, the history."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView, View
from django_htmx.http import HttpResponseClientRefresh

from abonent.common.refusals import NotFound
from abonent.domain.payments.operations import CannotCancel, cancel_payment, check_payment
from abonent.domain.payments.queries import (
    PaymentView,
    card_left,
    fiscal_receipt,
    payment_view,
    refunds_of,
)
from abonent.domain.payments.rules import Kind
from abonent.domain.reports.queries import left_to_pay
from abonent.interfaces.design.fiscal import receipt_rows
from abonent.interfaces.design.htmx import is_htmx
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import WaitingAccountPage
from abonent.interfaces.portal.payments import wording

# A page that is left open asks for ten minutes, then waits to be asked.
MOST_POLLS = 120
SHOWN_PAYMENTS = 300
MOST_DIGITS = 3
NO_PAYMENT = "Такого платежа нет. Откройте историю платежей и выберите его там."


class Payment(WaitingAccountPage, View):
    """Where one payment stands; the bank's page leads back here.

    Nothing in the address is believed but the payment's own number: the bank is asked.
    """

    section = "payments"

    def get(self, request: HttpRequest, *, number: str, payment_uuid: UUID) -> HttpResponse:
        """Ask the bank if the end is not known, and show what is known."""
        payment = check_payment(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            payment_uuid=payment_uuid,
            now=self.now,
        )
        _belongs(payment, self.account.id)
        asked = "ask" in request.GET
        polls = _whole(request.GET.get("polls", ""))
        if is_htmx(request) and request.GET.get("was") != payment.state:
            return HttpResponseClientRefresh()
        here = reverse("payment", args=[number, payment.uuid])
        own = payment.user_id == self.user_id
        waiting = not payment.final and polls < MOST_POLLS
        context = {
            "frame": self.frame,
            "account": self.account,
            "payment": payment,
            "standing": wording.standing(payment),
            "track": wording.track(
                payment, [localtime(step.at) for step in payment.steps], localtime(self.now)
            ),
            "parts": wording.part_rows(payment, self.accounts, self.user_id),
            "how": wording.how_paid(payment, self.user_id),
            "ask_url": f"{here}?ask=now",
            "heard": wording.heard(payment, localtime(self.now)) if asked else "",
            "cancel_url": reverse("payment_cancel", args=[number, payment.uuid])
            if payment.can_cancel(self.user_id)
            else "",
            "left": self._left(payment),
            "fiscal": fiscal_receipt(payment_id=payment.id) if own else None,
            "fiscal_url": reverse("payment_fiscal", args=[number, payment.uuid]),
            "card_words": wording.card_words(payment, left=card_left(keeper=payment.uuid))
            if own and payment.keeps_card and payment.paid
            else "",
            "cards_url": reverse("payments_cards", args=[number]),
            "refunds": wording.refund_rows(refunds_of(payment_id=payment.id)),
            "poll_url": f"{here}?was={payment.state}&polls={polls + 1}" if waiting else "",
            "receipt_url": _receipt_url(payment, number),
            "pay_url": reverse("payments", args=[number]),
            "history_url": reverse("payments_history", args=[number])
            if self.account.private
            else "",
        }
        name = "progress" if is_htmx(request) else "payment"
        return render(request, f"portal/payments/{name}.html", context)

    def _left(self, payment: PaymentView) -> list[wording.Left]:
        """Say what the accounts of a payment that has come still owe."""
        if not _has_receipt(payment):
            return []
        meant = {part.account_id for part in payment.parts}
        accounts = [one for one in self.accounts if one.id in meant]
        owed = left_to_pay(supplier_id=self.supplier.id, accounts=accounts)
        return [
            wording.left(account, amount, account_url(account.number, "payments"))
            for account, amount in owed
        ]


class Cancel(WaitingAccountPage, View):
    """Gives up a payment that was begun and left."""

    section = "payments"

    def get(self, _request: HttpRequest, *, number: str, payment_uuid: UUID) -> HttpResponse:
        """Lead to the payment: nothing is done by looking."""
        return redirect("payment", number=number, payment_uuid=payment_uuid)

    def post(self, request: HttpRequest, *, number: str, payment_uuid: UUID) -> HttpResponse:
        """Ask the bank, give the payment up if it surely has no money, and show what is."""
        _belongs(
            payment_view(
                user_id=self.user_id, supplier_id=self.supplier.id, payment_uuid=payment_uuid
            ),
            self.account.id,
        )
        try:
            cancel_payment(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                payment_uuid=payment_uuid,
                now=self.now,
            )
        except CannotCancel as refusal:
            messages.warning(request, refusal.text)
        return redirect("payment", number=number, payment_uuid=payment_uuid)


class Receipt(WaitingAccountPage, TemplateView):
    """The receipt of a payment that has come, to be printed."""

    template_name = "portal/payments/receipt.html"
    section = "payments"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the payment; of one that has not come there is no receipt."""
        payment = payment_view(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            payment_uuid=self.kwargs["payment_uuid"],
        )
        _belongs(payment, self.account.id)
        if not _has_receipt(payment):
            raise NotFound(NO_PAYMENT)
        parts = wording.part_rows(payment, self.accounts, self.user_id)
        return super().get_context_data(**kwargs) | {
            "payment": payment,
            "parts": parts,
            "amount": sum(amount for _, amount in parts),
            "how": wording.how_paid(payment, self.user_id),
            "back_url": reverse("payment", args=[self.account.number, payment.uuid]),
        }


class Fiscal(WaitingAccountPage, TemplateView):
    """The cash register's receipt of a payment, or of money that went back."""

    template_name = "portal/payments/fiscal.html"
    section = "payments"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the receipt; only the payer sees it: it names his contact and all he paid for."""
        payment = payment_view(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            payment_uuid=self.kwargs["payment_uuid"],
        )
        _belongs(payment, self.account.id)
        receipt = fiscal_receipt(payment_id=payment.id)
        if receipt is None or payment.user_id != self.user_id:
            raise NotFound("Кассового чека по этому платежу нет.")
        return super().get_context_data(**kwargs) | {
            "payment": payment,
            "receipt": receipt,
            "lines": receipt_rows(receipt),
            "back_url": reverse("payment", args=[self.account.number, payment.uuid]),
        }


def _belongs(payment: PaymentView, account_id: int) -> None:
    """Refuse a payment that has nothing to do with the account of the address."""
    if account_id not in {payment.account_id, *(part.account_id for part in payment.parts)}:
        raise NotFound(NO_PAYMENT)


def _has_receipt(payment: PaymentView) -> bool:
    return payment.paid and payment.kind == Kind.PAYMENT


def _receipt_url(payment: PaymentView, number: str) -> str:
    if not _has_receipt(payment):
        return ""
    return reverse("payment_receipt", args=[number, payment.uuid])


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
