"""Forms of the profile."""

from typing import Any

from allauth.account import forms as engine
from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError

from abonent.interfaces.design.fields import CodeField, PageForm, PhoneField
from abonent.interfaces.design.plain_fields import (
    email_field,
    new_password,
    old_password,
    password_again,
    plain_field,
)


class NameForm(PageForm):
    """How a person is called and what they sign in by besides contacts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"] = plain_field("full_name")
        self.fields["full_name"].required = False
        login = plain_field("login")
        login.required = False
        login.help_text = "Можно не заводить: войти можно и без него"
        self.fields["login"] = login

    def clean_login(self) -> str:
        """Judge the signs of the login; whether it is taken the domain tells."""
        login = str(self.cleaned_data["login"]).strip().lower()
        if "@" in login or (login and login.isdigit()):
            text = "Логин не должен быть похож на почту или номер. Добавьте буквы"
            raise ValidationError(text)
        return login


class EmailForm(engine.AddEmailForm):
    """A new mailbox; the old one stays until the new one is proven."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field("Новая почта")


class PhoneForm(engine.ChangePhoneForm):
    """A new telephone; the old one stays until the code is entered."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label="Новый номер")


class _TwoPasswords:
    """Compare a new password typed twice and judge its strength."""

    user: Any
    cleaned_data: dict[str, Any]
    add_error: Any

    def clean(self) -> dict[str, Any]:
        """Return what was typed when it agrees."""
        cleaned = self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first:
            try:
                get_adapter().clean_password(first, user=self.user)
            except ValidationError as error:
                self.add_error("password1", error)
        if first and second and first != second:
            self.add_error("password2", "Пароли не совпали. Введите одинаковые")
        return cleaned


class ChangePasswordForm(_TwoPasswords, engine.ChangePasswordForm):
    """The present password, then a new one twice."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = old_password("Нынешний пароль")
        self.fields["password1"] = new_password()
        self.fields["password2"] = password_again()


class SetPasswordForm(_TwoPasswords, engine.SetPasswordForm):
    """The first password of a person who has signed in by codes so far, or a forgotten one."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = new_password()
        self.fields["password2"] = password_again()


class PasswordForm(engine.ReauthenticateForm):
    """The password once more before something that matters."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = old_password()


class DeletionForm(PageForm):
    """Yes, and the password; without a password a code is sent instead."""

    sure = forms.BooleanField(
        label="Понимаю, что вернуть кабинет будет нельзя",
        error_messages={"required": "Поставьте отметку, если решили удалить кабинет"},
    )

    def __init__(self, *args: Any, by_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_password:
            self.fields["password"] = old_password()


class DeletionCodeForm(PageForm):
    """The code that confirms the deletion."""

    code = CodeField(label="Код из сообщения")
