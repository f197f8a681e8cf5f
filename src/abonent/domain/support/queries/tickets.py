"""Appeals as their authors and staff see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from abonent.common.refusals import NotFound
from abonent.domain.documents.queries import UploadView, upload_views
from abonent.domain.identity import queries as people
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import models
from abonent.domain.support.rules import TopicKind
from abonent.domain.support.rules.tickets import (
    OPEN_STATES,
    STATE_NAMES,
    ReplyKind,
    TicketAct,
    TicketState,
)

NO_TICKET = "Такого обращения нет. Проверьте номер в списке обращений."
NO_FILE = "Такого файла у обращения нет."


@dataclass(frozen=True)
class TicketLine:
    """An appeal in a list."""

    number: str
    kind: TopicKind
    topic: str
    about: str
    state: TicketState
    department: str
    opened_at: datetime
    answer_by: date

    @property
    def state_name(self) -> str:
        """Return the state in words."""
        return STATE_NAMES[self.state]

    @property
    def waits(self) -> bool:
        """Tell whether the supplier owes an answer."""
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Said:
    """One message of an appeal; ``own`` says that the author wrote it."""

    kind: ReplyKind
    who: str
    own: bool
    text: str
    written_at: datetime
    files: tuple[UploadView, ...]


@dataclass(frozen=True)
class Step:
    """One step of the course."""

    act: TicketAct
    state: TicketState
    note: str
    moved_at: datetime


@dataclass(frozen=True)
class TicketView:
    """An appeal with everything that was said and done."""

    id: int
    line: TicketLine
    topic_code: str
    account_number: str
    author_id: int
    author: str
    branch: str
    branch_phone: str
    answer_basis: str
    answered_at: datetime | None
    ended_at: datetime | None
    mark: int | None
    said: tuple[Said, ...]
    course: tuple[Step, ...]


def tickets_of(*, user_id: int, supplier_id: int, limit: int = 100) -> list[TicketLine]:
    """Return the person's own appeals at the supplier, the newest first. One statement."""
    rows = models.Ticket.objects.filter(user_id=user_id, supplier_id=supplier_id)
    return _lines(rows.order_by("-opened_at", "-pk")[:limit])


def queue(
    *,
    supplier_id: int,
    branches: frozenset[str] | None,
    states: Sequence[TicketState] = OPEN_STATES,
    department: str = "",
    limit: int = 200,
) -> list[TicketLine]:
    """Return the appeals in these states that staff of the branches see, the most urgent first."""
    rows = models.Ticket.objects.filter(supplier_id=supplier_id, state__in=list(states))
    if branches is not None:
        rows = rows.filter(branch__in=branches)
    if department:
        rows = rows.filter(department=department)
    return _lines(rows.order_by("answer_by", "pk")[:limit])


def own_ticket(*, user_id: int, supplier_id: int, number: str) -> TicketView:
    """Return the person's own appeal; refuses with NotFound for another's. Constant statements."""
    return _view(models.Ticket.objects.filter(user_id=user_id), supplier_id, number)


def staff_ticket(*, supplier_id: int, branches: frozenset[str] | None, number: str) -> TicketView:
    """Return an appeal of these branches; refuses with NotFound for any other.

    Pages open it by ``operations.look_at_ticket``, which keeps the look in the journal.
    """
    rows = models.Ticket.objects.all()
    if branches is not None:
        rows = rows.filter(branch__in=branches)
    return _view(rows, supplier_id, number)


def file_of_ticket(ticket: TicketView, uuid: UUID) -> UploadView:
    """Return the file of an appeal that somebody may see; refuses with NotFound for another."""
    for said in ticket.said:
        for file in said.files:
            if file.uuid == uuid:
                return file
    raise NotFound(NO_FILE)


def _lines(rows: "QuerySet[models.Ticket]") -> list[TicketLine]:
    return [_line(row) for row in rows.select_related("topic")]


def _line(row: models.Ticket) -> TicketLine:
    return TicketLine(
        number=row.number,
        kind=TopicKind(row.kind),
        topic=row.topic.name,
        about=row.about,
        state=TicketState(row.state),
        department=row.department,
        opened_at=row.opened_at,
        answer_by=row.answer_by,
    )


def _view(rows: "QuerySet[models.Ticket]", supplier_id: int, number: str) -> TicketView:
    row = (
        rows.select_related("topic", "account")
        .filter(supplier_id=supplier_id, number=number)
        .first()
    )
    if row is None:
        raise NotFound(NO_TICKET)
    branches = {one.code: one for one in suppliers.branches(supplier_id=supplier_id)}
    branch = branches.get(row.branch)
    return TicketView(
        id=row.pk,
        line=_line(row),
        topic_code=row.topic.code,
        account_number=row.account.number if row.account else "",
        author_id=row.user_id,
        author=people.user_view(row.user_id).name,
        branch=branch.name if branch else "",
        branch_phone=branch.phone if branch else "",
        answer_basis=row.answer_basis,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        mark=row.mark,
        said=_said(row),
        course=tuple(
            Step(TicketAct(one.act), TicketState(one.state), one.note, one.moved_at)
            for one in models.TicketMove.objects.filter(ticket=row).order_by("moved_at", "pk")
        ),
    )


def _said(row: models.Ticket) -> tuple[Said, ...]:
    """Return what was said, each message with its files: four statements, however much."""
    replies = list(models.Reply.objects.filter(ticket=row).order_by("written_at", "pk"))
    links = list(
        models.TicketFile.objects.filter(reply__ticket=row)
        .order_by("pk")
        .values_list("reply_id", "upload_id")
    )
    uploads = upload_views(upload for _, upload in links)
    files: dict[int, list[UploadView]] = {}
    for reply, upload in links:
        files.setdefault(reply, []).append(uploads[upload])
    return tuple(
        Said(
            kind=ReplyKind(one.kind),
            who=row.department if one.kind != ReplyKind.WRITTEN else "",
            own=one.kind == ReplyKind.WRITTEN,
            text=one.text,
            written_at=one.written_at,
            files=tuple(files.get(one.pk, ())),
        )
        for one in replies
    )
