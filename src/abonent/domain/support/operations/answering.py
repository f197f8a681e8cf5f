"""What staff do with appeals: look, take, pass on, ask, answer.

``branches`` are those of the staff's own right, None for all: an appeal of another branch
does not exist for them.
"""

from collections.abc import Sequence
from datetime import datetime

from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost
from abonent.domain.documents.rules.uploads import CleanFile, SentFile
from abonent.domain.journal import operations as journal
from abonent.domain.support import models
from abonent.domain.support.operations.course import (
    fit_files,
    fit_text,
    locked_for_staff,
    move,
    said_already,
    say,
)
from abonent.domain.support.operations.notices import tell_author
from abonent.domain.support.queries.tickets import TicketView, staff_ticket
from abonent.domain.support.rules.tickets import ReplyKind, TicketAct

_NOTICES = {TicketAct.ASK: "ticket_asked", TicketAct.ANSWER: "ticket_answered"}
_KINDS = {TicketAct.ASK: ReplyKind.ASKED, TicketAct.ANSWER: ReplyKind.ANSWERED}


@outermost
def look_at_ticket(
    *, actor_id: int, supplier_id: int, branches: frozenset[str] | None, number: str, now: datetime
) -> TicketView:
    """Return an appeal for the person of the staff who opens it; the look is in the journal.

    Refuses with NotFound for an appeal of another branch or supplier.
    """
    found = staff_ticket(supplier_id=supplier_id, branches=branches, number=number)
    journal.record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="ticket_viewed",
        subject=f"ticket:{found.id}",
        details={"number": number},
        now=now,
    )
    return found


@outermost
def take_ticket(
    *, actor_id: int, supplier_id: int, branches: frozenset[str] | None, number: str, now: datetime
) -> None:
    """Let the author see that somebody works on the appeal. Refuses as the table says."""
    row = locked_for_staff(supplier_id=supplier_id, branches=branches, number=number)
    move(row, TicketAct.TAKE, user_id=actor_id, now=now)


@outermost
def route_ticket(
    *,
    actor_id: int,
    supplier_id: int,
    branches: frozenset[str] | None,
    number: str,
    topic: str,
    now: datetime,
) -> None:
    """Pass an appeal on to the department of another topic; the day of the answer stays.

    Refuses with NotFound for a topic that is not offered, with WrongMoment after the answer.
    """
    row = locked_for_staff(supplier_id=supplier_id, branches=branches, number=number)
    other = models.Topic.objects.filter(supplier_id=supplier_id, code=topic, retired=False).first()
    if other is None:
        raise NotFound("Такой темы нет. Выберите тему из списка.", field="topic")
    row.topic, row.department = other, other.department
    move(row, TicketAct.ROUTE, user_id=actor_id, now=now, note=other.department)


def ask_author(
    *,
    actor_id: int,
    supplier_id: int,
    branches: frozenset[str] | None,
    number: str,
    text: str,
    files: Sequence[SentFile],
    key: str,
    now: datetime,
) -> None:
    """Ask the author for what is missing; they are told. Refuses as ``answer_ticket`` does."""
    kept, cleaned = fit_text(text), fit_files(files)
    _speak(
        TicketAct.ASK, actor_id=actor_id, supplier_id=supplier_id, branches=branches,
        number=number, text=kept, files=cleaned, key=key, now=now,
    )  # fmt: skip


def answer_ticket(
    *,
    actor_id: int,
    supplier_id: int,
    branches: frozenset[str] | None,
    number: str,
    text: str,
    files: Sequence[SentFile],
    key: str,
    now: datetime,
) -> None:
    """Answer an appeal; the author is told. The same key answers once.

    Refuses with UnfitText, UnfitFile, NotFound for an appeal of another branch, and with
    WrongMoment for one that was withdrawn or closed.
    """
    kept, cleaned = fit_text(text), fit_files(files)
    _speak(
        TicketAct.ANSWER, actor_id=actor_id, supplier_id=supplier_id, branches=branches,
        number=number, text=kept, files=cleaned, key=key, now=now,
    )  # fmt: skip


@outermost
def _speak(
    act: TicketAct,
    *,
    actor_id: int,
    supplier_id: int,
    branches: frozenset[str] | None,
    number: str,
    text: str,
    files: Sequence[CleanFile],
    key: str,
    now: datetime,
) -> None:
    row = locked_for_staff(supplier_id=supplier_id, branches=branches, number=number)
    if said_already(row, key):
        return
    if act is TicketAct.ANSWER:
        row.answered_at = row.answered_at or now
    move(row, act, user_id=actor_id, now=now)
    say(row, _KINDS[act], user_id=actor_id, text=text, files=files, key=key, now=now)
    tell_author(row, _NOTICES[act], key=key, now=now)
