"""Forms of sign-in and recovery: one field for whatever names a person."""

from typing import Any

from allauth.account import forms as engine
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from abonent.common import clock
from abonent.domain.accounts.queries import SignInName, read_sign_in_name
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.fields import CodeField, PageForm
from abonent.interfaces.design.plain_fields import (
    NEW_PASSWORD_HINT,
    email_field,
    old_password,
    password_again,
)

# What a field asks for: «Введите почту или телефон».
_ASKED = {
    "email": "почту",
    "phone": "телефон",
    "login": "логин",
    "account": "номер лицевого счёта",
}
_WAYS = {
    "email": "почта",
    "phone": "телефон",
    "login": "логин",
    "account": "номер лицевого счёта",
}


def names_in_words(ways: list[str]) -> str:
    """Return the ways a supplier's people name themselves: «Почта, телефон или логин»."""
    text = _listed([_WAYS[way] for way in ways if way in _WAYS])
    return text[:1].upper() + text[1:]


def asked_in_words(ways: list[str]) -> str:
    """Return what to do about a field left empty: «Введите почту, телефон или логин»."""
    return f"Введите {_listed([_ASKED[way] for way in ways if way in _ASKED])}"


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " или " + words[-1] if len(words) > 1 else words[0]


class SignInForm(engine.LoginForm):
    """The name and the password; the name is read as the preset allows."""

    use_required_attribute = False

    def __init__(self, *args: Any, supplier: SupplierView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supplier = supplier
        ways = list(supplier.cabinet.get("sign_in") or ["email", "phone"])
        # A mailbox always signs in: a link that still waits has no other name.
        shown = ways if "email" in ways else [*ways, "email"]
        hint = "Номер счёта есть вверху квитанции" if "account" in ways else ""
        self.fields["login"] = forms.CharField(
            label=names_in_words(shown),
            help_text=hint,
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username"}),
            error_messages={"required": "Введите, под чем вы регистрировались"},
        )
        self.fields["password"] = old_password()
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """Return what allauth checks: always exactly one name and the password."""
        name = self._name()
        if name.user and not (name.email or name.phone) and not name.user.login:
            # An account's number: its owner signs in by the contact they have proven.
            named = {"email": name.user.email} if name.user.email else {"phone": name.user.phone}
        elif name.email:
            named = {"email": name.email}
        elif name.phone:
            named = {"phone": name.phone}
        else:
            named = {"username": name.user.login if name.user else name.login}
        return {**named, "password": self.cleaned_data["password"]}

    def _name(self) -> SignInName:
        return read_sign_in_name(
            supplier_id=self.supplier.id, text=self.cleaned_data["login"], now=clock.now()
        )


class ContactForm(PageForm):
    """A mailbox or a telephone to which a code or a link is to go."""

    contact = forms.CharField(
        label="Почта или телефон",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
        error_messages={"required": "Введите почту или телефон"},
    )
    limit = "request_login_code"

    def __init__(self, *args: Any, supplier: SupplierView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supplier = supplier
        self._user: AbstractBaseUser | None = None

    def clean(self) -> dict[str, Any]:
        """Read the contact and find its user; whether there is one is told nowhere."""
        cleaned = super().clean() or {}
        text = cleaned.get("contact")
        if not text:
            return cleaned
        name = read_sign_in_name(supplier_id=self.supplier.id, text=text, now=clock.now())
        typed = str(cleaned.get("email", "")).lower()
        cleaned |= {"email": name.email, "phone": name.phone, "typed_email": typed}
        self._read(name, cleaned)
        key = (cleaned.get("email") or cleaned.get("phone") or text).lower()
        if not ratelimit.consume(context.request, action=self.limit, key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        return cleaned

    def _read(self, name: SignInName, cleaned: dict[str, Any]) -> None:
        """Fill in the contact and the user, or say what is wrong with the typing."""
        if name.email:
            try:
                validate_email(name.email)
            except ValidationError:
                text = "В адресе почты ошибка. Проверьте, например: anna@mail.ru"
                self.add_error("contact", text)
                return
            found = filter_users_by_email(
                name.email, is_active=True, prefer_verified=True, for_login=True
            )
            self._user = found[0] if found else None
        elif name.phone:
            self._user = get_adapter().get_user_by_phone(name.phone)
        else:
            text = "Это не похоже ни на почту, ни на телефон. Проверьте, например: 8 912 345-67-89"
            self.add_error("contact", text)


class RecoveryForm(ContactForm):
    """What names the cabinet whose password is forgotten, as the preset asks (MISSION A9)."""

    limit = "reset_password"

    def __init__(self, *args: Any, supplier: SupplierView, **kwargs: Any) -> None:
        super().__init__(*args, supplier=supplier, **kwargs)
        recovery = supplier.cabinet.get("recovery", {})
        ways = list(recovery.get("identifiers") or ["email", "phone"])
        self.fields["contact"].label = names_in_words(ways)
        self.fields["contact"].error_messages["required"] = asked_in_words(ways)
        self._wants_email = bool(recovery.get("with_email"))
        if self._wants_email:
            self.fields["email"] = email_field("Почта кабинета")
            if not {"email", "phone"}.isdisjoint(ways):
                self.fields["email"].required = False
                self.fields["email"].help_text = "Нужна, если выше логин или номер счёта"

    def _read(self, name: SignInName, cleaned: dict[str, Any]) -> None:
        """Take a login or an account number as well; the letter goes to the proven mailbox.

        A mailbox or a telephone says itself where to write: nothing is asked beside it.
        """
        if name.email or name.phone:
            super()._read(name, cleaned)
            return
        if self._wants_email and not cleaned["typed_email"] and "email" not in self.errors:
            self.add_error("email", "Введите почту, на которую заведён кабинет")
            return
        mailbox = name.user.email if name.user else ""
        known = bool(mailbox) and (not self._wants_email or mailbox == cleaned["typed_email"])
        # Nothing is sent where the two do not agree: «такого кабинета нет» would be untrue.
        cleaned |= {"email": mailbox if known else "", "phone": ""}
        found = filter_users_by_email(mailbox, is_active=True, for_login=True) if known else []
        self._user = found[0] if found else None


class CodeForm(engine.BaseConfirmCodeForm):
    """Six wheels for the code of sign-in."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label="Код из сообщения")


class PhoneCodeForm(engine.VerifyPhoneForm):
    """Six wheels for the code that proves a telephone."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label="Код из сообщения")


class NewPasswordForm(engine.ResetPasswordKeyForm):
    """A new password, typed twice, after the link of a letter."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        strength = self.fields["password1"]
        strength.label, strength.help_text = "Новый пароль", NEW_PASSWORD_HINT
        strength.error_messages["required"] = "Придумайте пароль"
        self.fields["password2"] = password_again()

    def clean(self) -> dict[str, Any]:
        """Compare both; the engine's own words are not ours."""
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Пароли не совпали. Введите одинаковые")
        return cleaned
