"""What staff type in an appeal."""

from typing import Any

from django import forms

from abonent.domain.documents.rules.uploads import MOST_BYTES, MOST_FILES, SentFile
from abonent.domain.support.rules.tickets import LONGEST_TEXT, TicketAct
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.writing import FilesField, MessageField

ACTS = {TicketAct.ANSWER: "Ответить", TicketAct.ASK: "Спросить автора, срок ответа не меняется"}


class ReplyForm(PageForm):
    """An answer or a question to the author."""

    act = forms.ChoiceField(
        label="Что это",
        choices=list(ACTS.items()),
        initial=TicketAct.ANSWER,
        widget=forms.RadioSelect,
    )
    text = MessageField(label="Текст", longest=LONGEST_TEXT)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["files"] = FilesField(most=MOST_FILES, largest=MOST_BYTES)

    @property
    def sent(self) -> list[SentFile]:
        """Return the files as the domain takes them."""
        return [SentFile(*file) for file in self.cleaned_data["files"]]


class RouteForm(PageForm):
    """The topic whose department will answer."""

    def __init__(self, data: Any = None, *, topics: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["topic"] = forms.ChoiceField(
            label="Передать по теме",
            choices=topics,
            error_messages={"invalid_choice": "Выберите тему"},
        )
