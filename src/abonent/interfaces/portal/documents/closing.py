"""Papers of organisations: closing documents, their archive, reconciliation acts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, View

from abonent.common.periods import Period
from abonent.common.refusals import NotFound, Refusal
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.identity import queries as people
from abonent.domain.invoicing import operations as invoicing
from abonent.domain.invoicing import queries
from abonent.domain.invoicing.queries import ReconciliationView
from abonent.domain.invoicing.queries.papers import NO_PAPER
from abonent.domain.invoicing.rules import FileFormat, Verdict
from abonent.domain.invoicing.rules.reconciliation import ActRow, act_workbook
from abonent.interfaces.design.downloads import attachment
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.portal.documents.views import pdf_file
from abonent.interfaces.portal.pages import AccountPage

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XML = "application/xml; charset=windows-1251"
_DAY_WORDS = "Напишите день так: 31.10.2026"


class FirmPage(AccountPage):
    """A page of an organisation's account: for a household it does not exist."""

    section = "documents"

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Turn away a household."""
        elsewhere = super().prepare(**kwargs)
        if elsewhere is None and self.account.kind != AccountKind.ORGANISATION:
            raise NotFound(NO_PAPER)
        return elsewhere

    @property
    def place(self) -> dict[str, int]:
        """Return by what the room knows this account."""
        return {"supplier_id": self.supplier.id, "account_id": self.account.id}


class PaperFile(FirmPage, View):
    """A closing document as a file of one form."""

    form: FileFormat

    def get(self, _request: HttpRequest, *, number: str, paper_id: int) -> HttpResponse:
        """Send it; what is not the person's, or is not made yet, is 404."""
        paper = queries.find_paper(**self.place, paper_id=paper_id)
        file = invoicing.open_paper(
            **self.place, paper_id=paper_id, form=self.form, actor_id=self.user_id, now=self.now
        )
        return self.sent(file.content, paper.name_of(self.form, number))

    def sent(self, content: bytes, name: str) -> HttpResponse:
        """Return the answer with the file."""
        return attachment(content, name=name, content_type=_XML)


class PaperPdf(PaperFile):
    """To be looked at in the browser."""

    form = FileFormat.PDF

    def sent(self, content: bytes, name: str) -> HttpResponse:
        """Show it under a telling name."""
        return pdf_file(content, name)


class PaperXml(PaperFile):
    """To be saved and loaded into a programme of accounts."""

    form = FileFormat.XML


class PaperArchive(FirmPage, View):
    """All papers of a month in one file."""

    def get(self, _request: HttpRequest, *, number: str, period: Period) -> HttpResponse:
        """Send the zip."""
        content = invoicing.month_archive(
            **self.place, account_number=number, period=period, actor_id=self.user_id, now=self.now
        )
        name = f"documents-{number}-{period}.zip"
        return attachment(content, name=name, content_type="application/zip")


class DaysForm(PageForm):
    """The days of an act."""

    since = forms.DateField(
        label="С какого дня",
        input_formats=["%d.%m.%Y", "%Y-%m-%d"],
        error_messages={"invalid": _DAY_WORDS, "required": _DAY_WORDS},
    )
    until = forms.DateField(
        label="По какой день",
        input_formats=["%d.%m.%Y", "%Y-%m-%d"],
        error_messages={"invalid": _DAY_WORDS, "required": _DAY_WORDS},
    )


