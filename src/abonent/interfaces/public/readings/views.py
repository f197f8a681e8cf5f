"""Readings without sign-in: number and proof, then the sheet, the check, the confirmation.

The pages show nothing that the person has not typed or cannot read on the meter: no name, no
address, no former value, no sum (TRUST B5).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView, View
from django.views.generic.base import ContextMixin

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.common.words import moment_in_words
from abonent.domain.accounts.operations.open_pages import TooManyTries
from abonent.domain.journeys.open_readings import (
    prove_for_readings,
    readings_to_undo,
    send_open_readings,
    undo_open_readings,
)
from abonent.domain.metering.operations.submit import ReadingsRefused
from abonent.domain.reports.queries.open_readings import open_acceptance, open_sheet
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.public.open_number import NumberForm, visitor_address
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.readings.forms import OpenReadingsForm
from abonent.interfaces.public.readings.pages import (
    accepted_rows,
    checked_rows,
    meter_boxes,
    shown_window,
)
from abonent.interfaces.public.supplier import asked_for_readings, supplier_of

NOT_PROVEN = (
    "По этим данным счётчики не нашли. Проверьте номер лицевого счёта по квитанции и остальное. "
    "Если всё верно, войдите в кабинет или позвоните нам."
)
TOO_LONG = "Прошло больше получаса. Введите номер ещё раз, показания сохраним."
NOTHING_TYPED = "Впишите хотя бы одно показание."
_SALT = "open.readings"
_GOOD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Proven:
    """An account whose number was proven; ``mark`` is carried by the forms, ``key`` is new."""

    account_id: int
    number: str
    key: str
    mark: str


class OpenReadingsPage(OpenPage, ContextMixin, View):
    """A page of this family: there is none where the preset asks for no proof."""

    section = "open_readings"
    now: datetime
    asked: list[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the clock and what the preset asks beside a number."""
        self.now = clock.now()
        self.asked = asked_for_readings(supplier_of(request).cabinet)
        return super().dispatch(request, *args, **kwargs)

    def require_open(self) -> None:
        """Refuse with NotFound where no number is taken: only letters lead to the sheet there."""
        if not self.asked:
            raise NotFound("Показания без входа у этого поставщика не принимают.")

    def begin(self, form: NumberForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        """Show the page of the number."""
        self.require_open()
        context = self.get_context_data(form=form)
        return render(self.request, "public/readings/number.html", context, status=status)

    def proven(self) -> Proven | None:
        """Return the account that the form's mark names; None when it is old or forged."""
        mark = str(self.request.POST.get("mark", ""))
        try:
            supplier_id, account_id, number, key = signing.loads(
                mark, salt=_SALT, max_age=_GOOD_FOR
            )
        except (signing.BadSignature, ValueError):
            return None
        mine = supplier_id == self.supplier.id
        return Proven(account_id, number, key, mark) if mine else None

    def prove(self, account_id: int, number: str) -> Proven:
        """Make the mark of an account whose number was just proven."""
        key = new_uuid().hex
        mark = signing.dumps([self.supplier.id, account_id, number, key], salt=_SALT)
        return Proven(account_id, number, key, mark)

    def late(self) -> HttpResponse:
        """Ask for the number again: the mark is old or forged."""
        form = NumberForm({}, asked=self.asked)
        form.errors.clear()
        form.add_error(None, TOO_LONG)
        return self.begin(form, status=UNPROCESSABLE)

    def readings_form(
        self, proven: Proven, data: Mapping[str, Any] | None = None
    ) -> OpenReadingsForm:
        """Return the form of the account's meters as they stand today."""
        today = clock.local_day(self.now, self.supplier.timezone)
        meters = open_sheet(supplier_id=self.supplier.id, account_id=proven.account_id, today=today)
        return OpenReadingsForm(data, meters=meters)

    def sheet(
        self, proven: Proven, form: OpenReadingsForm, *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Show the dials, with errors where there are some."""
        context = self.get_context_data(
            form=form,
            proven=proven,
            meters=meter_boxes(form),
            window_words=shown_window(form),
            note=str(self.supplier.cabinet.get("reading_note", "")),
        )
        return render(self.request, "public/readings/sheet.html", context, status=status)


class Begin(OpenReadingsPage):
    """The number and its proof; proven, it becomes the sheet."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for the number."""
        return self.begin(NumberForm(asked=self.asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the sheet; what is wrong is told alike for every number."""
        self.require_open()
        form = NumberForm(request.POST, asked=self.asked)
        if not form.is_valid():
            return self.begin(form, status=UNPROCESSABLE)
        number = form.cleaned_data["account"]
        try:
            account_id = prove_for_readings(
                supplier_id=self.supplier.id,
                number=number,
                given=form.given(),
                address=visitor_address(request),
                now=self.now,
            )
        except TooManyTries as refusal:
            form.add_error(None, refusal.text)
            return self.begin(form, status=HTTPStatus.TOO_MANY_REQUESTS)
        if account_id is None:
            form.add_error(None, NOT_PROVEN)
            return self.begin(form, status=UNPROCESSABLE)
        proven = self.prove(account_id, number)
        return self.sheet(proven, self.readings_form(proven))


class Step(OpenReadingsPage):
    """A step after the number: by GET there is nothing to show, so it leads to the beginning.

    ``go_on`` is what the step does with a good mark and readable readings.
    """

    go_on: Callable[[Proven, OpenReadingsForm], HttpResponse]

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Lead to the page of the number."""
        return redirect("open_readings")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go on when the mark is good and the readings are readable."""
        proven = self.proven()
        if proven is None:
            return self.late()
        form = self.readings_form(proven, request.POST)
        if form.is_valid() and not form.values():
            form.add_error(None, NOTHING_TYPED)
        if not form.is_valid():
            return self.sheet(proven, form, status=UNPROCESSABLE)
        return self.go_on(proven, form)


class Check(Step):
    """The check: what will be sent, as it will be stored; writes nothing."""

    def go_on(self, proven: Proven, form: OpenReadingsForm) -> HttpResponse:
        """Show the values and ask for confirmation."""
        context = self.get_context_data(
            proven=proven,
            hidden=form.typed_again(),
            rows=checked_rows(form, form.shown()),
            window_words=shown_window(form),
        )
        return render(self.request, "public/readings/check.html", context)


class Send(Step):
    """The confirmed readings; the same form again gives the same proof."""

    def go_on(self, proven: Proven, form: OpenReadingsForm) -> HttpResponse:
        """Take the readings, or go back to mend them."""
        if "change" in self.request.POST:
            return self.sheet(proven, form)
        values = form.values()
        path = reverse("open_readings_undo", args=["TOKEN"])
        try:
            accepted = send_open_readings(
                supplier_id=self.supplier.id,
                account_id=proven.account_id,
                values=values,
                key=_deed(proven, values),
                undo_url=self.request.build_absolute_uri(path).replace("TOKEN", "{token}"),
                now=self.now,
            )
        except ReadingsRefused as refused:
            form.refuse(refused.by_register)
        except Refusal as refused:
            form.add_error(None, refused.text)
        else:
            return redirect("open_readings_accepted", submission_id=accepted.id)
        return self.sheet(proven, form, status=UNPROCESSABLE)


class Accepted(OpenReadingsPage, TemplateView):
    """The numbered proof; whoever knows its address may open it for a day."""

    template_name = "public/readings/accepted.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the submission; any other is answered with 404."""
        found = open_acceptance(
            supplier_id=self.supplier.id, submission_id=self.kwargs["submission_id"], now=self.now
        )
        return super().get_context_data(**kwargs) | {
            "account_end": found.account,
            "submission": found.submission,
            "received": moment_in_words(localtime(found.submission.received_at)),
            "rows": accepted_rows(found.submission),
        }


class Undo(OpenPage, TemplateView):
    """Opening the letter's link shows a question; only the button sets the readings aside."""

    template_name = "public/readings/undo.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what was sent and the end of the account's number."""
        found = readings_to_undo(token=self.kwargs["token"], supplier_id=self.supplier.id)
        return super().get_context_data(**kwargs) | {
            "found": found,
            "received": moment_in_words(localtime(found.submission.received_at)),
            "rows": accepted_rows(found.submission),
        }

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """Set them aside."""
        undo_open_readings(token=token, supplier_id=self.supplier.id, now=clock.now())
        return redirect(request.path)


def _deed(proven: Proven, values: Mapping[int, int]) -> str:
    """Return the key of what is sent: the same form with the same values is the same deed."""
    body = ";".join(f"{one}={value}" for one, value in sorted(values.items()))
    return hashlib.sha256(f"open {proven.key} {body}".encode()).hexdigest()
