"""Appeals: the list, the topic, the form, one appeal with all that can be done about it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.documents.operations import NotChecked
from abonent.domain.identity import operations as identity
from abonent.domain.identity.queries import draft_of
from abonent.domain.support import operations, queries
from abonent.domain.support.rules import TopicLine
from abonent.domain.support.rules.tickets import fact_in_words
from abonent.interfaces.design.downloads import attachment
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.design.writing import left_out_words
from abonent.interfaces.portal.one_time import deed_key, form_key
from abonent.interfaces.portal.pages import CabinetPage
from abonent.interfaces.portal.support import pages
from abonent.interfaces.portal.support.forms import MarkForm, MessageForm, TicketForm

# What is called wrong travels in the address from the page that shows it to the form.
_CARRIED = ("account", "fact", "of")
_DRAFT = "support"


class SupportPage(CabinetPage, TemplateView):
    """A page of this family."""

    section = "support"

    def show(self, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Show the page."""
        return self.render_to_response(self.get_context_data(**context), status=status)


class Tickets(SupportPage):
    """Everything the person wrote here."""

    template_name = "portal/support/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the appeals."""
        rows = queries.tickets_of(user_id=self.user_id, supplier_id=self.supplier.id)
        lines = [pages.line_of(row, self.today) for row in rows]
        return super().get_context_data(**kwargs) | {"lines": lines}


class Faq(SupportPage):
    """Questions and answers with a search, within the cabinet."""

    template_name = "portal/support/faq.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was found."""
        words = str(self.request.GET.get("q", ""))[:100]
        lines = queries.faq(supplier_id=self.supplier.id, words=words)
        return super().get_context_data(**kwargs) | {"words": words, "lines": lines}