class Reconciliations(FirmPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Order an act for any days; the acts that were ordered before."""

    template_name = "portal/documents/reconciliations.html"
    form_class = DaysForm

    def get_initial(self) -> dict[str, Any]:
        """Offer the year up to the last month that has ended."""
        last = Period.of(self.today).plus(-1).last_day
        return {"since": f"01.01.{last.year}", "until": f"{last:%d.%m.%Y}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the acts."""
        acts = queries.reconciliations_of(**self.place)
        return super().get_context_data(**kwargs) | {"acts": acts}

    def form_valid(self, form: DaysForm) -> HttpResponse:
        """Make the act and lead to it."""
        days: dict[str, date] = form.cleaned_data
        try:
            view = invoicing.order_reconciliation(
                **self.place,
                since=days["since"],
                until=days["until"],
                user_id=self.user_id,
                today=self.today,
                now=self.now,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return redirect("reconciliation", number=self.account.number, act_id=view.id)


class AnswerForm(PageForm):
    """What is wrong by row of the act, and with the whole of it; the button is the verdict."""

    def __init__(self, *args: Any, rows: Sequence[ActRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for place, row in enumerate(rows, start=1):
            self.fields[f"r{place}"] = forms.CharField(
                label=f"Что не так в строке {place}, {row.document}",
                required=False,
                max_length=300,
            )
        self.fields["whole"] = forms.CharField(
            label="Что ещё не сходится",
            help_text="Например, платёж, которого в акте нет: день, номер, сумма",
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @property
    def lines(self) -> list[tuple[int, ActRow, BoundField]]:
        """Return each row of the act with the place to say what is wrong there."""
        return [(place, row, self[f"r{place}"]) for place, row in enumerate(self.rows, start=1)]

    @property
    def discrepancies(self) -> dict[str, str]:
        """Return what was typed, by row; '' for the whole act."""
        named = {
            "" if name == "whole" else name[1:]: text for name, text in self.cleaned_data.items()
        }
        return {place: text for place, text in named.items() if text}


class ActPage(FirmPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """An act: its rows, what is owed, and the answer to it."""

    template_name = "portal/documents/reconciliation.html"
    form_class = AnswerForm
    view: ReconciliationView

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Find the act."""
        elsewhere = super().prepare(**kwargs)
        if elsewhere is None:
            self.view = queries.find_reconciliation(
                **self.place, reconciliation_id=kwargs["act_id"]
            )
        return elsewhere

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the rows of the act."""
        return super().get_form_kwargs() | {"rows": self.view.act.rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the act."""
        answer = self.view.answer
        return super().get_context_data(**kwargs) | {
            "act": self.view.act,
            "act_id": self.view.id,
            "answer": answer,
            "agreed": answer is not None and answer.verdict == Verdict.AGREED,
            "list_url": reverse("reconciliations", args=[self.account.number]),
        }

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        """Keep the answer; two that contradict each other are asked about."""
        verdict = Verdict.AGREED if "agree" in form.data else Verdict.DISCREPANCIES
        if verdict == Verdict.AGREED and form.discrepancies:
            text = (
                "Вы написали, что не сходится, и согласовали акт. Сотрите написанное или "
                "нажмите «Отправить расхождения»"
            )
            form.add_error(None, text)
            return self.form_invalid(form)
        try:
            invoicing.answer_reconciliation(
                **self.place,
                reconciliation_id=self.view.id,
                verdict=verdict,
                discrepancies=form.discrepancies,
                user_id=self.user_id,
                user_name=people.user_view(self.user_id).name,
                now=self.now,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return redirect("reconciliation", number=self.account.number, act_id=self.view.id)


class ActPdf(FirmPage, View):
    """An act as PDF."""

    def get(self, _request: HttpRequest, *, number: str, act_id: int) -> HttpResponse:
        """Send the file."""
        file = invoicing.reconciliation_pdf(**self.place, reconciliation_id=act_id, now=self.now)
        return pdf_file(file.content, f"akt-sverki-{number}-{act_id}.pdf")


class ActXlsx(FirmPage, View):
    """An act for Excel."""

    def get(self, _request: HttpRequest, *, number: str, act_id: int) -> HttpResponse:
        """Send the file."""
        view = queries.find_reconciliation(**self.place, reconciliation_id=act_id)
        name = f"akt-sverki-{number}-{act_id}.xlsx"
        return attachment(act_workbook(view.act), name=name, content_type=_XLSX)
