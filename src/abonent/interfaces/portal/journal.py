"""The journal in words a customer understands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.words import masked_email, month_and_year
from abonent.domain.journal.queries import JournalLine

# Acts that mean something to a customer; others are not shown.
_WORDS: Mapping[str, str] = {
    "signed_up": "Регистрация",
    "signed_in": "Вход",
    "sessions_closed": "Закрыты остальные входы",
    "session_closed": "Закрыт один из входов",
    "email_change_asked": "Начата замена почты",
    "phone_change_asked": "Начата замена телефона",
    "data_exported": "Скачаны данные кабинета",
    "data_viewed": "Просмотр данных",
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
    "access_invited": "Отправлено приглашение близкому",
    "access_accepted": "Близкий принял приглашение, счёт открыт ему",
    "access_invitation_cancelled": "Приглашение отозвано",
    "account_renamed": "Лицевой счёт переименован",
    "account_unlinked": "Доступ к лицевому счёту закрыт",
    "readings_submitted": "Переданы показания",
    "readings_undone": "Показания без входа отменены владельцем",
    "readings_set_aside": "Отменены показания: кабинет заблокирован",
    "payment_started": "Начата оплата",
    "payment_settled": "Прошла оплата",
    "payment_paid_twice": "Оплата прошла дважды, вторая сумма зачислена",
    "payment_cancelled": "Отменён платёж",
    "card_bound": "Привязана карта",
    "card_removed": "Удалена карта",
    "autopay_set": "Подключён автоплатёж",
    "autopay_changed": "Изменён автоплатёж",
    "autopay_paused": "Приостановлен автоплатёж",
    "autopay_resumed": "Возобновлён автоплатёж",
    "autopay_stopped": "Отключён автоплатёж",
    "bill_opened": "Открыт счёт за месяц",
    "bill_sent": "Счёт отправлен на почту",
    "statement_ordered": "Заказана выписка по счёту",
    "bill_printed": "Счёт подготовлен для бумаги",
    "cabinet_deleted": "Кабинет удалён",
    "ticket_open": "Отправлено обращение",
    "ticket_add": "Дополнено обращение",
    "ticket_withdraw": "Отозвано обращение",
    "ticket_close": "Закрыто обращение",
    "ticket_reopen": "Обращение возвращено в работу",
    "role_given": "Дана роль сотрудника",
    "role_ended": "Снята роль сотрудника",
}


_STAFF, _RELATIVE = "Сотрудник поставщика", "Другой человек с доступом"
_CONSENTS = {
    "terms": "условия кабинета",
    "personal_data": "персональные данные",
    "mailings": "новости и акции",
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


@dataclass(frozen=True)
class OthersLine:
    """One act of somebody else about what is the person's."""

    at: datetime
    who: str
    text: str
    about: str


def lines_of_others(
    entries: Sequence[JournalLine], *, staff: Collection[int], numbers: Mapping[str, str]
) -> list[OthersLine]:
    """Return who else looked at the person's things or did something about them.

    ``staff`` are the identifiers of the supplier's people, ``numbers`` the account numbers by
    the subject of an act. Nobody is named: the supplier answers for its people.
    """
    return [
        OthersLine(
            at=entry.recorded_at,
            who=_STAFF if entry.actor_id in staff else _RELATIVE,
            text=_WORDS[entry.action],
            about=f"Счёт {numbers[entry.subject]}" if entry.subject in numbers else "Профиль",
        )
        for entry in entries
        if entry.action in _WORDS
    ]


def _detail(entry: JournalLine) -> str:
    """Return what makes an act one's own: from where, which number, how much, which month."""
    details = entry.details
    if entry.action == "signed_in":
        browser = browser_in_words(str(details.get("browser", "")))
        return ", ".join(part for part in (str(details.get("address", "")), browser) if part)
    if entry.action in ("readings_submitted", "readings_undone") or "number" in details:
        number = str(details.get("number", ""))
        return f"№{NO_BREAK}{number}" if number else ""
    if entry.action.startswith("payment_") and isinstance(details.get("amount"), int):
        return f"{format_kopecks(details['amount'])}{NO_BREAK}₽"
    if entry.action == "bill_sent":
        return masked_email(str(details.get("to", "")))
    if entry.action.startswith("card_"):
        return f"··{details['card']}"
    if entry.action == "bill_opened":
        period = Period.parse(str(details["period"]))
        return month_and_year(period.year, period.month)
    if entry.action.startswith("consent_"):
        return _CONSENTS.get(str(details.get("purpose", "")), "")
    return ""


def browser_in_words(user_agent: str) -> str:
    """Return «Chrome, Windows» from what a browser says of itself; its own words if unknown."""
    known = [
        next((name for mark, name in marks.items() if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or user_agent
