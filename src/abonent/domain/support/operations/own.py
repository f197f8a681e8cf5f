"""What a person does with an appeal: opens, adds, withdraws, closes with a mark, returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abonent.common import clock
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries.cards import account_card
from abonent.domain.documents.rules.uploads import CleanFile, SentFile
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import models
from abonent.domain.support.operations.course import (
    fit_files,
    fit_text,
    locked_own,
    move,
    record_move,
    said_already,
    say,
)
from abonent.domain.support.operations.notices import tell_author
from abonent.domain.support.rules import TopicKind
from abonent.domain.support.rules.tickets import (
    FACTS,
    MARKS,
    REPLIES_A_DAY,
    TICKETS_A_DAY,
    ReplyKind,
    TicketAct,
    TicketState,
    WrongMoment,
    fact_in_words,
    may_reopen,
    term_of,
    written_number,
)

_DAY = timedelta(days=1)


class TooMany(Refusal):
    """More was written in a day than a person writes."""


@dataclass(frozen=True)
class Appeal:
    """What a person writes.

    ``account`` is a number of theirs or empty, ``fact`` a word of ``rules.tickets.FACTS`` or
    empty, ``of`` says which of several.
    """

    topic: str
    text: str
    account: str = ""
    fact: str = ""
    of: str = ""
    files: Sequence[SentFile] = ()


def open_ticket(*, user_id: int, supplier_id: int, appeal: Appeal, key: str, now: datetime) -> str:
    """Take an appeal: it has a number, a department and a last day; its author is told.

    Numbers of card are hidden and files cleaned before anything is kept. The department is
    the topic's, the branch the account's. The term is that of ``rules.tickets.term_of``.
    Returns the number; the same key gives the same one. Refuses with UnfitText, UnfitFile,
    NotFound (no such topic, an account that is not the person's) and TooMany.
    """
    text, files = fit_text(appeal.text), fit_files(appeal.files)
    return _open(user_id, supplier_id, appeal, text=text, files=files, key=key, now=now)


@outermost
def _open(
    user_id: int,
    supplier_id: int,
    appeal: Appeal,
    *,
    text: str,
    files: Sequence[CleanFile],
    key: str,
    now: datetime,
) -> str:
    supplier = suppliers.supplier_by_id(supplier_id)
    today = clock.local_day(now, supplier.timezone)
    # The series is locked first: the same form sent twice at once waits for itself here.
    series = _locked_series(supplier_id, today.year)
    known = models.Ticket.objects.filter(user_id=user_id, key=key).first()
    if known is not None:
        return known.number
    topic = models.Topic.objects.filter(
        supplier_id=supplier_id, code=appeal.topic, retired=False
    ).first()
    if topic is None:
        raise NotFound("Такой темы нет. Выберите тему из списка.")
    _check_count(user_id, now)
    account_id, branch = None, ""
    if appeal.account:
        view = accounts.account_for(
            user_id=user_id, supplier_id=supplier_id, number=appeal.account, now=now
        )
        account_id = view.id
        branch = account_card(supplier_id=supplier_id, account_id=view.id).branch
    about = fact_in_words(appeal.fact, appeal.of)
    corrects = bool(about) and FACTS[appeal.fact].personal
    term = term_of(
        opened_on=today,
        kind=TopicKind(topic.kind),
        own_days=topic.answer_days,
        corrects=corrects,
        calendar=suppliers.production_calendar(supplier_id=supplier_id),
    )
    row = models.Ticket.objects.create(
        supplier_id=supplier_id,
        number=_next_number(series),
        user_id=user_id,
        account_id=account_id,
        topic=topic,
        kind=topic.kind,
        about=about,
        corrects=corrects,
        department=topic.department,
        branch=branch,
        state=TicketState.NEW,
        opened_at=now,
        answer_by=term.on,
        answer_basis=term.basis,
        key=key,
    )
    record_move(row, TicketAct.OPEN, user_id=user_id, now=now)
    say(row, ReplyKind.WRITTEN, user_id=user_id, text=text, files=files, key=key, now=now)
    tell_author(row, "ticket_opened", key="", now=now)
    return row.number


def add_to_ticket(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    text: str,
    files: Sequence[SentFile],
    key: str,
    now: datetime,
) -> None:
    """Add a message to one's own appeal; an answered one comes back to work with a new term.

    Refuses with UnfitText, UnfitFile, NotFound for another's appeal, WrongMoment for one
    that has ended, TooMany. The same key adds once.
    """
    kept, cleaned = fit_text(text), fit_files(files)
    _add(user_id, supplier_id, number, text=kept, files=cleaned, key=key, now=now)


@outermost
def _add(
    user_id: int,
    supplier_id: int,
    number: str,
    *,
    text: str,
    files: Sequence[CleanFile],
    key: str,
    now: datetime,
) -> None:
    row = locked_own(user_id=user_id, supplier_id=supplier_id, number=number)
    if said_already(row, key):
        return
    since = models.Reply.objects.filter(ticket=row, user_id=user_id, written_at__gt=now - _DAY)
    if since.count() >= REPLIES_A_DAY:
        raise TooMany("За сутки вы написали очень много сообщений. Продолжите завтра.")
    if row.state == TicketState.ANSWERED:
        _renew_term(row, now)
    move(row, TicketAct.ADD, user_id=user_id, now=now)
    say(row, ReplyKind.WRITTEN, user_id=user_id, text=text, files=files, key=key, now=now)


@outermost
def withdraw_ticket(*, user_id: int, supplier_id: int, number: str, now: datetime) -> None:
    """Take one's own appeal back before it is answered; nobody answers it any more.

    Refuses with NotFound for another's appeal and with WrongMoment once it is answered.
    """
    row = locked_own(user_id=user_id, supplier_id=supplier_id, number=number)
    move(row, TicketAct.WITHDRAW, user_id=user_id, now=now)


@outermost
def close_ticket(*, user_id: int, supplier_id: int, number: str, mark: int, now: datetime) -> None:
    """End one's own answered appeal with a mark from 1 to 5 for the answer.

    Refuses with NotFound for another's appeal, with WrongMoment when there is no answer yet
    and with Refusal at a mark that there is not.
    """
    if mark not in MARKS:
        raise Refusal("Выберите оценку.", field="mark")
    row = locked_own(user_id=user_id, supplier_id=supplier_id, number=number)
    row.mark = mark
    move(row, TicketAct.CLOSE, user_id=user_id, now=now)


@outermost
def reopen_ticket(*, user_id: int, supplier_id: int, number: str, now: datetime) -> None:
    """Return one's own closed appeal to work within 30 days, with a new term and no mark.

    Refuses with NotFound for another's appeal and with WrongMoment later or in other states.
    """
    row = locked_own(user_id=user_id, supplier_id=supplier_id, number=number)
    if row.state == TicketState.CLOSED and not may_reopen(
        TicketState(row.state), row.ended_at, now
    ):
        text = "С закрытия прошло больше 30 дней. Напишите новое обращение и укажите этот номер."
        raise WrongMoment(text)
    _renew_term(row, now)
    row.mark = row.ended_at = None
    move(row, TicketAct.REOPEN, user_id=user_id, now=now)


def _locked_series(supplier_id: int, year: int) -> models.TicketSeries:
    """Return the year's series of numbers, locked until the commit."""
    models.TicketSeries.objects.get_or_create(supplier_id=supplier_id, year=year)
    return models.TicketSeries.objects.select_for_update().get(supplier_id=supplier_id, year=year)


def _next_number(series: models.TicketSeries) -> str:
    series.last += 1
    series.save(update_fields=["last"])
    return written_number(series.year, series.last)


def _check_count(user_id: int, now: datetime) -> None:
    since = models.Ticket.objects.filter(user_id=user_id, opened_at__gt=now - _DAY)
    if since.count() >= TICKETS_A_DAY:
        text = "За сутки вы написали очень много обращений. Дополните одно из них."
        raise TooMany(text)


def _renew_term(row: models.Ticket, now: datetime) -> None:
    """Let the term run anew from today: the author was not satisfied."""
    term = term_of(
        opened_on=clock.local_day(now, row.supplier.timezone),
        kind=TopicKind(row.kind),
        own_days=row.topic.answer_days,
        corrects=row.corrects,
        calendar=suppliers.production_calendar(supplier_id=row.supplier_id),
    )
    row.answer_by, row.answer_basis, row.answered_at = term.on, term.basis, None
