"""Access for relatives: an owner invites, the invited accepts, both may end it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, View

from abonent.common.refusals import Refusal
from abonent.domain.accounts import operations
from abonent.domain.accounts.queries import offer_for
from abonent.domain.accounts.rules import ROLE_WORDS
from abonent.domain.identity import operations as identity
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.portal.accounts.forms import AcceptForm, InviteForm
from abonent.interfaces.portal.accounts.linking import LinkPage, absolute_with_token
from abonent.interfaces.portal.agreeing import consent_given
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import OwnerPage


class Invite(OwnerPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """To whom, what they may do, until when; the letter or SMS leaves at once."""

    template_name = "portal/accounts/invite.html"
    form_class = InviteForm
    section = "accounts"

    def form_valid(self, form: InviteForm) -> HttpResponse:
        """Send the invitation."""
        try:
            operations.invite_to_account(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                number=self.account.number,
                guest=form.guest(),
                url=absolute_with_token(self.request, "account_invitation"),
                address=str(get_adapter().get_client_ip(self.request)),
                now=self.now,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.info(self.request, "Приглашение отправлено. Доступ откроется, когда его примут.")
        return redirect(reverse("account", args=[self.account.number]))


class CancelInvitation(OwnerPage, View):
    """The button that withdraws an invitation."""

    section = "accounts"

    def post(self, request: HttpRequest, *, number: str, invitation_id: int) -> HttpResponse:
        """Withdraw it."""
        operations.cancel_invitation(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=number,
            invitation_id=invitation_id,
            now=self.now,
        )
        messages.info(request, "Приглашение отозвано.")
        return redirect(reverse("account", args=[number]))


class Invitation(LinkPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The link of a letter: opening it shows what is offered, the button accepts."""

    template_name = "portal/accounts/invitation.html"
    form_class = AcceptForm

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Read what is offered; a link that is worth nothing is no page."""
        elsewhere = super().prepare(**kwargs)
        self.offer = offer_for(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            token=str(kwargs["token"]),
            now=self.now,
        )
        return elsewhere

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for the consents that this supplier still needs."""
        given = super().get_form_kwargs()
        return {**given, "supplier": self.supplier, "missing": self.missing}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is offered."""
        may = ROLE_WORDS[self.offer.role]
        return super().get_context_data(**kwargs) | {"offer": self.offer, "may": may}

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        """Keep what was agreed to, open the account."""
        if form.missing:
            identity.agree(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                consents=[consent_given(self.supplier, purpose) for purpose in form.missing],
                address=str(get_adapter().get_client_ip(self.request)),
                user_agent=self.request.headers.get("User-Agent", ""),
                now=self.now,
            )
        try:
            number = operations.accept_invitation(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                token=str(self.kwargs["token"]),
                objection_url=absolute_with_token(self.request, "objection"),
                now=self.now,
            )
        except operations.NotYours as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.info(self.request, f"Лицевой счёт {number} открыт вам.")
        return redirect(account_url(number))
