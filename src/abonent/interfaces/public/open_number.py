"""The number of an account on open pages, and the proof beside it that a preset asks."""

from collections.abc import Collection, Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest

from abonent.interfaces.design.fields import PageForm, without_spaces
from abonent.interfaces.design.plain_fields import plain_field

_TRAP = "company_site"


def _serial_end() -> forms.Field:
    return forms.CharField(
        label="Последние четыре знака номера счётчика",
        help_text="Номер – на корпусе любого вашего счётчика и в квитанции",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "sum"}),
        error_messages={"required": "Введите последние знаки номера счётчика"},
    )


def _flat() -> forms.Field:
    return forms.CharField(
        label="Номер квартиры",
        help_text="Если дом частный – номер дома",
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "sum"}),
        error_messages={"required": "Введите номер квартиры"},
    )


_PROOFS = {"meter_serial_end": _serial_end, "flat": _flat}


class NumberForm(PageForm):
    """The number, the proof, and a field that only machines fill in."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, asked: Collection[str] = ()
    ) -> None:
        super().__init__(data)
        self.asked = [name for name in asked if name in _PROOFS]
        account = plain_field("account")
        account.widget.attrs["inputmode"] = "numeric"
        account.help_text = "Он есть вверху квитанции, пробелы не важны"
        self.fields["account"] = account
        for name in self.asked:
            self.fields[name] = _PROOFS[name]()
        self.fields[_TRAP] = forms.CharField(required=False, label="Не заполняйте")

    def clean_account(self) -> str:
        """Return the number without spaces."""
        return without_spaces(self.cleaned_data["account"])

    def clean(self) -> dict[str, Any]:
        """Stop machines that fill in everything."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get(_TRAP):
            self.add_error(None, "Форма заполнена машиной. Оставьте лишнее поле пустым.")
        return cleaned

    @property
    def typed(self) -> list[Any]:
        """Return the fields to type in."""
        return [self["account"], *(self[name] for name in self.asked)]

    @property
    def trap(self) -> Any:
        """Return the field that only a machine fills in."""
        return self[_TRAP]

    def given(self) -> dict[str, str]:
        """Return what proves the number."""
        return {name: str(self.cleaned_data[name]) for name in self.asked}


def visitor_address(request: HttpRequest) -> str:
    """Return the network address of the visitor, as our own proxies tell it."""
    return str(get_adapter().get_client_ip(request))
