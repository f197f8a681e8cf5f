"""What the templates of appeals receive. No database here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from abonent.common.words import counted, day_and_year, day_in_words, moment_in_words
from abonent.domain.support.queries import TicketLine, TicketView
from abonent.domain.support.rules import TOPIC_KIND_NAMES, TopicKind, TopicLine
from abonent.domain.support.rules.tickets import (
    MARKS,
    NEXT,
    REOPENED_WITHIN,
    Term,
    TicketAct,
    TicketState,
    may_reopen,
)

_DAYS = ("день", "дня", "дней")
_STATE_KINDS = {
    TicketState.NEW: "",
    TicketState.IN_WORK: "",
    TicketState.WAITING: "ask",
    TicketState.ANSWERED: "ok",
    TicketState.CLOSED: "ok",
    TicketState.WITHDRAWN: "",
}
_STEPS = {
    TicketAct.OPEN: "Обращение принято",
    TicketAct.ADD: "Вы добавили сообщение",
    TicketAct.WITHDRAW: "Вы отозвали обращение",
    TicketAct.CLOSE: "Вы закрыли обращение",
    TicketAct.REOPEN: "Вы вернули обращение в работу",
    TicketAct.TAKE: "Взято в работу",
    TicketAct.ROUTE: "Передано",
    TicketAct.ASK: "Вас просят ответить на вопрос",
    TicketAct.ANSWER: "Есть ответ",
}


@dataclass(frozen=True)
class Line:
    """An appeal in the list."""

    number: str
    topic: str
    about: str
    opened_at: datetime
    state: str
    state_kind: str
    term: str


@dataclass(frozen=True)
class TopicLink:
    """A topic to choose."""

    url: str
    name: str
    hint: str


@dataclass(frozen=True)
class StepRow:
    """One step of the course, with its day."""

    when: str
    text: str
    last: bool


@dataclass(frozen=True)
class Can:
    """What the author may do now."""

    add: bool
    withdraw: bool
    close: bool
    reopen: bool


@dataclass(frozen=True)
class Page:
    """An appeal as its page shows it."""

    view: TicketView
    state: str
    state_kind: str
    term: str
    basis: str
    course: tuple[StepRow, ...]
    mark: str
    can: Can
    reopen_until: datetime | None


def line_of(row: TicketLine, today: date) -> Line:
    """Return an appeal of the list."""
    return Line(
        number=row.number,
        topic=row.topic,
        about=row.about,
        opened_at=row.opened_at,
        state=row.state_name,
        state_kind=_STATE_KINDS[row.state],
        term=_term(row, today),
    )


def grouped(
    topics: Iterable[TopicLine], address_of: Callable[[str], str]
) -> list[tuple[str, list[TopicLink]]]:
    """Return the topics under the names of their kinds, in the supplier's order."""
    found: dict[TopicKind, list[TopicLink]] = {}
    for topic in topics:
        link = TopicLink(address_of(topic.code), topic.name, topic.hint)
        found.setdefault(topic.kind, []).append(link)
    return [(TOPIC_KIND_NAMES[kind], links) for kind, links in found.items()]


def promised(term: Term, today: date) -> str:
    """Say by when an appeal written today is answered: «до 1 декабря – через 7 дней»."""
    return f"до {day_in_words(term.on)} – через {counted((term.on - today).days, _DAYS)}"


def page_of(ticket: TicketView, today: date, now: datetime) -> Page:
    """Return what the page of an appeal shows."""
    line = ticket.line
    acts = NEXT[line.state]
    reopened = may_reopen(line.state, ticket.ended_at, now)
    return Page(
        view=ticket,
        state=line.state_name,
        state_kind=_STATE_KINDS[line.state],
        term=_term(line, today),
        basis=ticket.answer_basis if line.waits else "",
        course=_course(ticket),
        mark=MARKS.get(ticket.mark or 0, ""),
        can=Can(
            add=TicketAct.ADD in acts,
            withdraw=TicketAct.WITHDRAW in acts,
            close=TicketAct.CLOSE in acts,
            reopen=reopened,
        ),
        reopen_until=ticket.ended_at + REOPENED_WITHIN if reopened and ticket.ended_at else None,
    )


def _term(line: TicketLine, today: date) -> str:
    """Say by when the answer comes, or that the day has passed; nothing once it is there."""
    if not line.waits:
        return ""
    if line.answer_by < today:
        return f"Срок прошёл {day_in_words(line.answer_by)}"
    return f"Ответим до {day_and_year(line.answer_by)}"


def _course(ticket: TicketView) -> tuple[StepRow, ...]:
    last = len(ticket.course) - 1
    return tuple(
        StepRow(
            when=moment_in_words(localtime(step.moved_at)),
            text=f"{_STEPS[step.act]}: {step.note}" if step.note else _STEPS[step.act],
            last=at == last,
        )
        for at, step in enumerate(ticket.course)
    )
