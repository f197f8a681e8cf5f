"""What a payer reads about a payment."""

from abonent.domain.payments.rules.agents import Verdict
from abonent.domain.payments.rules.states import PaymentState

CHANNEL_NAMES = {"yookassa": "ЮKassa", "tbank": "Т-Банк", "rbs": "Сбербанк", "moneta": "МОНЕТА"}

# Free text in bundles (EXCHANGE payments.csv): the usual codes have words.
_CHANNEL_WORDS = {
    "cabinet": "личный кабинет",
    "site": "сайт",
    "app": "приложение",
    "autopay": "автоплатёж",
    "bank": "банк",
    "sber": "Сбербанк",
    "sberbank": "Сбербанк",
    "vtb": "ВТБ",
    "post": "почта",
    "cash": "касса",
    "office": "офис",
    "terminal": "терминал",
    "telepay": "терминал TelePay",
    "a3": "платёжный сервис А3",
    "qr": "QR-код счёта",
}


STATE_TEXTS = {
    PaymentState.CREATED: "Готовим платёж",
    PaymentState.SENT: "Связываемся с банком",
    PaymentState.AWAITING: "Ждём оплату",
    PaymentState.UNKNOWN: "Проверяем платёж",
    PaymentState.CAPTURED: "Зачислен",
    PaymentState.DECLINED: "Не прошёл",
    PaymentState.EXPIRED: "Не оплачен: время вышло",
    PaymentState.CANCELLED: "Отменён вами, деньги не списаны",
    PaymentState.QUARANTINED: "Проверяем вручную",
}

_OTHER_CARD = "Попробуйте другую карту."
_CALL_BANK = "Позвоните в свой банк или попробуйте другую карту."
_DECLINES = {
    "3d_secure_failed": "Код из СМС не подтвердился. Попробуйте ещё раз.",
    "call_issuer": f"Банк отклонил платёж. {_CALL_BANK}",
    "card_expired": f"Срок действия карты истёк. {_OTHER_CARD}",
    "country_forbidden": f"Картой этой страны заплатить нельзя. {_OTHER_CARD}",
    "fraud_suspected": f"Банк счёл платёж подозрительным. {_CALL_BANK}",
    "identification_required": "Кошелёк нужно подтвердить. Попробуйте карту.",
    "insufficient_funds": "На карте не хватает денег. Пополните её или попробуйте другую карту.",
    "internal_timeout": "Банк не успел ответить. Попробуйте ещё раз через несколько минут.",
    "invalid_card_number": "Номер карты введён с ошибкой. Попробуйте ещё раз.",
    "invalid_csc": "Код с оборота карты введён с ошибкой. Попробуйте ещё раз.",
    "issuer_unavailable": "Банк карты не отвечает. Попробуйте ещё раз через несколько минут.",
    "permission_revoked": (
        "Банк больше не разрешает списывать деньги с этой карты. Заплатите на странице банка."
    ),
    "no_card": "Карта уже удалена из кабинета. Заплатите на странице банка.",
    "payment_method_limit_exceeded": f"Превышен лимит карты. {_CALL_BANK}",
    "payment_method_restricted": f"Операции по карте запрещены. {_CALL_BANK}",
}
_PLAIN = f"Банк отклонил платёж, деньги не списаны. {_CALL_BANK}"


def decline_text(word: str) -> str:
    """Say why a payment did not pass and what to do; the bank's own words are not shown."""
    return _DECLINES.get(word, _PLAIN)


# Why a call of an agent was set aside, and what his screen may show: nothing of the account.
VERDICT_TEXTS = {
    Verdict.ACCEPTED: "",
    Verdict.CANCELLED: "Платёж отменён",
    Verdict.PAID: "Заказ уже оплачен",
    Verdict.BUSY: "Повторите запрос позже",
    Verdict.NOT_FOUND: "Лицевой счёт не найден",
    Verdict.CLOSED: "Лицевой счёт закрыт",
    Verdict.STOPPED: "Приём платежей остановлен",
    Verdict.TOO_SMALL: "Сумма меньше допустимой",
    Verdict.TOO_LARGE: "Сумма больше допустимой",
    Verdict.DIFFERS: "Операция уже записана с другими данными",
    Verdict.VOID: "Операция отменена до платежа",
    Verdict.CANNOT_CANCEL: "Отменить платёж нельзя",
    Verdict.UNKNOWN_OPERATION: "Такой операции нет",
    Verdict.UNKNOWN_COMMAND: "Неизвестный запрос",
    Verdict.WRONG_ACCOUNT: "Неверный формат лицевого счёта",
    Verdict.WRONG_NUMBER: "Неверный номер операции",
    Verdict.WRONG_SUM: "Неверная сумма",
    Verdict.WRONG_CURRENCY: "Принимаются только рубли",
    Verdict.WRONG_MOMENT: "Неверная дата платежа",
    Verdict.WRONG_SIGNATURE: "Неверная подпись",
    Verdict.UNREADABLE: "Запрос не читается",
}


def channel_in_words(name: str) -> str:
    """Return the channel as people call it; what has no words is shown as it came."""
    return _CHANNEL_WORDS.get(name.strip().lower(), CHANNEL_NAMES.get(name, name))
