"""Between allauth and the house: contacts by our rules, all messages through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.forms import BaseForm, Field
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from abonent.common import clock
from abonent.domain.accounts.operations import LinkState
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.journeys.sign_up import first_entry
from abonent.domain.messaging import operations as messaging
from abonent.interfaces.design.fields import PhoneField
from abonent.interfaces.design.stolen import BLOCK_NUMBER
from abonent.interfaces.public.sign_in.letters import (
    ALREADY_EXISTS_SMS,
    CODE_SMS,
    MESSAGES,
    compose,
)

_NO_SUCH_ENTRY = (
    "Такого входа с таким паролем нет. Проверьте раскладку клавиатуры и Caps Lock или "
    "нажмите «Не помню пароль»."
)
_TOO_MANY = "Слишком много попыток. Подождите пять минут или войдите по коду."
_NUMBER_IS_LOGIN = (
    "\n\nЛогин – номер вашего лицевого счёта. Пока счёт ждёт подтверждения, входите по этой почте."
)
# The journey of recovery writes to every proven contact itself.
_TOLD_ELSEWHERE = ("password_reset",)
_STAGES = {
    "allauth.account.stages.PhoneVerificationStage": (
        "abonent.interfaces.public.sign_in.stages.PhoneStage"
    ),
    "allauth.account.stages.EmailVerificationStage": (
        "abonent.interfaces.public.sign_in.stages.EmailStage"
    ),
}


class Adapter(DefaultAccountAdapter):
    """The hooks of allauth that the house answers itself."""

    # allauth looks its errors up here; equal words for a wrong name and a wrong password.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _NO_SUCH_ENTRY,
        "phone_password_mismatch": _NO_SUCH_ENTRY,
        "username_password_mismatch": _NO_SUCH_ENTRY,
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": "Слишком часто. Подождите полминуты и попробуйте снова.",
        "incorrect_code": "Код не подошёл. Проверьте цифры или запросите новый.",
        "incorrect_password": "Пароль не подошёл. Проверьте раскладку и Caps Lock.",
        "enter_current_password": "Это не нынешний пароль. Проверьте раскладку и Caps Lock.",
        "duplicate_email": "Эта почта уже в вашем кабинете. Укажите другую.",
        "same_as_current": "Это тот же номер. Укажите новый.",
        "phone_taken": "Этот номер подтвердил другой человек. Укажите другой.",
        "email_taken": "Эту почту подтвердил другой человек. Укажите другую.",
        "username_blacklisted": "Такой логин нельзя. Придумайте другой.",
        "invalid_password_reset": "Ссылка устарела. Запросите новую.",
    }

    def get_login_stages(self) -> list[str]:
        """Put the house's own stages in the place of allauth's."""
        return [_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    # Contacts

    def phone_form_field(self, **kwargs: Any) -> Field:
        """Read every Russian way of writing a number (LIBRARIES trap 12)."""
        return PhoneField(label="Телефон", required=kwargs.get("required", True))

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep a typed number as claimed, a checked one as proven."""
        now = clock.now()
        if verified:
            identity.prove_phone(user_id=user.pk, phone=phone, now=now)
        else:
            identity.claim_phone(user_id=user.pk, phone=phone, now=now)
        # The flow goes on with this very object and may store it whole.
        user.phone, user.phone_proven_at = phone, now if verified else None

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Return the user's number and whether it is proven."""
        return (user.phone, user.phone_proven_at is not None) if user.phone else None

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Keep the number as proven."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> AbstractBaseUser | None:
        """Return the user who has proven this number: one that was only typed is nobody's."""
        found = people.user_by_phone(phone)
        if found is None or not found.is_active:
            return None
        return get_user_model().objects.get(pk=found.id)

    # Signing up

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Judge a login by its signs alone: whether it is taken must not be told here."""
        return super().clean_username(username.strip().lower(), shallow=True)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the login empty when none was chosen; one that is taken is told by letter."""
        if user.login and people.user_by_login(user.login):
            request.login_taken = user.login  # type: ignore[attr-defined]  # set by a middleware or a library without types
            user.login = None

    def save_user(
        self,
        request: HttpRequest,
        user: Any,
        form: BaseForm,
        commit: bool = True,
    ) -> AbstractBaseUser:
        """Store a new user with the name typed at sign-up."""
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)

    # Messages

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Compose a letter of ours and put it into the outbox."""
        request = _request()
        user = context.get("user")
        name = _letter_name(template_prefix.rpartition("/")[2], user)
        if name in _TOLD_ELSEWHERE:
            return
        login = getattr(request, "login_taken", "")
        note = f"\n\nЛогин «{login}» занят, выберите другой в разделе «Профиль»." if login else ""
        if "account" in _cabinet().get("sign_in", []) and name == "email_confirmation_signup":
            note += _NUMBER_IS_LOGIN
        has_password = user is None or user.has_usable_password()
        places = {
            "supplier": _supplier_name(),
            "login_note": note,
            "stolen_url": stolen_url(request, user or request.user),
            "then": "войдите со своим паролем" if has_password else "придумайте пароль",
        }
        letter = compose(name, {**context, **places})
        with transaction.atomic():
            messaging.enqueue(
                supplier_id=_supplier_id(),
                channel="email",
                recipient=email,
                kind=f"sign_in_{name}"[:48],
                subject=letter.subject,
                body=letter.text,
                now=clock.now(),
            )

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any
    ) -> None:
        """Send a code within the day's ceilings; a refusal is shown by the page."""
        self._send_sms(phone, CODE_SMS.format(code=code, supplier=_supplier_name()))

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell the number, not the screen, that it has a cabinet; to a proven number only."""
        if people.user_by_phone(phone):
            self._send_sms(phone, ALREADY_EXISTS_SMS.format(supplier=_supplier_name()))
        else:
            self.send_unknown_account_sms(phone)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Send nothing to a number nobody has proven, but count it (LIBRARIES trap 16)."""
        with transaction.atomic():
            identity.pass_over_sms(number=phone, address=self._address(), now=clock.now())

    def _send_sms(self, phone: str, body: str) -> None:
        with transaction.atomic():
            identity.send_sms_code(
                supplier_id=_supplier_id(),
                number=phone,
                address=self._address(),
                kind="sign_in_code",
                body=body,
                now=clock.now(),
            )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what happened in our words; what the page tells anyway is not said twice."""
        name = (message_template or "").rpartition("/")[2].removesuffix(".txt")
        text = message or MESSAGES.get(name, "")
        if text:
            messages.add_message(request, level, text)

    # After signing in

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Write the entry down and try the account that was named at sign-up."""
        supplier, now = request.supplier, clock.now()  # type: ignore[attr-defined]  # set by a middleware or a library without types
        identity.record_entry(
            user_id=user.pk,
            supplier_id=supplier.id if supplier else None,
            address=self._address(),
            user_agent=request.headers.get("User-Agent", ""),
            now=now,
        )
        if supplier:
            outcome = first_entry(
                user_id=user.pk,
                supplier_id=supplier.id,
                objection_url=objection_url(request),
                now=now,
            )
            if outcome is not None:
                refused = outcome.state is LinkState.REFUSED
                level = messages.WARNING if refused else messages.INFO
                messages.add_message(request, level, outcome.text)
                remedy = supplier.cabinet.get("sign_up", {}).get("failed", "")
                if refused and remedy:
                    messages.warning(request, remedy)
        return super().post_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to the cabinet of the supplier, or to the list of suppliers at the bare root."""
        return _home(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Go where a sign-in goes."""
        return _home(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Go to the first open page."""
        return reverse("landing")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Ask to sign in anew: a changed password has ended every session."""
        return reverse("account_login")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Ask for the password, or show the profile to one who is inside."""
        inside = _request().user.is_authenticated
        return reverse("profile") if inside else reverse("account_login")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Say under which number the cabinet is blocked; the password was right."""
        block = people.block_of(int(user.pk))
        request.session[BLOCK_NUMBER] = block.number if block else ""
        return super().respond_user_inactive(request, user)

    # Limits

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed tries by what was typed.

        allauth leaves telephones out, so that all of them would share one count.
        """
        names = ("email", "phone", "username")
        typed = next((credentials[name] for name in names if credentials.get(name)), "")
        return f"sign-in:{str(typed).lower()}"

    def _address(self) -> str:
        """Return the client's address as far as our own proxies are to be believed."""
        return str(self.get_client_ip(_request()))


def stolen_url(request: HttpRequest, user: Any) -> str:
    """Return the absolute address at which this user blocks the cabinet without signing in."""
    mark = people.stolen_mark(int(user.pk)) if user.pk else ""
    return request.build_absolute_uri(reverse("stolen", args=[mark])) if mark else ""


def objection_url(request: HttpRequest) -> str:
    """Return the absolute address of the objection page with a place for its mark."""
    path = reverse("objection", args=["TOKEN"])
    return request.build_absolute_uri(path).replace("TOKEN", "{token}")


def _letter_name(name: str, user: Any) -> str:
    """Return the letter to send: who has proven nothing yet is still signing up.

    allauth calls a letter asked for again at sign-in a change of the mailbox, and its words
    would speak of an earlier one.
    """
    if name != "email_confirmation" or user is None or user.phone_proven_at is not None:
        return name
    proven = EmailAddress.objects.filter(user=user, verified=True).exists()
    return name if proven else "email_confirmation_signup"


def _request() -> HttpRequest:
    """Return the request that allauth is answering."""
    return context.request


def _supplier_id() -> int | None:
    supplier = _request().supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    return supplier.id if supplier else None


def _cabinet() -> dict[str, Any]:
    supplier = _request().supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    return supplier.cabinet if supplier else {}


def _supplier_name() -> str:
    """Return how the supplier is called in letters."""
    supplier = _request().supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    if supplier is None:
        return "Абонент"
    # The letters put the name into «», so quotes of its own become the inner ones.
    return str(supplier.called).replace("«", "„").replace("»", "“")


def _home(request: HttpRequest) -> str:
    supplier = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    return reverse("portal_home") if supplier else "/"
