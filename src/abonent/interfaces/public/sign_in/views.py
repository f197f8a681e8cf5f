"""Pages of sign-in: allauth's own views in our frame and words."""

from typing import Any

from allauth.account import views as engine
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.utils import user_pk_to_url_str
from allauth.core.internal.httpkit import add_query_params
from allauth.mfa.base import views as second_step
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView

from abonent.common import clock
from abonent.common.words import masked_email, masked_phone
from abonent.domain.identity import operations as identity
from abonent.domain.journeys.recover_password import recover_password
from abonent.interfaces.design.engine_forms import with_digit_keys
from abonent.interfaces.design.stolen import BLOCK_NUMBER
from abonent.interfaces.public.pages import BeginAnew, OpenPage
from abonent.interfaces.public.sign_in.adapter import stolen_url
from abonent.interfaces.public.sign_in.forms import (
    CodeForm,
    ContactForm,
    NewPasswordForm,
    PhoneCodeForm,
    RecoveryForm,
    SignInForm,
)
from abonent.interfaces.public.supplier import organisations_sign_up

# Where this browser keeps what was typed to recover a password.
RECOVERED_BY = "recovered_by"


class SignIn(OpenPage, BeginAnew, engine.LoginView):
    """By name and password, or by a passkey."""

    template_name = "public/sign_in/sign_in.html"
    form_class = SignInForm
    section = "account_login"

    @property
    def side(self) -> str:  # type: ignore[override]  # an attribute of other pages
        """Tell which entrance this is: organisations have their own where they sign up."""
        wanted = self.request.GET.get("side")
        ways = self.supplier.cabinet.get("sign_up_organisation")
        return "org" if wanted == "org" and ways else "home"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Lead organisations to their own way of signing up."""
        context = super().get_context_data(**kwargs)
        if self.side == "org":
            context |= {"for_organisations": True, "signup_url": organisations_sign_up()}
        return context

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its supplier."""
        return {**super().get_form_kwargs(), "supplier": self.supplier}


class SignOut(OpenPage, engine.LogoutView):
    """Asked on GET, done on POST."""

    template_name = "public/sign_in/sign_out.html"


class Blocked(OpenPage, TemplateView):
    """The password was right, but the cabinet is blocked; or it has just been blocked."""

    template_name = "public/sign_in/blocked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the number of the request to the browser that has a right to it."""
        number = self.request.session.get(BLOCK_NUMBER, "")
        return super().get_context_data(**kwargs) | {"block_number": number}


class RequestCode(OpenPage, BeginAnew, engine.RequestLoginCodeView):
    """Ask for a code to a mailbox or a telephone; known or not, the next page is the same."""

    template_name = "public/sign_in/request_code.html"
    form_class = ContactForm
    section = "account_login"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its supplier."""
        return {**super().get_form_kwargs(), "supplier": self.supplier}


class EnterCode(OpenPage, engine.ConfirmLoginCodeView):
    """The code, on six wheels."""

    template_name = "public/sign_in/enter_code.html"
    form_class = CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the code went, half hidden."""
        context = super().get_context_data(**kwargs)
        return context | {
            "sent_to": _masked(context["email"], context["phone"]),
            "by_phone": bool(context["phone"]),
            "minutes": 5,
            "again_url": reverse("account_request_login_code"),
        }


class _PhoneCode(OpenPage):
    """What both pages of a telephone's code share."""

    template_name = "public/sign_in/enter_code.html"
    form_class = PhoneCodeForm
    again_name = "account_signup"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the code went, half hidden."""
        context = super().get_context_data(**kwargs)
        return context | {
            "sent_to": masked_phone(context["phone"]),
            "by_phone": True,
            "minutes": 10,
            "again_url": reverse(self.again_name),
        }


class ProvePhone(_PhoneCode, engine._VerifyPhoneSignupView):  # noqa: SLF001  (its only name)
    """The code that proves the telephone of a sign-up."""


class ChangePhone(_PhoneCode, engine._VerifyPhoneChangeView):  # noqa: SLF001  (its only name)
    """The code that proves a new telephone of one who is inside."""

    again_name = "account_change_phone"


def verify_phone(request: HttpRequest) -> HttpResponseBase:
    """Take the code for a new telephone, of a sign-up or of the profile."""
    view = ChangePhone if request.user.is_authenticated else ProvePhone
    answer: HttpResponseBase = view.as_view()(request)
    return answer


class ConfirmMail(OpenPage, engine.ConfirmEmailView):
    """The link of a letter: opening it shows a button, pressing proves the mailbox."""

    template_name = "public/sign_in/confirm_mail.html"

    def respond(self, success: bool) -> HttpResponse:
        """Go to sign-in; one who has no password yet is let to set the first."""
        if not success:
            return super().respond(success)
        user = self.object.email_address.user
        if user.has_usable_password():
            return super().respond(success)
        return redirect(new_password_url(user))


class Recover(OpenPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Forgotten password: a link to the mailbox, a code to the telephone."""

    template_name = "public/sign_in/recover.html"
    form_class = RecoveryForm
    section = "account_login"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its supplier."""
        return {**super().get_form_kwargs(), "supplier": self.supplier}

    def form_valid(self, form: RecoveryForm) -> HttpResponse:
        """Send what there is to send; the next page does not tell whether anything went."""
        phone, user = form.cleaned_data["phone"], form._user  # noqa: SLF001  (allauth's own name)
        if phone:
            LoginCodeVerificationProcess.initiate(request=self.request, user=user, phone=phone)
            target = reverse("new_password_after_code")
            url = add_query_params(reverse("account_confirm_login_code"), {"next": target})
            return HttpResponseRedirect(url)
        email = form.cleaned_data["email"]
        if email:
            people = [user] if user else []
            request_password_reset(self.request, email, people, default_token_generator)
        self.request.session[RECOVERED_BY] = form.cleaned_data["contact"]
        return redirect("account_reset_password_done")


class RecoverySent(OpenPage, TemplateView):
    """The same words whether or not a letter has gone."""

    template_name = "public/sign_in/recovery_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Repeat what was typed in this browser: a slip of the finger shows at once."""
        typed = self.request.session.get(RECOVERED_BY, "")
        return super().get_context_data(**kwargs) | {"typed": typed}


class NewPassword(OpenPage, engine.PasswordResetFromKeyView):
    """The link of the letter: a new password; it proves the mailbox as well."""

    template_name = "public/sign_in/new_password.html"
    form_class = NewPasswordForm
    success_url = None

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Set it, prove the mailbox, tell every contact, close every session."""
        user, now = self.reset_user, clock.now()
        response = super().form_valid(form)
        identity.prove_email(user_id=user.pk, now=now)
        recover_password(
            user_id=user.pk,
            supplier_id=self.supplier.id,
            stolen_url=stolen_url(self.request, user),
            now=now,
        )
        return response

    def get_success_url(self) -> str:
        """Ask to sign in with the new password."""
        return reverse("account_login")


class SecondStep(OpenPage, second_step.AuthenticateView):
    """A person with a passkey or an application confirms the sign-in with it."""

    template_name = "public/sign_in/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show digits on a telephone."""
        context = super().get_context_data(**kwargs)
        with_digit_keys(context["form"])
        return context


class Passkey(OpenPage, passkeys.LoginWebAuthnView):
    """What a script needs to ask for a passkey, and the sign-in with the answer."""


def new_password_url(user: Any) -> str:
    """Return the address where this user sets a password: signed, for an hour, once."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )


def _masked(email: str | None, phone: str | None) -> str:
    """Return a contact half hidden."""
    return masked_email(email) if email else masked_phone(phone or "")
