"""The words of what sign-in sends: letters by name, SMS by name; one place to edit them."""

from collections.abc import Mapping
from dataclasses import dataclass

_END = (
    "\n\nЕсли это были не вы, заблокируйте кабинет:\n\n{stolen_url}\n\nили позвоните на горячую "
    "линию поставщика.\n"
)
_NOT_YOU = "\n\nЕсли вы этого не просили, ничего не делайте и никому не сообщайте код.\n"


@dataclass(frozen=True)
class Letter:
    """A letter: its subject and its text with named places."""

    subject: str
    text: str


LETTERS: Mapping[str, Letter] = {
    "email_confirmation_signup": Letter(
        "Подтвердите почту",
        "Вы зарегистрировались в личном кабинете «{supplier}». Подтвердите, что эта почта "
        "ваша:\n\n{activate_url}\n\nСсылка действует 14\u00a0дней. После этого {then}."
        "{login_note}\n\nЕсли вы не регистрировались, ничего не делайте: без подтверждения "
        "кабинет удалится.\n",
    ),
    "email_confirmation": Letter(
        "Подтвердите новую почту",
        "Вы указали эту почту в личном кабинете «{supplier}». Подтвердите, что она "
        "ваша:\n\n{activate_url}\n\nСсылка действует 14\u00a0дней. До подтверждения вход остаётся "
        "по прежней почте.\n",
    ),
    "account_already_exists": Letter(
        "У вас уже есть кабинет",
        "Кто-то, возможно вы, регистрировался в кабинете «{supplier}» с этой почтой или "
        "телефоном, но кабинет с ними уже есть.\n\nЕсли не помните пароль, задайте новый:\n\n"
        "{password_reset_url}\n",
    ),
    "unknown_account": Letter(
        "Кабинета с этой почтой нет",
        "Кто-то, возможно вы, пытался войти в кабинет «{supplier}» по этой почте, но такого "
        "кабинета нет. Может быть, вы указывали другую почту или телефон.\n\n"
        "Зарегистрироваться:\n\n{signup_url}\n",
    ),
    "login_code": Letter(
        "{code} – код для входа",
        "{code} – код для входа в кабинет «{supplier}». Он действует 5\u00a0минут." + _NOT_YOU,
    ),
    "password_reset_key": Letter(
        "Новый пароль",
        "Задайте новый пароль для кабинета «{supplier}»:\n\n{password_reset_url}\n\n"
        "Ссылка действует час и только один раз.\n\nЕсли вы этого не просили, ничего не делайте: "
        "пароль останется прежним. Никому не пересылайте это письмо.\n",
    ),
    "password_changed": Letter(
        "Пароль изменён", "Пароль вашего кабинета «{supplier}» изменён." + _END
    ),
    "password_set": Letter("Пароль задан", "В вашем кабинете «{supplier}» задан пароль." + _END),
    "password_reset": Letter(
        "Пароль восстановлен", "Пароль вашего кабинета «{supplier}» восстановлен." + _END
    ),
    "email_changed": Letter(
        "Почта изменена",
        "Почта вашего кабинета «{supplier}» изменена: {to_email}." + _END,
    ),
    "email_confirm": Letter(
        "Почта подтверждена", "Почта вашего кабинета «{supplier}» подтверждена." + _END
    ),
    "email_deleted": Letter(
        "Почта удалена",
        "Из вашего кабинета «{supplier}» удалена почта {deleted_email}." + _END,
    ),
    "totp_activated": Letter(
        "Включён вход с приложением",
        "Вход в ваш кабинет «{supplier}» теперь подтверждает приложение с кодами." + _END,
    ),
    "totp_deactivated": Letter(
        "Выключен вход с приложением",
        "Вход в ваш кабинет «{supplier}» больше не подтверждает приложение с кодами." + _END,
    ),
    "recovery_codes_generated": Letter(
        "Новые запасные коды", "В вашем кабинете «{supplier}» сделаны новые запасные коды." + _END
    ),
    "webauthn_added": Letter(
        "Добавлен ключ доступа", "В ваш кабинет «{supplier}» добавлен ключ доступа." + _END
    ),
    "webauthn_removed": Letter(
        "Удалён ключ доступа", "Из вашего кабинета «{supplier}» удалён ключ доступа." + _END
    ),
}
CODE_SMS = "{code} – код для кабинета «{supplier}». Никому его не говорите."
ALREADY_EXISTS_SMS = (
    "Кабинет «{supplier}» с вашим номером уже есть. Войдите по коду или нажмите «Не помню пароль»."
)

# What the page says after an act, by the name allauth gives it; an empty text says nothing.
MESSAGES: Mapping[str, str] = {
    "email_confirmation_sent": "",
    "email_confirmed": "Почта подтверждена.",
    "email_confirmation_failed": "Эту почту уже подтвердил другой человек. Укажите другую.",
    "email_deleted": "Почта удалена.",
    "primary_email_set": "",
    "logged_in": "",
    "logged_out": "Вы вышли из кабинета.",
    "login_code_sent": "",
    "password_changed": "Пароль изменён. Все прежние входы закрыты.",
    "password_set": "Пароль задан.",
    "phone_verification_sent": "",
    "phone_verified": "Телефон подтверждён.",
    "webauthn_added": "Ключ доступа добавлен.",
    "webauthn_removed": "Ключ доступа удалён.",
    "totp_activated": "Приложение с кодами подключено.",
    "totp_deactivated": "Приложение с кодами отключено.",
    "recovery_codes_generated": "Запасные коды готовы. Запишите их и храните на бумаге.",
    "sessions_logged_out": "Остальные входы закрыты.",
}


class _Blank(dict[str, object]):
    """A place that a letter names and the engine does not fill stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def compose(name: str, places: Mapping[str, object]) -> Letter:
    """Return a letter with its places filled; an unknown name is a mistake of ours."""
    letter = LETTERS[name]
    filled = _Blank(places)
    return Letter(
        letter.subject.format_map(filled),
        f"Здравствуйте!\n\n{letter.text.format_map(filled)}",
    )
