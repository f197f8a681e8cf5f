"""Pages of readings: the sheet, the check, the proof, the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView, View

from abonent.common.periods import Period
from abonent.domain.billing.queries.quotes import Quote, quote_readings
from abonent.domain.identity.queries import user_view
from abonent.domain.journeys.send_proof import send_proof
from abonent.domain.metering.operations.submit import (
    Acceptance,
    ReadingsDoubtful,
    ReadingsRefused,
    SubmissionKeyReused,
    submit_readings,
)
from abonent.domain.metering.queries.photos import photos_of
from abonent.domain.metering.rules import ReadingSource
from abonent.domain.metering.rules import window_words as windows
from abonent.domain.metering.rules.judgement import Verdict
from abonent.domain.reports.queries import accepted_readings, reading_sheet
from abonent.interfaces.design.errors import ErrorLink
from abonent.interfaces.portal.drafts import DraftPage
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.one_time import deed_key, form_key
from abonent.interfaces.portal.pages import WaitingAccountPage
from abonent.interfaces.portal.readings import past, wording
from abonent.interfaces.portal.readings.forms import (
    NOT_ANSWERED,
    NOT_TYPED,
    ReadingsForm,
    sure_name,
    typed,
    typed_again,
)
from abonent.interfaces.portal.readings.pages import (
    IMPOSSIBLE,
    check_context,
    meter_boxes,
    shown_window,
    target_period,
)
from abonent.interfaces.portal.readings.photos import PhotoForm

# Marks of a draft: the check was sent without an answer; what to tell above the sheet.
ASKED, TOLD = "asked", "told"
EMPTY = "empty"
# The box «прислать копию».
COPY = "copy"


@dataclass(frozen=True)
class Answers:
    """What the page of checking asked: confirmed scales and those to be mended."""

    confirmed: frozenset[int]
    mended: frozenset[int]


class ReadingsPage(DraftPage):
    """What the sheet and the check share: reading the form, showing either page."""

    section = "readings"

    def form(self, data: Mapping[str, Any] | None = None) -> ReadingsForm:
        """Return the form of the account's sheet as it stands today."""
        sheet = reading_sheet(account=self.account, today=self.today)
        return ReadingsForm(data, sheet=sheet)

    def show_sheet(self, form: ReadingsForm, *, key: str, filled: str = "") -> HttpResponse:
        """Show the sheet, with errors where there are some and all that was typed."""
        sheet, number = form.sheet, self.account.number
        history = reverse("readings_history", args=[number]) if self.account.private else ""
        context = {
            "frame": self.frame,
            "account": self.account,
            "form": form,
            "key": key,
            "filled": filled,
            "meters": meter_boxes(form),
            "window": sheet.window,
            "window_words": shown_window(sheet),
            "can_send": self.may_send(),
            "note": str(self.supplier.cabinet.get("reading_note", "")),
            "preview_url": reverse("readings_preview", args=[number]),
            "empty_url": f"{reverse('readings', args=[number])}?{EMPTY}=yes",
            "history_url": history,
        }
        return render(self.request, "portal/readings/sheet.html", context)

    def show_check(
        self,
        form: ReadingsForm,
        quote: Quote,
        values: Mapping[int, int],
        *,
        key: str,
        unanswered: Mapping[int, str],
        changed: str,
        copy_wanted: bool,
    ) -> HttpResponse:
        """Show consumption, cost and questions, with what still has to be answered."""
        errors = [
            *([ErrorLink(changed)] if changed else []),
            *(
                ErrorLink(
                    f"{form.named(one)}: {text[:1].lower()}{text[1:]}", f"{sure_name(one)}-no"
                )
                for one, text in unanswered.items()
            ),
        ]
        context = {
            "frame": self.frame,
            "account": self.account,
            "key": key,
            "hidden": typed_again(form),
            "mailbox": user_view(self.user_id).email,
            "copy_name": COPY,
            "copy_wanted": copy_wanted,
            "errors": errors,
            "confirm_url": reverse("readings", args=[self.account.number]),
            **check_context(form, quote, values, unanswered),
        }
        return render(self.request, "portal/readings/check.html", context)

    def quote(self, form: ReadingsForm, values: Mapping[int, int]) -> Quote | None:
        """Return the cost of the values; None when some are refused, told at their fields."""
        try:
            return quote_readings(
                supplier_id=self.supplier.id,
                account_id=self.account.id,
                values=values,
                taken_on=self.today,
                today=self.today,
            )
        except ReadingsRefused as refused:
            self.refuse(form, refused)
            return None

    def refuse(self, form: ReadingsForm, refused: ReadingsRefused) -> None:
        """Tell at each field what is wrong; a waiting link is not told what stood before."""
        texts = dict(refused.by_register)
        if not self.account.private and form.values():
            typed = form.values()
            texts = {one: IMPOSSIBLE if one in typed else text for one, text in texts.items()}
        form.refuse(texts)

    def may_send(self) -> bool:
        """Tell whether this person may send readings of the account."""
        return self.account.role.may_send


