"""Pages of payment: what to pay, the check, the way to the bank, where the payment stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView, View

from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.domain.identity.queries import DraftView
from abonent.domain.payments.operations import (
    AlreadyPaying,
    start_another_payment,
    start_payment,
)
from abonent.domain.payments.queries import PaymentView, cards_of, payment_view
from abonent.domain.payments.rules import Purpose
from abonent.domain.payments.rules.cards import AtPage, ByCard, means_mark
from abonent.domain.payments.rules.sbp import is_own_code
from abonent.domain.reports.queries import PaymentSheet, payment_code, payment_sheet
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.portal.drafts import DraftPage, picked
from abonent.interfaces.portal.one_time import deed_key, form_key
from abonent.interfaces.portal.pages import AccountPage, WaitingAccountPage
from abonent.interfaces.portal.payments.forms import WAY, PayForm, Way
from abonent.interfaces.portal.payments.pages import check_context, form_context
from abonent.interfaces.portal.payments.qr import qr_svg
from abonent.interfaces.portal.payments.wording import still_flying
from abonent.interfaces.portal.proving import ask_proof, recently_proven

EMPTY = "empty"
# The sum is to be fixed for the autopayment.
FIX = "fix"
# Marks of a draft: the payment under way, what to tell and at which field.
FLYING, TOLD, TOLD_AT = "flying", "told", "told_at"
SOMEBODY_PAYS = (
    "По этому лицевому счёту уже идёт платёж. Дождитесь его или подтвердите, что хотите "
    "заплатить ещё раз."
)
Start = Callable[..., PaymentView]


class PayPage(DraftPage):
    """What the pages of paying share: the form, its three faces, the start."""

    section = "payments"

    def sheet(self) -> PaymentSheet:
        """Return what this person may pay for, all his accounts together."""
        return payment_sheet(
            supplier_id=self.supplier.id, user_id=self.user_id, accounts=self.accounts
        )

    def form(self, data: Mapping[str, Any] | None = None) -> PayForm:
        """Return the form, filled with what is owed or with what was typed."""
        way = Way.of(self.request.GET if data is None else data)
        cards = [
            card
            for card in cards_of(
                user_id=self.user_id, supplier_id=self.supplier.id, today=self.today
            )
            if card.pays([self.account.id])
        ]
        return PayForm(data, sheet=self.sheet(), number=self.account.number, way=way, cards=cards)

    def show_form(self, form: PayForm, *, key: str, filled: str = "") -> HttpResponse:
        """Show what to pay, with errors where there are some and all that was typed."""
        context = {
            "frame": self.frame,
            "account": self.account,
            "form": form,
            "key": key,
            "filled": filled,
            "empty_url": f"{reverse('payments', args=[self.account.number])}?{EMPTY}=yes",
            "sbp_url": reverse("payments_sbp", args=[self.account.number])
            if sbp_link_of(self.supplier)
            else "",
            **form_context(form, self.account, self.supplier.cabinet),
        }
        return render(self.request, "portal/payments/pay.html", context)

    def kept_form(self, key: UUID) -> tuple[PayForm, DraftView] | None:
        """Return the form as it was typed under the key; None when there is no such thing."""
        draft = self.kept(key)
        if draft is None:
            return None
        form = self.form(draft.content)
        return (form, draft) if form.sheet.rows else None

    def pay(self, request: HttpRequest, start: Start) -> HttpResponse:
        """Begin the payment that was checked and lead to the bank; the same form pays once."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if not form.sheet.rows:
            return redirect("payments", number=self.account.number)
        typed = picked(request.POST, form.fields)
        self.keep(key, typed)
        if "change" in request.POST or not form.is_valid():
            return self.lead_to("payments_draft", key)
        if needs_proof(form.means) and not recently_proven(request):
            # The check asks for the password and then shows itself again.
            return self.lead_to("payments_check", key)
        purposes = form.purposes()
        try:
            payment = start(
                supplier_id=self.supplier.id,
                user_id=self.user_id,
                purposes=purposes,
                key=deed_key(user_id=self.user_id, key=key, content=_content(purposes, form.means)),
                return_url=self.return_url(),
                means=form.means,
                now=self.now,
            )
        except AlreadyPaying as flying:
            self.keep(key, typed | {FLYING: str(flying.payment_uuid)})
            return self.lead_to("payments_ask_again", key)
        except Refusal as refusal:
            at = form.first_sum() if refusal.field == "amount" else ""
            self.keep(key, typed | {TOLD: refusal.text, TOLD_AT: at})
            return self.lead_to("payments_draft", key)
        self.finish(key)
        if payment.can_continue:
            return HttpResponseRedirect(payment.confirmation_url)
        return redirect("payment", number=self.account.number, payment_uuid=payment.uuid)

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

    def get(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Show the form with a new one-time key; what was not paid is filled in again."""
        anew = EMPTY in request.GET or WAY in request.GET
        draft = None if anew else self.unfinished()
        form = self.form(draft.content if draft else None)
        filled = f"{localtime(draft.kept_at):%H:%M}" if draft else ""
        return self.show_form(form, key=form_key({}), filled=filled)

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


class AskAgain(PayPage, View):
    """The question whether to pay a second time while a payment's end is not known."""

    def get(self, request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Ask; once that payment has ended there is nothing to ask."""
        found = self.kept_form(key)
        if found is None or not found[0].is_valid() or FLYING not in found[1].content:
            return redirect("payments", number=number)
        form, draft = found
        flying = UUID(draft.content[FLYING])
        try:
            payment = payment_view(
                user_id=self.user_id, supplier_id=self.supplier.id, payment_uuid=flying
            )
        except NotFound:
            # Somebody else's payment: that it is there may be told, nothing else of it.
            text, url = SOMEBODY_PAYS, ""
        else:
            if payment.final:
                return self.lead_to("payments_check", key.hex)
            text = still_flying(payment)
            url = reverse("payment", args=[number, flying])
        context = {
            "frame": self.frame,
            "account": self.account,
            "key": key.hex,
            "text": text,
            "payment_url": url,
            "another_url": reverse("payments_another", args=[number]),
            **check_context(form, number),
        }
        return render(request, "portal/payments/again.html", context)


class Preview(PayPage, View):
    """Takes what was typed and leads to the check of it, or to what is wrong."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Lead back to the form."""
        return redirect("payments", number=number)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Keep what was typed and show it on a page that can be read again."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if not form.sheet.rows:
            return redirect("payments", number=number)
        self.keep(key, picked(request.POST, form.fields))
        if not form.is_valid():
            return self.lead_to("payments_draft", key)
        if FIX in request.POST:
            own = [one.amount for one in form.purposes() if one.account_id == self.account.id]
            address = reverse("autopay", args=[number])
            return redirect(f"{address}?{FIX}={sum(own)}" if own else address)
        return self.lead_to("payments_check", key)


class Check(PayPage, View):
    """The check: what will be taken, before going to the bank; writes nothing."""

    def get(self, request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show it; what is no longer fit to be paid is shown on the form."""
        found = self.kept_form(key)
        if found is None:
            return redirect("payments", number=number)
        form = found[0]
        if not form.is_valid():
            return self.lead_to("payments_draft", key.hex)
        if needs_proof(form.means) and not recently_proven(request):
            return ask_proof(request.get_full_path())
        context = {
            "frame": self.frame,
            "account": self.account,
            "key": key.hex,
            **check_context(form, number),
        }
        return render(request, "portal/payments/check.html", context)


class Typed(PayPage, View):
    """The form as it was typed, with what is wrong at each field."""

    def get(self, _request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show it; what is not kept any more begins anew."""
        found = self.kept_form(key)
        if found is None:
            return redirect("payments", number=number)
        form, draft = found
        if form.is_valid() and TOLD in draft.content:
            at = draft.content.get(TOLD_AT, "")
            form.add_error(at if at in form.fields else None, draft.content[TOLD])
        return self.show_form(form, key=key.hex)


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


class SbpPage(WaitingAccountPage):
    """A page of the supplier's own code of the fast payment system; none has no such page."""

    section = "payments"

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Read the link."""
        elsewhere = super().prepare(**kwargs)
        self.link = sbp_link_of(self.supplier)
        if not self.link:
            raise NotFound("Оплаты через СБП у этого поставщика нет.")
        return elsewhere


class Sbp(SbpPage, TemplateView):
    """The code as a picture, on a phone as a button."""

    template_name = "portal/payments/sbp.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the link and its picture."""
        number = self.account.number
        return super().get_context_data(**kwargs) | {
            "link": self.link,
            "picture_url": reverse("payments_sbp_picture", args=[number]),
            "pay_url": reverse("payments", args=[number]),
        }


class SbpPicture(SbpPage, View):
    """The code itself."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Send the picture."""
        return HttpResponse(qr_svg(self.link), content_type="image/svg+xml")


def sbp_link_of(supplier: SupplierView) -> str:
    """Return the supplier's own link; one that does not hold together is not shown (T48)."""
    link = str(supplier.cabinet.get("sbp_link", ""))
    return link if is_own_code(link) else ""


def needs_proof(means: AtPage | ByCard) -> bool:
    """Tell whether the person must be proven: a card is charged without a page, or kept."""
    return isinstance(means, ByCard) or means.keeps_card


def _content(purposes: Sequence[Purpose], means: AtPage | ByCard) -> list[str]:
    by = means_mark(means)
    return ([by] if by else []) + [
        f"{one.account_id}|{one.amount}|{int(one.part)}|{one.service_id}|{one.month or ''}"
        for one in purposes
    ]
