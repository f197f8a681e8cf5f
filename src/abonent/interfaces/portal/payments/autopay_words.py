"""Autopayment in words. Pure."""

from collections.abc import Callable
from datetime import datetime

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import moment_in_words, month_and_year
from abonent.domain.payments.queries import AutopayView, TurnView
from abonent.domain.payments.queries.autopay import WHY_WORDS
from abonent.domain.payments.rules.autopay import TurnState, Why

Local = Callable[[datetime], datetime]
_STATES = {
    TurnState.PAID: "оплачен",
    TurnState.SKIPPED: "не понадобился",
    TurnState.REFUSED: "не оплачен",
    TurnState.FAILED: "не оплачен",
    TurnState.CANCELLED: "не оплачен",
}


def roubles(kopecks: int) -> str:
    """Return «5 198,26 ₽»."""
    return f"{format_kopecks(kopecks)}{NO_BREAK}₽"


def when_words(day: int) -> str:
    """Say when a bill is charged."""
    if day == 0:
        return "через сутки после выхода счёта"
    return f"{day}-го числа, но не раньше суток после выхода счёта"


def sum_words(fixed: int | None) -> str:
    """Say how much is charged."""
    if fixed is None:
        return "всё, что осталось заплатить"
    return f"{roubles(fixed)}, но не больше долга"


def facts(autopay: AutopayView, local: Local) -> list[tuple[str, str]]:
    """Return the autopayment line by line."""
    rows = [
        ("Состояние", "Приостановлен" if autopay.paused else "Работает"),
        ("Карта", autopay.card),
        ("Сколько", sum_words(autopay.fixed)),
        ("Не больше за раз", roubles(autopay.ceiling)),
        ("Когда", when_words(autopay.day)),
    ]
    if autopay.next is not None:
        rows.append(("Следующее списание", next_words(autopay.next, local)))
    if autopay.last is not None:
        rows.append(("Последний счёт", last_words(autopay.last)))
    return rows


def next_words(turn: TurnView, local: Local) -> str:
    """Say what is charged next."""
    if turn.state == TurnState.CHARGING or turn.charge_at is None:
        return f"{roubles(turn.amount)}, ждём ответа банка"
    return f"{roubles(turn.amount)}, не раньше {moment_in_words(local(turn.charge_at))}"


def last_words(turn: TurnView) -> str:
    """Say how the last bill ended."""
    month = month_and_year(turn.period.year, turn.period.month)
    why = WHY_WORDS.get(Why(turn.why), "") if turn.why else ""
    state = _STATES[turn.state]
    paid = f", {roubles(turn.amount)}" if turn.state == TurnState.PAID else ""
    return f"за {month} {state}{paid}" + (f": {why}" if why else "")
