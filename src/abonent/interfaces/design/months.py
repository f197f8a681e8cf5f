"""A span of months that a person chooses above a history: from one month to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from abonent.common.periods import Period
from abonent.common.words import month_and_year
from abonent.interfaces.design.fields import PageForm

LONGEST = 36


@dataclass(frozen=True)
class Span:
    """Months from ``since`` to ``until``, both included."""

    since: Period
    until: Period

    @property
    def months(self) -> int:
        """Return how many months there are."""
        return self.until.months_since(self.since) + 1

    @property
    def query(self) -> str:
        """Return the span as it stands in an address."""
        return f"since={self.since}&until={self.until}"


class SpanForm(PageForm):
    """The two lists of months; what is wrong leaves the usual span."""

    def __init__(self, data: Mapping[str, Any] | None, *, first: Period, usual: Span) -> None:
        super().__init__(data)
        self.usual = usual
        count = usual.until.months_since(min(first, usual.since)) + 1
        months = [usual.until.plus(-step) for step in range(count)]
        choices = [(str(one), month_and_year(one.year, one.month)) for one in months]
        for name, label, chosen in (
            ("since", "С месяца", usual.since),
            ("until", "По месяц", usual.until),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=choices,
                initial=str(chosen),
                error_messages={
                    "invalid_choice": "Выберите месяц из списка",
                    "required": "Выберите месяц",
                },
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins, or is too long for one page."""
        cleaned = super().clean() or self.cleaned_data
        if "since" in cleaned and "until" in cleaned:
            span = Span(Period.parse(cleaned["since"]), Period.parse(cleaned["until"]))
            if span.months < 1:
                self.add_error("until", "Последний месяц раньше первого. Поменяйте их местами")
            elif span.months > LONGEST:
                self.add_error("since", f"Выберите не больше {LONGEST} месяцев")
        return cleaned

    @property
    def span(self) -> Span:
        """Return what was chosen, the usual span when nothing good was."""
        if not self.is_bound or not self.is_valid():
            return self.usual
        chosen = self.cleaned_data
        return Span(Period.parse(chosen["since"]), Period.parse(chosen["until"]))


def span_form(data: Mapping[str, Any], *, first: Period, usual: Span) -> SpanForm:
    """Return the form as the address fills it; an address without a span is not an error.

    ``first`` is the earliest month that the lists offer.
    """
    given = data if "since" in data or "until" in data else None
    return SpanForm(given, first=first, usual=usual)
