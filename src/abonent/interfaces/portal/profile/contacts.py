"""Contacts and passwords: allauth's own views in the frame of the cabinet."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import views as engine
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from allauth.mfa.base import views as second_step
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.views.generic import FormView

from abonent.common.refusals import Refusal
from abonent.domain.identity import operations as identity
from abonent.domain.identity.queries import stolen_mark
from abonent.domain.identity.rules import Contact, Proof
from abonent.domain.journeys.recover_password import recover_password
from abonent.interfaces.design.engine_forms import with_digit_keys
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.portal.profile.forms import (
    ChangePasswordForm,
    EmailForm,
    PasswordForm,
    PhoneForm,
    SetPasswordForm,
)
from abonent.interfaces.portal.profile.views import ProfilePage

# How long after the code of a recovery the new password may be set without the old one.
_RECOVERY_SECONDS = 600


def proofs_of(request: HttpRequest) -> frozenset[Proof]:
    """Return by what the person of this session has shown who they are."""
    found = set()
    for record in get_authentication_records(request, request.user):
        method = record.get("method")
        if method == "code":
            found.add(Proof.SMS if record.get("phone") else Proof.MAIL_CODE)
        elif method == "password":
            found.add(Proof.PASSWORD)
        elif method == "mfa":
            found.add(Proof.KEY)
    return frozenset(found)


class LimitedPage(ProfilePage):
    """A page whose limit is told with a page of its own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that it was too often."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except RateLimited:
            return respond_429(request)


class _ChangeContact(LimitedPage):
    """A contact that is proven anew; a telephone alone does not change both in a day."""

    contact: Contact

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the letter or the code, or say why none goes."""
        try:
            identity.ask_contact_change(
                user_id=self.user_id,
                contact=self.contact,
                proofs=proofs_of(self.request),
                now=self.now,
            )
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # mypy cannot infer it
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return response


class ChangeEmail(_ChangeContact, engine.EmailView):
    """A new mailbox: a letter proves it, until then the old one stays."""

    template_name = "portal/profile/email.html"
    form_class = EmailForm
    contact = Contact.EMAIL


class ChangePhone(_ChangeContact, engine.ChangePhoneView):
    """A new telephone: a code proves it, until then the old one stays."""

    template_name = "portal/profile/phone.html"
    form_class = PhoneForm
    contact = Contact.PHONE


class ChangePassword(LimitedPage, engine.PasswordChangeView):
    """A new password in place of the present one; every session ends."""

    template_name = "portal/profile/password.html"
    form_class = ChangePasswordForm


class SetPassword(LimitedPage, engine.PasswordSetView):
    """The first password of a person who has signed in by codes."""

    template_name = "portal/profile/password.html"
    form_class = SetPasswordForm


class NewPasswordAfterCode(LimitedPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """A forgotten password, after the code that came to the telephone (MISSION A9).

    Only for a session that has just begun by a code: otherwise the old password is asked.
    """

    template_name = "portal/profile/password.html"
    form_class = SetPasswordForm

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Turn away a session that did not begin by a code a moment ago."""
        super().prepare(**kwargs)
        records = get_authentication_records(self.request, self.request.user)
        codes = [one for one in records if one.get("method") == "code"]
        if not codes or time.time() - codes[-1]["at"] > _RECOVERY_SECONDS:
            return redirect("account_change_password")
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its user, against whom the password is judged."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Set it, tell every contact, end every session."""
        form.save()
        path = reverse("stolen", args=[stolen_mark(self.user_id)])
        recover_password(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            stolen_url=self.request.build_absolute_uri(path),
            now=self.now,
        )
        finalize_password_change(self.request, form.user)
        return redirect(get_adapter().get_password_change_redirect_url(self.request))


class AskAgain(LimitedPage):
    """A proof once more; then the form that was sent before goes on by itself."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on with what was suspended.

        allauth finds the suspended page by its whole address, which here begins with the
        supplier's prefix: the prefix is taken off, as the middleware does.
        """
        prefix = get_script_prefix().rstrip("/")
        state = self.request.session.get(STATE_SESSION_KEY) or {}
        if prefix and "request" in state:
            suspended = json.loads(state["request"])
            wanted = urlsplit(self.request.POST.get(REDIRECT_FIELD_NAME, "")).path
            if wanted == suspended["path"]:
                answers = self.request.POST.copy()
                answers[REDIRECT_FIELD_NAME] = suspended["path"] = suspended["path_info"]
                self.request.POST = answers  # type: ignore[assignment]  # the library wants another type
                self.request.session[STATE_SESSION_KEY] = {"request": json.dumps(suspended)}
        return super().form_valid(form)  # type: ignore[misc]  # mypy cannot infer it


class AskPassword(AskAgain, engine.ReauthenticateView):
    """The password once more before something that matters."""

    template_name = "portal/profile/ask_password.html"
    form_class = PasswordForm


class AskSecondStep(AskAgain, second_step.ReauthenticateView):
    """A code of the application once more before something that matters."""

    template_name = "portal/profile/ask_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show digits on a telephone."""
        context = super().get_context_data(**kwargs)
        with_digit_keys(context["form"])
        return context


class AskPasskey(AskAgain, passkeys.ReauthenticateWebAuthnView):
    """A passkey once more before something that matters."""

    template_name = "portal/profile/ask_passkey.html"