class WritingPage(SupportPage):
    """A step of writing an appeal: what was carried here goes on."""

    @property
    def carried(self) -> dict[str, str]:
        """Return what the address or the form carries, no longer than anybody needs."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        return {name: given[name][:64] for name in _CARRIED if given.get(name)}

    def address_of(self, topic: str) -> str:
        """Return the address of the form of a topic, with what is carried."""
        query = urlencode(self.carried)
        return reverse("support_new", args=[topic]) + (f"?{query}" if query else "")


class Topics(WritingPage):
    """The first step: what it is about; a fact that is called wrong has its topic already."""

    template_name = "portal/support/topics.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the topics, or go to the one of the fact."""
        fact = self.carried.get("fact", "")
        topic = queries.topic_of_fact(supplier_id=self.supplier.id, fact=fact)
        if topic:
            return redirect(self.address_of(topic))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the topics by kind."""
        topics = queries.topics(supplier_id=self.supplier.id)
        groups = pages.grouped(topics, self.address_of)
        return super().get_context_data(**kwargs) | {"groups": groups}


class NewTicket(WritingPage):
    """The form; what was typed and not taken is kept, also for another day."""

    template_name = "portal/support/new.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, with what was kept."""
        kept = draft_of(user_id=self.user_id, page=_DRAFT, key=self._draft)
        # A finished draft has been sent: it is not offered again.
        initial = dict(kept.content) if kept and kept.content.get("text") else {}
        return self.show(form=self._form(initial), draft=kept if initial else None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the appeal and lead to its page."""
        topic, form = self._topic(), self._form({})
        self._keep(str(request.POST.get("text", "")), str(request.POST.get("account", "")))
        if "later" in request.POST:
            messages.info(request, "Черновик сохранён на два дня. Файлы в нём не хранятся.")
            return redirect("support")
        if words := left_out_words(request):
            form.add_error("files", words)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        appeal = operations.Appeal(
            topic=topic.code,
            text=form.cleaned_data["text"],
            account=form.chosen_number,
            fact=self.carried.get("fact", ""),
            of=self.carried.get("of", ""),
            files=form.sent,
        )
        key = deed_key(
            user_id=self.user_id, key=form_key(request.POST), content=[topic.code, appeal.text]
        )
        try:
            number = operations.open_ticket(
                user_id=self.user_id, supplier_id=self.supplier.id, appeal=appeal, key=key,
                now=self.now,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(form=form, status=UNPROCESSABLE)
        self._keep("", "")
        return redirect("ticket", number=number)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the topic, the fact and by when it will be answered."""
        topic, carried = self._topic(), self.carried
        term = queries.promised_term(
            supplier_id=self.supplier.id, topic=topic, fact=carried.get("fact", ""),
            today=self.today,
        )  # fmt: skip
        return super().get_context_data(**kwargs) | {
            "topic": topic,
            "topics_url": reverse("support_topics"),
            "answers": queries.faq(supplier_id=self.supplier.id, topic=topic.code),
            "about": fact_in_words(carried.get("fact", ""), carried.get("of", "")),
            "carried": {name: text for name, text in carried.items() if name != "account"},
            "key": form_key(self.request.POST),
            "term": pages.promised(term, self.today),
        }

    def _topic(self) -> TopicLine:
        for topic in queries.topics(supplier_id=self.supplier.id):
            if topic.code == self.kwargs["topic"]:
                return topic
        raise NotFound("Такой темы нет.")

    def _form(self, initial: dict[str, str]) -> TicketForm:
        data = self.request.POST if self.request.method == "POST" else None
        carried_account = {"account": self.carried["account"]} if "account" in self.carried else {}
        return TicketForm(
            data, self.request.FILES or None, accounts=self.accounts,
            initial=initial | carried_account,
        )  # fmt: skip

    @property
    def _draft(self) -> str:
        return f"{self.supplier.id}:{self.kwargs['topic']}"[:32]

    def _keep(self, text: str, account: str) -> None:
        identity.keep_draft(
            user_id=self.user_id, page=_DRAFT, key=self._draft,
            content={"text": text, "account": account}, now=self.now,
        )  # fmt: skip


class TicketPage(SupportPage):
    """A page of one appeal of the person; another's is 404."""

    template_name = "portal/support/ticket.html"

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Read the appeal."""
        elsewhere = super().prepare(**kwargs)
        self.ticket = queries.own_ticket(
            user_id=self.user_id, supplier_id=self.supplier.id, number=kwargs["number"]
        )
        return elsewhere

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the appeal in words."""
        context = {
            "ticket": pages.page_of(self.ticket, self.today, self.now),
            "form": MessageForm(),
        }
        return super().get_context_data(**context | {"key": form_key(self.request.POST)} | kwargs)

    def attempt(self, verb: Any, **arguments: Any) -> HttpResponse:
        """Do something with the appeal; what cannot be done now is told on its page."""
        try:
            verb(
                user_id=self.user_id, supplier_id=self.supplier.id,
                number=self.ticket.line.number, now=self.now, **arguments,
            )  # fmt: skip
        except Refusal as refusal:
            messages.warning(self.request, refusal.text)
        return redirect("ticket", number=self.ticket.line.number)


class Ticket(TicketPage):
    """The appeal: its stub, its course, what was said, what can be done."""


class Replies(TicketPage):
    """A message more."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the appeal."""
        return redirect("ticket", number=self.ticket.line.number)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add the message."""
        form = MessageForm(request.POST, request.FILES)
        if words := left_out_words(request):
            form.add_error("files", words)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        key = deed_key(
            user_id=self.user_id, key=form_key(request.POST), content=[form.cleaned_data["text"]]
        )
        try:
            operations.add_to_ticket(
                user_id=self.user_id, supplier_id=self.supplier.id,
                number=self.ticket.line.number, text=form.cleaned_data["text"], files=form.sent,
                key=key, now=self.now,
            )  # fmt: skip
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(form=form, status=UNPROCESSABLE)
        messages.info(request, "Сообщение добавлено.")
        return redirect("ticket", number=self.ticket.line.number)


class Withdraw(TicketPage):
    """Asked on GET, done on POST."""

    template_name = "portal/support/withdraw.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take it back."""
        return self.attempt(operations.withdraw_ticket)


class Close(TicketPage):
    """The mark for the answer ends the appeal."""

    template_name = "portal/support/close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for the mark."""
        return super().get_context_data(**{"form": MarkForm()} | kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the mark and close."""
        form = MarkForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        return self.attempt(operations.close_ticket, mark=form.cleaned_data["mark"])


class Reopen(TicketPage):
    """Asked on GET, done on POST."""

    template_name = "portal/support/reopen.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return it to work."""
        return self.attempt(operations.reopen_ticket)


class File(TicketPage):
    """A file of the appeal: handed out to be saved, never shown as a page of ours."""

    def get(self, request: HttpRequest, *args: Any, uuid: UUID, **kwargs: Any) -> HttpResponse:
        """Hand it out, or say on the appeal's page why not yet."""
        try:
            file, content = operations.read_file(ticket=self.ticket, uuid=uuid)
        except NotChecked as refusal:
            messages.warning(request, refusal.text)
            return redirect("ticket", number=self.ticket.line.number)
        return attachment(content, name=file.name, content_type=file.content_type)
