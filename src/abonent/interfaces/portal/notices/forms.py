"""The ticks of reminders: which kind by which way."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from abonent.domain.messaging.queries.subscriptions import SubscriptionView
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.interfaces.design.fields import PageForm

# Each kind with its title and what to expect of it.
REMINDERS = {
    SubscriptionKind.READINGS: (
        "Передать показания",
        "За три дня до конца приёма, если показаний ещё нет",
    ),
    SubscriptionKind.PAYMENT: (
        "Заплатить",
        "За три дня до срока оплаты, если счёт ещё не оплачен",
    ),
    SubscriptionKind.VERIFICATION: ("Поверить счётчик", "За два месяца, за две недели и в срок"),
}
_WAYS = {Channel.EMAIL: "Письмо на {}", Channel.SMS: "СМС на {}", Channel.PUSH: "{}"}


class ReminderForm(PageForm):
    """A list of ways for each kind; none ticked is an answer too."""

    def wanted(self) -> Mapping[SubscriptionKind, list[Channel]]:
        """Return the ways that were ticked, by kind."""
        return {
            SubscriptionKind(name): [Channel(one) for one in self.cleaned_data[name]]
            for name in self.fields
        }


def reminder_form(
    ways: Iterable[tuple[Channel, str]],
    data: Mapping[str, Any] | None = None,
    *,
    living: Iterable[SubscriptionView] = (),
) -> ReminderForm:
    """Return the form for these ways; without ``data`` it shows what lives now."""
    form = ReminderForm(data)
    choices = [(str(channel), _WAYS[channel].format(contact)) for channel, contact in ways]
    chosen: dict[str, list[str]] = {}
    for one in living:
        chosen.setdefault(one.kind, []).append(one.channel)
    for kind, (title, hint) in REMINDERS.items() if choices else ():
        form.fields[kind] = forms.MultipleChoiceField(
            label=title,
            help_text=hint,
            required=False,
            choices=choices,
            initial=chosen.get(kind, []),
            widget=forms.CheckboxSelectMultiple,
        )
    return form
