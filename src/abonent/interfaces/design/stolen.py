"""The question of every page that blocks a cabinet: which readings are not the person's."""

from datetime import datetime, timedelta

from django import forms

from abonent.interfaces.design.fields import PageForm

# Where a browser keeps the number of its request for the page that shows it.
BLOCK_NUMBER = "block_number"
_SPANS = {
    "": ("Никакие: показания передавали вы", None),
    "day": ("За последние сутки", timedelta(days=1)),
    "week": ("За неделю", timedelta(days=7)),
    "month": ("За месяц", timedelta(days=31)),
}


class StolenForm(PageForm):
    """Since when the person does not trust what was sent from the cabinet."""

    readings = forms.ChoiceField(
        label="Какие показания отменить",
        help_text="Месяцы, за которые счёт уже есть, исправит контрольное показание комиссии",
        choices=[(name, label) for name, (label, _) in _SPANS.items()],
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )

    def suspected_since(self, now: datetime) -> datetime | None:
        """Return the moment since when readings are doubted, or None."""
        span = _SPANS[self.cleaned_data["readings"]][1]
        return now - span if span else None