class Readings(ReadingsPage, View):
    """The sheet; and the confirmed readings that it becomes."""

    def get(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Show the sheet with a new one-time key; what was not confirmed is filled in again."""
        draft = None if EMPTY in request.GET else self.unfinished()
        form = self.form(draft.content if draft else None)
        filled = f"{localtime(draft.kept_at):%H:%M}" if draft else ""
        return self.show_sheet(form, key=form_key({}), filled=filled)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Accept what was checked and confirmed; the same form again gives the same proof."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if not self.may_send():
            return redirect("readings", number=number)
        self.keep(key, typed(form, request.POST))
        values = form.values() if form.is_valid() else {}
        answers = _answers(request.POST, values)
        if not values or answers.mended or "change" in request.POST:
            return self.lead_to("readings_draft", key)
        asked = typed(form, request.POST) | {ASKED: "yes"}
        if _month_changed(request.POST, form, values):
            self.keep(key, asked)
            return self.lead_to("readings_check", key)
        try:
            accepted = self._submit(values, answers, key)
        except ReadingsRefused:
            return self.lead_to("readings_draft", key)
        except ReadingsDoubtful:
            self.keep(key, asked)
            return self.lead_to("readings_check", key)
        except SubmissionKeyReused as reused:
            self.finish(key)
            key = form_key({})
            self.keep(key, typed(form, request.POST) | {TOLD: reused.text})
            return self.lead_to("readings_draft", key)
        self.finish(key)
        if COPY in request.POST:
            send_proof(
                account=self.account,
                user_id=self.user_id,
                submission_id=accepted.id,
                now=self.now,
            )
        return redirect("readings_accepted", number=number, submission_id=accepted.id)

    def _submit(self, values: Mapping[int, int], answers: Answers, key: str) -> Acceptance:
        return submit_readings(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            values=values,
            confirmed=answers.confirmed,
            taken_on=self.today,
            source=ReadingSource.CABINET,
            user_id=self.user_id,
            key=deed_key(
                user_id=self.user_id,
                key=key,
                content=[f"{one}={value}" for one, value in values.items()],
            ),
            now=self.now,
        )


class Preview(ReadingsPage, View):
    """Takes what was typed and leads to the check of it, or to what is wrong."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Lead back to the sheet: a check has nothing to show without what was typed."""
        return redirect("readings", number=number)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Keep what was typed and show it on a page that can be read again."""
        key = form_key(request.POST)
        form = self.form(request.POST)
        if not self.may_send():
            return redirect("readings", number=number)
        self.keep(key, typed(form, request.POST))
        good = form.is_valid() and form.values()
        return self.lead_to("readings_check" if good else "readings_draft", key)


class Check(ReadingsPage, View):
    """The check: consumption, cost and month of what was typed; writes nothing."""

    def get(self, _request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show it; what is no longer fit to be checked is shown on the sheet."""
        draft = self.kept(key)
        if draft is None or not self.may_send():
            return redirect("readings", number=number)
        form = self.form(draft.content)
        values = form.values() if form.is_valid() else {}
        quote = self.quote(form, values) if values else None
        if quote is None:
            return self.lead_to("readings_draft", key.hex)
        asked = ASKED in draft.content
        given = _answers(draft.content, values)
        unanswered = {
            one: NOT_ANSWERED
            for one, judged in quote.judgements.items()
            if asked and judged.verdict == Verdict.ASK and one not in given.confirmed
        }
        changed = _month_changed(draft.content, form, values) if asked else ""
        return self.show_check(
            form,
            quote,
            values,
            key=key.hex,
            unanswered=unanswered,
            changed=changed,
            copy_wanted=COPY in draft.content,
        )


class Typed(ReadingsPage, View):
    """The sheet as it was typed, with what is wrong at each field."""

    def get(self, _request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show it; what is not kept any more begins anew."""
        draft = self.kept(key)
        if draft is None or not self.may_send():
            return redirect("readings", number=number)
        form = self.form(draft.content)
        if form.is_valid():
            values = form.values()
            if told := draft.content.get(TOLD, ""):
                form.add_error(None, told)
            elif values:
                self.quote(form, values)
            else:
                form.add_error(None, NOT_TYPED)
        return self.show_sheet(form, key=key.hex)


class Accepted(WaitingAccountPage, TemplateView):
    """The numbered proof of a submission."""

    template_name = "portal/readings/accepted.html"
    section = "readings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the submission; somebody else's is answered with 404."""
        submission_id: UUID = self.kwargs["submission_id"]
        found = accepted_readings(
            account=self.account,
            user_id=self.user_id,
            submission_id=submission_id,
            today=self.today,
        )
        return super().get_context_data(**kwargs) | {
            "found": found,
            "submission": found.submission,
            "rows": past.proof_rows(found),
            "received": wording.moment_there(
                localtime(found.submission.received_at), self.supplier.timezone
            ),
            "month": windows.month_name(found.submission.period),
            "next": past.what_next(found, self.today),
            "photos": photos_of(submission_id=submission_id),
            "photo_form": PhotoForm(),
            "is_strange": any(line.doubtful for line in found.submission.lines),
            "again_url": reverse("readings", args=[self.account.number]),
            "pay_url": account_url(self.account.number, "payments"),
        }


def _answers(data: Mapping[str, Any], values: Mapping[int, int]) -> Answers:
    """Read the answers to «Всё верно?»; what is neither yes nor no is no answer."""
    given = {one: data.get(sure_name(one)) for one in values}
    return Answers(
        confirmed=frozenset(one for one, answer in given.items() if answer == "yes"),
        mended=frozenset(one for one, answer in given.items() if answer == "no"),
    )


def _month_changed(data: Mapping[str, Any], form: ReadingsForm, values: Mapping[int, int]) -> str:
    """Say that the month is not the one that was shown when the person checked."""
    shown = _period(str(data.get("period", "")))
    target = target_period(form.sheet, values)
    if shown is None or shown == target or not values:
        return ""
    return (
        f"Пока вы проверяли, приём за {windows.month_name(shown)} закончился: показания учтём "
        f"уже за {windows.month_name(target)}. Если согласны, подтвердите ещё раз."
    )


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None
