"""Forms of linking: the number, the evidence that the preset asks, the codes."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from abonent.common.money import plain_roubles
from abonent.domain.accounts.operations import Guest
from abonent.domain.accounts.queries import numbers_are_digits
from abonent.domain.accounts.rules import WEAK_FIELDS, AccessRole
from abonent.domain.identity.rules import Purpose
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.fields import AccountNumberField, CodeField, PageForm
from abonent.interfaces.design.plain_fields import plain_field
from abonent.interfaces.portal.agreeing import consent_fields, consent_ticks

# These may truly be absent from an address, so they may be left empty.
_MAY_BE_EMPTY = ("letter", "flat", "flat_extension", "corpus")


class NumberForm(PageForm):
    """The number of the account, and what this supplier must be allowed first.

    Digits only where the preset says so. ``missing`` are consents that the person has not
    given to this supplier: each has a box of its own, unticked.
    """

    def __init__(
        self,
        *args: Any,
        supplier: SupplierView,
        missing: Sequence[Purpose] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._add_number(supplier)
        self.supplier, self.missing = supplier, missing
        self.fields.update(consent_fields(supplier, missing))

    @property
    def ticks(self) -> list[Any]:
        """Return the boxes of the consents with the titles of their texts."""
        return consent_ticks(self, self.supplier, self.missing)

    def _add_number(self, supplier: SupplierView) -> None:
        only_digits = supplier.cabinet.get("sign_up", {}).get("method") == "login_city"
        hint = "Он есть вверху квитанции"
        if only_digits:
            self.fields["number"] = AccountNumberField(help_text=f"{hint}. Только цифры")
            return
        self.fields["number"] = plain_field("account")
        if numbers_are_digits(supplier_id=supplier.id):
            self.fields["number"].widget.attrs["inputmode"] = "numeric"

    def clean_number(self) -> str:
        """Return the number without spaces; a slash cannot stand in it."""
        number = "".join(str(self.cleaned_data["number"]).split())
        if "/" in number:
            raise ValidationError("В номере лишний знак «/». Проверьте по квитанции")
        if not any(sign.isdigit() for sign in number):
            raise ValidationError("В номере нет цифр. Проверьте по квитанции")
        return number


class EvidenceForm(PageForm):
    """What the preset asks to prove that the account is one's own."""

    def __init__(
        self, *args: Any, supplier: SupplierView, asked: Collection[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in [name for name in WEAK_FIELDS if name in asked]:
            branches = suppliers.branches(supplier_id=supplier.id) if name == "branch" else []
            field = plain_field(name, [(row.code, row.name) for row in branches])
            field.required = name not in _MAY_BE_EMPTY
            self.fields[name] = field

    def given(self) -> dict[str, str]:
        """Return what was typed, sums in roubles."""
        return {
            name: plain_roubles(value) if isinstance(value, int) else str(value or "")
            for name, value in self.cleaned_data.items()
        }


class ContactCodeForm(PageForm):
    """The code that went to the contract's contact."""

    code = CodeField(label="Код из сообщения")


class BillCodeForm(PageForm):
    """The code printed on the paper bill."""

    code = forms.CharField(
        label="Код из бумажной квитанции",
        help_text="Восемь знаков, например 7F3A-91C2",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Введите код", "max_length": "В коде восемь знаков"},
    )


_GIVEN = {
    AccessRole.READER: "Только смотреть",
    AccessRole.SENDER: "Смотреть и передавать показания",
    AccessRole.PAYER: "Смотреть, передавать показания и платить",
}


class InviteForm(PageForm):
    """Whom an owner lets in, to do what, until which day."""

    contact = forms.CharField(
        label="Почта или телефон близкого",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите почту или телефон того, кому открываете счёт"},
    )
    role = forms.ChoiceField(
        label="Что ему можно",
        choices=[(role.value, label) for role, label in _GIVEN.items()],
        initial=AccessRole.READER.value,
        widget=forms.RadioSelect,
    )
    ends_on = forms.DateField(
        label="До какого дня",
        help_text="Можно не указывать: тогда – пока вы не закроете доступ",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": "Это не день. Введите, например, 31.12.2026"},
    )

    def guest(self) -> Guest:
        """Return whom and to what, as the domain takes it."""
        cleaned = self.cleaned_data
        return Guest(cleaned["contact"], AccessRole(cleaned["role"]), cleaned["ends_on"])


class AcceptForm(PageForm):
    """Yes; and the consents that this supplier still needs, each apart."""

    def __init__(
        self, *args: Any, supplier: SupplierView, missing: Sequence[Purpose], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.supplier, self.missing = supplier, missing
        self.fields.update(consent_fields(supplier, missing))

    @property
    def ticks(self) -> list[Any]:
        """Return the boxes of the consents with the titles of their texts."""
        return consent_ticks(self, self.supplier, self.missing)


class NameForm(PageForm):
    """The person's own name for an account."""

    alias = forms.CharField(
        label="Как называть этот счёт",
        help_text="Например: Мама. Видно только вам",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "Слишком длинно. Хватит 80 знаков"},
    )
