"""The course of an appeal: its states, by which day it is answered, what it may be about. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from abonent.common.cards import without_card_numbers
from abonent.common.money import NO_BREAK
from abonent.common.refusals import Refusal
from abonent.domain.suppliers.rules.calendar import ProductionCalendar
from abonent.domain.support.rules import TopicKind

LONGEST_TEXT = 5000
# A person writes no more appeals in a day, and no more messages to one of them.
TICKETS_A_DAY = 20
REPLIES_A_DAY = 30
# After the end of an appeal its author may return it for so long.
REOPENED_WITHIN = timedelta(days=30)
MARKS = {5: "Отлично", 4: "Хорошо", 3: "Сносно", 2: "Плохо", 1: "Очень плохо"}


class TicketState(StrEnum):
    """Where an appeal stands."""

    NEW = "new"
    IN_WORK = "in_work"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class TicketAct(StrEnum):
    """What is done with an appeal: the first five by its author, the others by staff."""

    OPEN = "open"
    ADD = "add"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"
    TAKE = "take"
    ROUTE = "route"
    ASK = "ask"
    ANSWER = "answer"


class ReplyKind(StrEnum):
    """Who says what in an appeal."""

    WRITTEN = "written"
    ASKED = "asked"
    ANSWERED = "answered"


STATE_NAMES: Mapping[TicketState, str] = {
    TicketState.NEW: "Принято",
    TicketState.IN_WORK: "В работе",
    TicketState.WAITING: "Ждём от вас ответа",
    TicketState.ANSWERED: "Есть ответ",
    TicketState.CLOSED: "Закрыто",
    TicketState.WITHDRAWN: "Отозвано",
}
# The supplier owes an answer in these.
OPEN_STATES = (TicketState.NEW, TicketState.IN_WORK, TicketState.WAITING)

_UNANSWERED = dict.fromkeys((TicketAct.WITHDRAW,), TicketState.WITHDRAWN) | {
    TicketAct.ASK: TicketState.WAITING,
    TicketAct.ANSWER: TicketState.ANSWERED,
    TicketAct.TAKE: TicketState.IN_WORK,
    TicketAct.ROUTE: TicketState.NEW,
}
NEXT: Mapping[TicketState, Mapping[TicketAct, TicketState]] = {
    TicketState.NEW: _UNANSWERED | {TicketAct.ADD: TicketState.NEW},
    TicketState.IN_WORK: _UNANSWERED | {TicketAct.ADD: TicketState.IN_WORK},
    TicketState.WAITING: _UNANSWERED | {TicketAct.ADD: TicketState.IN_WORK},
    TicketState.ANSWERED: {
        TicketAct.ADD: TicketState.IN_WORK,
        TicketAct.ANSWER: TicketState.ANSWERED,
        TicketAct.CLOSE: TicketState.CLOSED,
    },
    TicketState.CLOSED: {TicketAct.REOPEN: TicketState.IN_WORK},
    TicketState.WITHDRAWN: {},
}


class WrongMoment(Refusal):
    """The appeal is in a state in which this cannot be done."""


_CANNOT = {
    TicketState.NEW: "Обращение ещё не взято в работу.",
    TicketState.IN_WORK: "На обращение ещё не ответили.",
    TicketState.WAITING: "Обращение ждёт ответа автора.",
    TicketState.ANSWERED: "На обращение уже ответили. Если ответ не подошёл, напишите об этом.",
    TicketState.CLOSED: "Обращение закрыто. Его можно вернуть в работу в течение 30 дней.",
    TicketState.WITHDRAWN: "Обращение отозвано. Если вопрос остался, напишите новое.",
}


def next_state(state: TicketState, act: TicketAct) -> TicketState:
    """Return the state after an act; refuses with WrongMoment where the table has none."""
    found = NEXT[state].get(act)
    if found is None:
        raise WrongMoment(_CANNOT[state])
    return found


def may_reopen(state: TicketState, closed_at: datetime | None, now: datetime) -> bool:
    """Tell whether the author may still return a closed appeal."""
    return (
        state is TicketState.CLOSED and closed_at is not None and now - closed_at <= REOPENED_WITHIN
    )


@dataclass(frozen=True)
class Term:
    """By which day an appeal is answered, and why by that one."""

    on: date
    basis: str


# What the law gives at most, in working days, and where it says so. Other appeals have the
# general thirty calendar days, which suppliers take as their measure.
_BY_KIND = {
    TopicKind.FAULT: (3, "Правила № 354, пункт 31 «к»: жалоба на качество услуги"),
}
_CORRECTION = (7, "закон № 152-ФЗ, статья 20: исправление неверных данных")
_GENERAL_DAYS = 30
_GENERAL = "закон № 59-ФЗ, статья 12: 30 дней"
_OWN = "срок поставщика для этой темы"


def term_of(
    *, opened_on: date, kind: TopicKind, own_days: int, corrects: bool, calendar: ProductionCalendar
) -> Term:
    """Return by which day an appeal is answered: the supplier's own day or the law's, if earlier.

    ``own_days`` are working days of the topic; ``corrects`` says that wrong personal data are
    told of. The term begins on the next day and never ends on a day off (ГК 191, 193).
    """
    month = opened_on + timedelta(days=_GENERAL_DAYS)
    terms = [
        Term(calendar.working_days_after(opened_on, max(1, own_days)), _OWN),
        Term(calendar.next_working(month), _GENERAL),
    ]
    for days, basis in filter(None, (_BY_KIND.get(kind), _CORRECTION if corrects else None)):
        terms.append(Term(calendar.working_days_after(opened_on, days), basis))
    return min(terms, key=lambda term: term.on)


@dataclass(frozen=True)
class Fact:
    """Something the cabinet shows that a person may call wrong.

    ``topics`` are codes of the classifier, the best first; ``words`` may hold ``{of}``: which
    of several. ``personal`` facts are the person's own data, which the law sets a term for.
    """

    topics: tuple[str, ...]
    words: str
    personal: bool = False


FACTS: Mapping[str, Fact] = {
    "account-number": Fact(("account-number", "account"), "Кабинет не находит лицевой счёт"),
    "balance": Fact(("bill",), "Остаток на лицевом счёте"),
    "bill": Fact(("bill",), "Счёт за {of}"),
    "control": Fact(("reading", "meter"), "Визит контролёра"),
    "meter": Fact(("meter", "reading"), f"Счётчик №{NO_BREAK}{{of}}"),
    "no-meters": Fact(("no-meters", "meter"), "В кабинете нет счётчика, а он стоит"),
    "payment": Fact(("payment",), "Последний платёж"),
    "premises": Fact(("account",), "Помещение и дом", personal=True),
    "address": Fact(("account",), "Адрес или имя в договоре", personal=True),
    "reading": Fact(("reading",), "Показание, {of}"),
    "tariff": Fact(("tariff", "bill"), "Тарифный план"),
}
_OF = re.compile(r"[^\w\s,.№:/()–-]")
_LONGEST_OF = 60


def fact_in_words(fact: str, of: str) -> str:
    """Return what is called wrong; empty for a fact that is none of ours."""
    known = FACTS.get(fact)
    if known is None:
        return ""
    which = _OF.sub("", of)[:_LONGEST_OF].strip()
    return known.words.replace("{of}", which or "…")


def kept_text(text: str) -> str:
    """Return what is kept of a typed text: unix lines, no invisible signs, no card numbers."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = "".join(sign for sign in lines if sign == "\n" or sign >= " ")
    return without_card_numbers(visible.strip())


def written_number(year: int, place: int) -> str:
    """Return the number by which an appeal is called: «2026-00017»."""
    return f"{year}-{place:05d}"
