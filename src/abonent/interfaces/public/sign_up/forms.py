"""The form of signing up, made of the fields that the supplier's preset names."""

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as engine
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.ru import inn

from abonent.common import clock
from abonent.common.money import plain_roubles
from abonent.domain.accounts.queries import numbers_are_digits
from abonent.domain.accounts.rules import WEAK_FIELDS
from abonent.domain.identity.operations import ConsentGiven
from abonent.domain.identity.rules import Purpose
from abonent.domain.journeys.sign_up import AccountWanted, sign_up
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.fields import AccountNumberField
from abonent.interfaces.design.plain_fields import plain_field

_HIDDEN_TRAP = "company_site"
# The preset's names that allauth calls otherwise.
_ENGINE_NAMES = {"password": "password1", "login": "username"}


class SignUpForm(engine.SignupForm):
    """Fields, consents and evidence of one way of signing up."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, supplier: SupplierView, way: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.supplier, self.way = supplier, way
        trap = self.fields.pop(_HIDDEN_TRAP)
        trap.widget.attrs.pop("style", None)
        asked = [name for name in way.get("fields", []) if name != "phone_code"]
        optional = set(way.get("optional", []))
        self.fields.clear()
        for name in asked:
            field = _field(name, supplier)
            field.required = name not in optional and not self._either(name, asked)
            self.fields[_ENGINE_NAMES.get(name, name)] = field
        self.consents = [
            *[(Purpose(purpose), True) for purpose in way.get("consents", [])],
            *[(Purpose(purpose), False) for purpose in way.get("optional_consents", [])],
        ]
        for purpose, needed in self.consents:
            self.fields[f"consent_{purpose}"] = _consent(supplier, purpose, needed=needed)
        self.fields[_HIDDEN_TRAP] = trap
        # allauth looks at these to know what may be missing.
        self._has_phone_field = "phone" in asked
        self._signup_fields = {
            name: {"required": False}
            for name in ("email", "phone", "username")
            if name in self.fields
        }

    def _either(self, name: str, asked: list[str]) -> bool:
        """Tell whether a contact may be left out because the other one will do."""
        both = "email" in asked and "phone" in asked
        return name in ("email", "phone") and both and self.way.get("method") == "email_or_phone"

    @property
    def typed(self) -> list[Any]:
        """Return the bound fields to type in, without consents and the trap."""
        hidden = {_HIDDEN_TRAP, *(f"consent_{purpose}" for purpose, _ in self.consents)}
        return [self[name] for name in self.fields if name not in hidden]

    @property
    def consent_ticks(self) -> list[dict[str, Any]]:
        """Return each consent's box with the text that belongs to it."""
        texts = self.supplier.cabinet.get("consents", {})
        return [
            {
                "field": self[f"consent_{purpose}"],
                "purpose": purpose,
                "title": texts.get(purpose, {}).get("title", ""),
            }
            for purpose, _ in self.consents
        ]

    @property
    def trap(self) -> Any:
        """Return the field that only a machine fills in."""
        return self[_HIDDEN_TRAP]

    @property
    def proves_phone(self) -> bool:
        """Tell whether a code to the telephone proves this sign-up, not a letter."""
        by_code = "phone_code" in self.way.get("fields", [])
        return bool(self.cleaned_data.get("phone")) and (
            by_code or not self.cleaned_data.get("email")
        )

    def clean(self) -> dict[str, Any]:
        """Compare what was typed twice; at least one contact must be there."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", "Введите почту или телефон: туда придёт подтверждение")
        if cleaned.get("email_again") and cleaned.get("email") != cleaned["email_again"].lower():
            self.add_error("email_again", "Адреса не совпали. Введите одинаковые")
        again, password = cleaned.get("password_again"), cleaned.get("password1")
        if again and password and again != password:
            self.add_error("password_again", "Пароли не совпали. Введите одинаковые")
        if cleaned.get("inn"):
            self._check_inn(cleaned["inn"])
        return cleaned

    def _check_inn(self, number: str) -> None:
        """Refuse an INN whose check digits are wrong."""
        try:
            inn.validate(number)
        except WrongNumber:
            self.add_error("inn", "В ИНН ошибка. Проверьте 10 или 12 цифр")

    def try_save(self, request: HttpRequest) -> Any:
        """Sign up; a known contact costs the same work, so that time tells nothing."""
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))
        return super().try_save(request)

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Keep the rest of the form once the user is stored; allauth calls it."""
        user.city, user.inn = self.cleaned_data.get("city", ""), self.cleaned_data.get("inn", "")
        user.save(update_fields=["city", "inn"])
        sign_up(
            user_id=user.pk,
            supplier_id=self.supplier.id,
            consents=self._given(),
            account=self._account(),
            address=str(get_adapter().get_client_ip(request)),
            user_agent=request.headers.get("User-Agent", ""),
            now=clock.now(),
        )

    def _given(self) -> list[ConsentGiven]:
        """Return the ticked consents with the very texts of this moment."""
        texts = self.supplier.cabinet.get("consents", {})
        return [
            ConsentGiven(
                purpose,
                version=texts.get(purpose, {}).get("version", ""),
                text=texts.get(purpose, {}).get("text", ""),
            )
            for purpose, _ in self.consents
            if self.cleaned_data.get(f"consent_{purpose}")
        ]

    def _account(self) -> AccountWanted | None:
        """Return the account that was named, with the evidence typed beside it."""
        number = self.cleaned_data.get("account")
        if not number:
            return None
        given = {
            name: plain_roubles(value) if isinstance(value, int) else str(value)
            for name in WEAK_FIELDS
            if (value := self.cleaned_data.get(name))
        }
        return AccountWanted(number=number, given=given)


def _field(name: str, supplier: SupplierView) -> forms.Field:
    """Return the field of one name of the preset."""
    if name == "account" and supplier.cabinet.get("sign_up", {}).get("method") == "login_city":
        return AccountNumberField(help_text="Он есть вверху квитанции")
    if name == "city":
        return plain_field(name, [(city, city) for city in supplier.cabinet.get("cities", [])])
    if name == "branch":
        rows = suppliers.branches(supplier_id=supplier.id)
        return plain_field(name, [(row.code, row.name) for row in rows])
    field = plain_field(name)
    if name == "account" and numbers_are_digits(supplier_id=supplier.id):
        field.widget.attrs["inputmode"] = "numeric"
    return field


def _consent(supplier: SupplierView, purpose: Purpose, *, needed: bool) -> forms.BooleanField:
    """Return one unticked box; its text is a page of its own."""
    title = supplier.cabinet.get("consents", {}).get(purpose, {}).get("title", purpose)
    verb = "Принимаю" if purpose is Purpose.TERMS else "Даю"
    return forms.BooleanField(
        label=f"{verb} {title[:1].lower()}{title[1:]}",
        help_text="" if needed else "Можно не отмечать",
        required=needed,
        error_messages={"required": "Без этого кабинет завести нельзя. Поставьте отметку"},
    )
