"""What a person types in an appeal."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from abonent.domain.accounts.queries import AccountView
from abonent.domain.documents.rules.uploads import MOST_BYTES, MOST_FILES, SentFile
from abonent.domain.support.rules.tickets import LONGEST_TEXT, MARKS
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.writing import FilesField, MessageField

NO_ACCOUNT = "-"


class MessageForm(PageForm):
    """A message with files."""

    def __init__(self, data: Any = None, files: Any = None, *, label: str = "Сообщение") -> None:
        super().__init__(data, files)
        self.fields["text"] = MessageField(label=label, longest=LONGEST_TEXT)
        self.fields["files"] = FilesField(most=MOST_FILES, largest=MOST_BYTES)

    @property
    def sent(self) -> list[SentFile]:
        """Return the files as the domain takes them."""
        return [SentFile(*file) for file in self.cleaned_data["files"]]


class TicketForm(MessageForm):
    """An appeal: about which account, what, with which files."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        accounts: Sequence[AccountView],
        initial: Mapping[str, str],
    ) -> None:
        super().__init__(data, files, label="Что случилось")
        self.initial = dict(initial)
        self.fields["text"].help_text = "Номер карты и пароль не пишите: мы их не спрашиваем"
        if accounts:
            choices = [(one.number, one.title) for one in accounts]
            self.fields["account"] = forms.ChoiceField(
                label="О каком лицевом счёте",
                choices=[*choices, (NO_ACCOUNT, "Не о лицевом счёте")],
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Выберите лицевой счёт",
                    "invalid_choice": "Выберите лицевой счёт",
                },
            )
            self.hints = {
                one.number: f"№ {one.number}" for one in accounts if one.title != one.number
            }
        self.order_fields(["account", "text", "files"])

    @property
    def chosen_number(self) -> str:
        """Return the number that was chosen, empty for none."""
        chosen = str(self.cleaned_data.get("account", ""))
        return "" if chosen == NO_ACCOUNT else chosen


class MarkForm(PageForm):
    """How good the answer is."""

    mark = forms.TypedChoiceField(
        label="Как вам ответ",
        coerce=int,
        choices=list(MARKS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Выберите оценку", "invalid_choice": "Выберите оценку"},
    )
