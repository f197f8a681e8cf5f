"""What may be rated, and one rating."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.support import operations, queries
from abonent.domain.support.rules.ratings import (
    LONGEST_COMMENT,
    SUBJECT_NAMES,
    RatingSubject,
    quarter_of,
    words_of,
)
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.writing import MessageField
from abonent.interfaces.portal.pages import CabinetPage


class RatingsPage(CabinetPage):
    """A page of this family."""

    section = "support"

    def own(self) -> dict[RatingSubject, queries.RatingView]:
        """Return what the person has rated in this quarter."""
        return queries.own_ratings(
            user_id=self.user_id, supplier_id=self.supplier.id, quarter=quarter_of(self.today)
        )


class Ratings(RatingsPage, TemplateView):
    """The list: what is rated already, what is not."""

    template_name = "portal/ratings/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the subjects with the person's own marks."""
        own = self.own()
        rows = [
            (subject, name, words_of(subject)[own[subject].mark] if subject in own else "")
            for subject, name in SUBJECT_NAMES.items()
        ]
        return super().get_context_data(**kwargs) | {"rows": rows}


class RatingForm(PageForm):
    """A mark in words and a comment."""

    def __init__(self, *args: Any, subject: RatingSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        best_first = sorted(words_of(subject).items(), reverse=True)
        self.fields["mark"] = forms.TypedChoiceField(
            label="Ваша оценка",
            coerce=int,
            choices=best_first,
            widget=forms.RadioSelect,
            error_messages={"required": "Выберите оценку", "invalid_choice": "Выберите оценку"},
        )
        self.fields["comment"] = MessageField(
            label="Что улучшить, если хотите рассказать", longest=LONGEST_COMMENT
        )
        self.fields["comment"].required = False


class Rate(RatingsPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """One subject; a second mark within the quarter takes the place of the first."""

    template_name = "portal/ratings/rate.html"
    form_class = RatingForm

    @property
    def subject(self) -> RatingSubject:
        """Return what is rated; an address of nothing is 404."""
        try:
            return RatingSubject(self.kwargs["subject"])
        except ValueError as error:
            raise NotFound("Такой страницы нет.") from error

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask in the words of the subject."""
        return super().get_form_kwargs() | {"subject": self.subject}

    def get_initial(self) -> dict[str, Any]:
        """Show the mark of this quarter."""
        known = self.own().get(self.subject)
        return {"mark": known.mark, "comment": known.comment} if known else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name what is rated."""
        return super().get_context_data(**kwargs) | {"name": SUBJECT_NAMES[self.subject]}

    def form_valid(self, form: RatingForm) -> HttpResponse:
        """Keep the mark."""
        try:
            operations.rate(
                user_id=self.user_id, supplier_id=self.supplier.id, subject=self.subject,
                mark=form.cleaned_data["mark"], comment=form.cleaned_data["comment"], now=self.now,
            )  # fmt: skip
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.info(self.request, "Спасибо, оценка сохранена.")
        return redirect("ratings")
