"""The journal in words a customer understands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from abonent.domain.journal.queries import JournalLine

# Acts that mean something to a customer; others are not shown.
_WORDS: Mapping[str, str] = {
    "signed_up": "Регистрация",
    "signed_in": "Вход",
    "sessions_closed": "Закрыты остальные входы",
    "password_set": "Задан пароль",
    "password_recovered": "Пароль восстановлен",
    "phone_claimed": "Указан телефон",
    "phone_proven": "Подтверждён телефон",
    "email_proven": "Подтверждена почта",
    "name_changed": "Изменены имя или логин",
    "consent_given": "Дано согласие",
    "consent_withdrawn": "Отозвано согласие",
    "user_registered": "Кабинет завёл сотрудник поставщика",
    "user_blocked": "Кабинет заблокирован",
    "user_unblocked": "Кабинет разблокирован",
    "account_linked": "Открыт доступ к лицевому счёту",
    "account_link_asked": "Добавлен лицевой счёт, доступ ждёт трое суток",
    "account_link_objected": "Владелец не подтвердил доступ, он закрыт",
    "account_renamed": "Лицевой счёт переименован",
    "account_unlinked": "Доступ к лицевому счёту закрыт",
    "readings_submitted": "Переданы показания",
    "readings_undone": "Показания без входа отменены владельцем",
    "payment_settled": "Прошла оплата",
    "bill_opened": "Открыта квитанция",
    "bill_printed": "Квитанция подготовлена для бумаги",
}


# Marks in what a browser says of itself, the telling ones first: most pretend to be others.
_BROWSERS = {
    "YaBrowser": "Яндекс Браузер", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox",
    "SamsungBrowser": "Samsung Internet", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
    "Mac OS": "Mac", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One act with its words."""

    at: datetime
    text: str
    detail: str


def lines(entries: Sequence[JournalLine]) -> list[Line]:
    """Return the acts a customer is shown."""
    return [
        Line(entry.recorded_at, _WORDS[entry.action], _detail(entry))
        for entry in entries
        if entry.action in _WORDS
    ]


def _detail(entry: JournalLine) -> str:
    """Return from where a person signed in; other acts need no more words."""
    if entry.action != "signed_in":
        return ""
    browser = browser_in_words(str(entry.details.get("browser", "")))
    return ", ".join(part for part in (str(entry.details.get("address", "")), browser) if part)


def browser_in_words(user_agent: str) -> str:
    """Return «Chrome, Windows» from what a browser says of itself; its own words if unknown."""
    known = [
        next((name for mark, name in marks.items() if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or user_agent
