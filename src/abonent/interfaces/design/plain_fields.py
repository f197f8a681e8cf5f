"""Plain fields about a person and an account: labels, hints, the browser's own help."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.core.validators import RegexValidator

from abonent.interfaces.design.fields import PhoneField, SumField

NEW_PASSWORD_HINT = "Не короче 10 знаков, не из одних цифр. Хорошо подходят три-четыре слова"  # noqa: S105  (no secret: a text)


@dataclass(frozen=True)
class Plain:
    """How one line of text is asked for."""

    label: str
    missing: str
    hint: str = ""
    longest: int = 160
    autocomplete: str = "off"
    keys: str = ""
    signs: str = ""
    wrong_signs: str = ""


PLAIN = {
    "full_name": Plain(
        "Фамилия, имя, отчество", "Введите, как вас зовут", longest=300, autocomplete="name"
    ),
    "login": Plain(
        "Логин",
        "Придумайте логин",
        "Латинские буквы и цифры",
        64,
        autocomplete="username",
        signs=r"\A[A-Za-z0-9._-]+\Z",
        wrong_signs="В логине только латинские буквы и цифры, без пробелов. Исправьте",
    ),
    "city": Plain("Город", "Введите город", autocomplete="address-level2"),
    "account": Plain(
        "Номер лицевого счёта", "Введите номер лицевого счёта", "Он есть вверху квитанции", 64
    ),
    "branch": Plain("Филиал", "Выберите филиал"),
    "locality": Plain("Населённый пункт", "Введите населённый пункт"),
    "street": Plain("Улица", "Введите улицу", "Например: Бекетова"),
    "house": Plain("Дом", "Введите номер дома", longest=32),
    "corpus": Plain("Корпус", "Введите корпус", "Если он есть в адресе", 16),
    "letter": Plain("Литера дома", "Введите литеру", "Если в номере дома есть буква", 8),
    "flat": Plain("Квартира", "Введите номер квартиры", longest=16),
    "flat_extension": Plain(
        "Расширение квартиры",
        "Введите расширение",
        "Если номер с дробью или буквой: у 141/1 это 1",
        16,
    ),
    "surname": Plain("Фамилия владельца счёта", "Введите фамилию", "Как в квитанции"),
    "meter_serial": Plain(
        "Заводской номер счётчика", "Введите номер счётчика", "Он на корпусе", 64
    ),
    "inn": Plain("ИНН организации", "Введите ИНН", longest=12, keys="numeric"),
}  # fmt: skip


def plain_field(name: str, choices: Sequence[tuple[str, str]] = ()) -> forms.Field:
    """Return the field of a name, a list to choose from when ``choices`` are given."""
    if name in _MADE:
        return _MADE[name]()
    plain = PLAIN[name]
    if choices:
        return forms.ChoiceField(
            label=plain.label,
            choices=[("", "Выберите"), *choices],
            error_messages={"required": plain.missing, "invalid_choice": plain.missing},
        )
    attributes = {"autocomplete": plain.autocomplete}
    if plain.keys:
        attributes["inputmode"] = plain.keys
    return forms.CharField(
        label=plain.label,
        help_text=plain.hint,
        max_length=plain.longest,
        validators=[RegexValidator(plain.signs, plain.wrong_signs)] if plain.signs else [],
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": plain.missing, "max_length": "Слишком длинно. Проверьте"},
    )


def email_field(label: str = "Электронная почта") -> forms.EmailField:
    """Return a field for a mailbox."""
    return forms.EmailField(
        label=label,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Введите адрес почты",
            "invalid": "В адресе почты ошибка. Проверьте, например: anna@mail.ru",
        },
    )


def new_password(label: str = "Новый пароль") -> forms.CharField:
    """Return a field for a new password; its strength is judged by the form."""
    return forms.CharField(
        label=label,
        help_text=NEW_PASSWORD_HINT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Придумайте пароль"},
    )


def password_again() -> forms.CharField:
    """Return a field in which the new password is repeated."""
    return forms.CharField(
        label="Пароль ещё раз",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Повторите пароль"},
    )


def old_password(label: str = "Пароль") -> forms.CharField:
    """Return a field for the password in force."""
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Введите пароль"},
    )


def _send_letter() -> forms.BooleanField:
    return forms.BooleanField(
        label="Прислать мне письмо со ссылкой",
        error_messages={"required": "Без письма кабинет не открыть. Поставьте отметку"},
    )


_MADE = {
    "email": email_field,
    "email_again": lambda: email_field("Почта ещё раз"),
    "phone": lambda: PhoneField(label="Мобильный телефон"),
    "password": lambda: new_password("Пароль"),
    "password_again": password_again,
    "last_paid": lambda: SumField(
        label="Оплачено, ₽", help_text="Сумма последнего платежа из квитанции"
    ),
    "send_letter": _send_letter,
}
