"""What the person agreed to, and the end of it: a consent withdrawn, the cabinet deleted."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.accounts.queries import linked_numbers
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import OF_THE_CABINET, Purpose, erased_by
from abonent.domain.journeys.delete_cabinet import (
    delete_cabinet,
    delete_cabinet_by_code,
    send_deletion_code,
)
from abonent.domain.journeys.withdraw_consent import withdraw_consent
from abonent.domain.suppliers.queries import all_suppliers
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.portal.agreeing import consent_given
from abonent.interfaces.portal.profile.forms import DeletionCodeForm, DeletionForm
from abonent.interfaces.portal.profile.views import ProfilePage

_DELETED = "Кабинет удалён. Начисления и платежи остались у поставщика."
_TOO_OFTEN = "Слишком много попыток. Подождите минуту и попробуйте снова."


class JoinMailings(ProfilePage, TemplateView):
    """Agree to mailings: the text is shown, the button agrees."""

    template_name = "portal/profile/join_mailings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the text of this moment."""
        return super().get_context_data(**kwargs) | {"document": self._document()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the consent with this very text."""
        self._document()
        identity.agree(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            consents=[consent_given(self.supplier, Purpose.MAILINGS)],
            address=str(get_adapter().get_client_ip(request)),
            user_agent=request.headers.get("User-Agent", ""),
            now=self.now,
        )
        return redirect("profile")

    def _document(self) -> dict[str, str]:
        document: dict[str, str] | None = self.supplier.cabinet.get("consents", {}).get("mailings")
        if document is None:
            raise NotFound("Рассылок у поставщика нет.")
        return document


class WithdrawConsent(ProfilePage, TemplateView):
    """Withdraw a consent: asked on GET with all that follows, done on POST."""

    template_name = "portal/profile/withdraw.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the consent and what ends with it."""
        purpose = self._purpose()
        title = self.supplier.cabinet.get("consents", {}).get(purpose, {}).get("title", "")
        return super().get_context_data(**kwargs) | {
            "purpose": purpose,
            "title": title,
            "closes": purpose in OF_THE_CABINET,
            "numbers": [one.number for one in self.accounts],
            "erased_by": erased_by(self.now),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Withdraw it from this moment."""
        purpose = self._purpose()
        withdraw_consent(
            user_id=self.user_id, supplier_id=self.supplier.id, purpose=purpose, now=self.now
        )
        said = "Согласие отозвано."
        if purpose in OF_THE_CABINET:
            said += " Лицевые счета этого поставщика убраны из кабинета."
        messages.info(request, said)
        return redirect("profile")

    def _purpose(self) -> Purpose:
        try:
            return Purpose(self.kwargs["purpose"])
        except ValueError as error:
            raise NotFound("Такого согласия нет.") from error


class Deletion(ProfilePage):
    """What the two pages of deleting share: what goes, how it ends."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the accounts that leave the cabinet, at every supplier, and the contact."""
        names = {one.id: one.called for one in all_suppliers()}
        person = people.user_view(self.user_id)
        return super().get_context_data(**kwargs) | {
            "person": person,
            "contact": person.email or person.phone,
            "numbers": [
                (names[one.supplier_id], one.number)
                for one in linked_numbers(user_ids=[self.user_id])
            ],
        }

    def finish(self, form: Any, refusal: Refusal | None) -> HttpResponse:
        """Say what was wrong, or lead out of the cabinet that is no more."""
        if refusal is not None:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        logout(self.request)
        messages.info(self.request, _DELETED)
        return redirect("landing")


class DeleteCabinet(Deletion, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Delete the cabinet: what goes and what stays; proven by the password, else by a code."""

    template_name = "portal/profile/delete.html"
    form_class = DeletionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for the password of a person who has one."""
        return {**super().get_form_kwargs(), "by_password": people.has_password(self.user_id)}

    def form_valid(self, form: DeletionForm) -> HttpResponse:
        """Delete it, or send the code that proves it."""
        if "password" not in form.fields:
            return self._send_code(form)
        if not consume(self.request, action="reauthenticate", user=self.request.user):
            return self.finish(form, Refusal(_TOO_OFTEN))
        try:
            refusal = delete_cabinet(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                password=form.cleaned_data["password"],
                now=self.now,
            )
        except Refusal as refused:
            refusal = refused
        return self.finish(form, refusal)

    def _send_code(self, form: DeletionForm) -> HttpResponse:
        try:
            refusal = send_deletion_code(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                address=str(get_adapter().get_client_ip(self.request)),
                now=self.now,
            )
        except Refusal as refused:
            refusal = Refusal(refused.text)
        if refusal is not None:
            return self.finish(form, refusal)
        return redirect(reverse("profile_delete_code"))


class DeleteByCode(Deletion, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The code that was sent, and the cabinet is deleted."""

    template_name = "portal/profile/delete_code.html"
    form_class = DeletionCodeForm

    def form_valid(self, form: DeletionCodeForm) -> HttpResponse:
        """Delete it, or say what is wrong with the code."""
        try:
            refusal = delete_cabinet_by_code(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                code=form.cleaned_data["code"],
                now=self.now,
            )
        except Refusal as refused:
            refusal = refused
        return self.finish(form, refusal)
