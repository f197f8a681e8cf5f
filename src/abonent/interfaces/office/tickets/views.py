"""Appeals for staff: what waits, the most urgent first; one appeal with what to do about it."""

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import View

from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.common.words import counted, day_in_words
from abonent.domain.documents.operations import NotChecked
from abonent.domain.identity.rules import Right
from abonent.domain.support import operations, queries
from abonent.domain.support.queries import TicketLine, TicketView
from abonent.domain.support.rules import TOPIC_KIND_NAMES
from abonent.domain.support.rules.tickets import MARKS, NEXT, OPEN_STATES, TicketAct, TicketState
from abonent.interfaces.design.downloads import attachment
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.frame import NavItem
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.design.writing import left_out_words
from abonent.interfaces.office.pages import OfficePage
from abonent.interfaces.office.tickets.forms import ReplyForm, RouteForm

_KEY = re.compile(r"[0-9a-f]{32}\Z")
_SHOWN = {
    "open": ("Ждут ответа", OPEN_STATES),
    "answered": ("С ответом", (TicketState.ANSWERED,)),
    "ended": ("Закрытые", (TicketState.CLOSED, TicketState.WITHDRAWN)),
}


class TicketsPage(OfficePage, View):
    """A page of this family."""

    right = Right.APPEALS
    section = "office:tickets"

    def waiting(self, current: str = "") -> list[NavItem]:
        """Return what waits, the most urgent first."""
        rows = queries.queue(supplier_id=self.supplier.id, branches=self.branches)
        return [self.item(row, current) for row in rows]

    def item(self, row: TicketLine, current: str) -> NavItem:
        """Return an appeal as a line of the queue."""
        late = "Срок прошёл" if row.answer_by < self.today else "До"
        return NavItem(
            title=row.about or row.topic,
            url=reverse("office:ticket", args=[row.number]),
            current=row.number == current,
            hint=f"№\u00a0{row.number}. {row.state_name}. {late} {day_in_words(row.answer_by)}",
        )


class Queue(TicketsPage):
    """What waits; what was answered; what has ended."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list that was asked for."""
        shown = request.GET.get("shown", "open")
        title, states = _SHOWN.get(shown, _SHOWN["open"])
        rows = queries.queue(supplier_id=self.supplier.id, branches=self.branches, states=states)
        late = sum(row.waits and row.answer_by < self.today for row in rows)
        today = sum(row.waits and row.answer_by == self.today for row in rows)
        return self.show(
            "office/tickets/queue.html",
            shown=title,
            rows=rows,
            late=counted(late, ("обращение", "обращения", "обращений")) if late else "",
            today=today,
            choices=[
                NavItem(name, f"?shown={key}", current=name == title)
                for key, (name, _) in _SHOWN.items()
            ],
        )


class CasePage(TicketsPage):
    """One appeal; of another branch or supplier it does not exist."""

    def look(self, number: str) -> TicketView:
        """Open the appeal; the look is in the journal."""
        return operations.look_at_ticket(
            actor_id=self.user_id, supplier_id=self.supplier.id, branches=self.branches,
            number=number, now=self.now,
        )  # fmt: skip

    def case(
        self, number: str, *, form: ReplyForm | None = None, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Show the appeal with what can be done about it."""
        ticket = self.look(number)
        acts = NEXT[ticket.line.state]
        topics = [
            (topic.code, f"{topic.name} – {topic.department}")
            for topic in queries.topics(supplier_id=self.supplier.id)
            if topic.code != ticket.topic_code
        ]
        return self.show(
            "office/tickets/case.html",
            status=status,
            ticket=ticket,
            kind=TOPIC_KIND_NAMES[ticket.line.kind],
            mark=MARKS.get(ticket.mark or 0, ""),
            waiting=self.waiting(number),
            form=form or ReplyForm(),
            route=RouteForm(topics=topics),
            key=new_uuid().hex,
            can_take=TicketAct.TAKE in acts and ticket.line.state is TicketState.NEW,
            can_answer=TicketAct.ANSWER in acts,
            can_route=TicketAct.ROUTE in acts,
        )

    def attempt(self, number: str, verb: Any, **arguments: Any) -> HttpResponse:
        """Do something with the appeal; what cannot be done now is told on its page."""
        try:
            verb(
                actor_id=self.user_id, supplier_id=self.supplier.id, branches=self.branches,
                number=number, now=self.now, **arguments,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            messages.warning(self.request, refusal.text)
        return redirect("office:ticket", number=number)


class Case(CasePage):
    """The appeal."""

    def get(self, _request: HttpRequest, number: str) -> HttpResponse:
        """Show it."""
        return self.case(number)


class Take(CasePage):
    """Somebody works on it: its author sees that."""

    def post(self, _request: HttpRequest, number: str) -> HttpResponse:
        """Take it."""
        return self.attempt(number, operations.take_ticket)


class Route(CasePage):
    """To the department of another topic."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Pass it on."""
        topic = str(request.POST.get("topic", ""))
        return self.attempt(number, operations.route_ticket, topic=topic)


class Replies(CasePage):
    """An answer, or a question to the author."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Keep it and tell the author."""
        form, key = ReplyForm(request.POST, request.FILES), str(request.POST.get("key", ""))
        if words := left_out_words(request):
            form.add_error("files", words)
        if not form.is_valid() or not _KEY.match(key):
            return self.case(number, form=form, status=UNPROCESSABLE)
        asks = form.cleaned_data["act"] == TicketAct.ASK
        verb = operations.ask_author if asks else operations.answer_ticket
        try:
            verb(
                actor_id=self.user_id, supplier_id=self.supplier.id, branches=self.branches,
                number=number, text=form.cleaned_data["text"], files=form.sent, key=key,
                now=self.now,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.case(number, form=form, status=UNPROCESSABLE)
        messages.info(request, "Вопрос отправлен." if asks else "Ответ отправлен.")
        return redirect("office:ticket", number=number)


class File(CasePage):
    """A file of the appeal, handed out to be saved."""

    def get(self, request: HttpRequest, number: str, uuid: UUID) -> HttpResponse:
        """Hand it out, or say on the appeal's page why not yet."""
        try:
            file, content = operations.read_file(ticket=self.look(number), uuid=uuid)
        except NotChecked as refusal:
            messages.warning(request, refusal.text)
            return redirect("office:ticket", number=number)
        return attachment(content, name=file.name, content_type=file.content_type)
