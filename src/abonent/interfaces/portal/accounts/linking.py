"""The steps of linking: the number and the consents, evidence of the preset, or a code."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView

from abonent.domain.accounts import operations
from abonent.domain.accounts.operations import LinkOutcome, LinkState
from abonent.domain.accounts.queries import tries_left
from abonent.domain.accounts.rules import WEAK_FIELDS, evidence_asked
from abonent.domain.identity import operations as identity
from abonent.domain.identity.queries import missing_consents
from abonent.domain.identity.rules import Purpose, needed_consents
from abonent.domain.journeys.link_account import link_account
from abonent.interfaces.portal.accounts.forms import (
    BillCodeForm,
    ContactCodeForm,
    EvidenceForm,
    NumberForm,
)
from abonent.interfaces.portal.agreeing import consent_given
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import CabinetPage


def absolute_with_token(request: HttpRequest, name: str) -> str:
    """Return the absolute address of a page with a place for a signed mark, ``{token}``."""
    path = reverse(name, args=["TOKEN"])
    return request.build_absolute_uri(path).replace("TOKEN", "{token}")


class LinkPage(CabinetPage):
    """What all pages of linking share: the consents that this supplier still needs."""

    section = "accounts"
    kwargs: dict[str, Any]

    @property
    def missing(self) -> tuple[Purpose, ...]:
        """Return what the person has not agreed to at this supplier."""
        return missing_consents(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            needed=needed_consents(self.supplier.cabinet),
        )


class LinkNumber(LinkPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """First step: the number, and the consents. Whether there is such an account is not told."""

    template_name = "portal/accounts/link_number.html"
    form_class = NumberForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its supplier and the consents to ask for."""
        given = super().get_form_kwargs()
        return {**given, "supplier": self.supplier, "missing": self.missing}

    def form_valid(self, form: NumberForm) -> HttpResponse:
        """Keep what was agreed to and go on to the evidence."""
        if form.missing:
            identity.agree(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                consents=[consent_given(self.supplier, purpose) for purpose in form.missing],
                address=str(get_adapter().get_client_ip(self.request)),
                user_agent=self.request.headers.get("User-Agent", ""),
                now=self.now,
            )
        number = form.cleaned_data["number"]
        if any(one.number == number for one in self.accounts):
            return redirect(reverse("account", args=[number]))
        return redirect(reverse("account_link_evidence", args=[number]))


class LinkStep(LinkPage):
    """What the later steps share: the number of the address and what the preset asks."""

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Lead back whoever has not agreed to what this supplier needs."""
        super().prepare(**kwargs)
        return redirect("account_link") if self.missing else None

    @property
    def number(self) -> str:
        """Return the number that is being linked, whether it exists or not."""
        return str(self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number and the ways that are open to it."""
        asked = evidence_asked(self.supplier.cabinet)
        return super().get_context_data(**kwargs) | {
            "number": self.number,
            "has_evidence": any(field in WEAK_FIELDS for field in asked),
            "has_contact_code": "contact_code" in asked,
            "has_bill_code": "bill_code" in asked,
        }

    def finish(self, outcome: LinkOutcome, form: Any) -> HttpResponse:
        """Show how a try ended: the account, or the words above the form."""
        if not outcome.linked:
            form.add_error(None, outcome.text)
            return self.form_invalid(form)
        if outcome.state is LinkState.ACTIVE:
            messages.info(self.request, outcome.text)
            return redirect(account_url(self.number))
        # The page of a waiting link says it all itself.
        return redirect(reverse("account", args=[self.number]))


class LinkEvidence(LinkStep, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The evidence that the preset asks; where it asks only codes, the page offers those."""

    template_name = "portal/accounts/link_evidence.html"
    form_class = EvidenceForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form what the preset asks."""
        asked = evidence_asked(self.supplier.cabinet)
        return {**super().get_form_kwargs(), "supplier": self.supplier, "asked": asked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say beforehand how many tries there are."""
        tries = tries_left(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.number,
            now=self.now,
        )
        return super().get_context_data(**kwargs) | {"tries": tries}

    def form_valid(self, form: EvidenceForm) -> HttpResponse:
        """Try it; what went wrong is told alike for every number."""
        outcome = link_account(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.number,
            given=form.given(),
            objection_url=absolute_with_token(self.request, "objection"),
            now=self.now,
        )
        return self.finish(outcome, form)


class SendContactCode(LinkStep, TemplateView):
    """Ask for a code to the contract's contact: asked on GET, sent on POST."""

    template_name = "portal/accounts/send_code.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it; the next page says «если номер верный»."""
        refusal = operations.ask_contact_code(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.number,
            address=str(get_adapter().get_client_ip(self.request)),
            now=self.now,
        )
        if refusal is not None:
            messages.warning(self.request, refusal.text)
            return redirect(reverse("account_link_send_code", args=[self.number]))
        return redirect(reverse("account_link_code", args=[self.number]))


class LinkContactCode(LinkStep, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The code from the contract's contact."""

    template_name = "portal/accounts/link_code.html"
    form_class = ContactCodeForm

    def form_valid(self, form: ContactCodeForm) -> HttpResponse:
        """Try it."""
        outcome = operations.link_by_contact_code(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.number,
            code=form.cleaned_data["code"],
            now=self.now,
        )
        return self.finish(outcome, form)


class LinkBillCode(LinkStep, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The code from the paper bill."""

    template_name = "portal/accounts/link_bill_code.html"
    form_class = BillCodeForm

    def form_valid(self, form: BillCodeForm) -> HttpResponse:
        """Try it."""
        outcome = operations.link_by_bill_code(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.number,
            code=form.cleaned_data["code"],
            now=self.now,
        )
        return self.finish(outcome, form)
