"""Consents asked inside the cabinet: each apart, unticked, with its own text (RULES 7.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from abonent.domain.identity.operations import ConsentGiven
from abonent.domain.identity.rules import Purpose
from abonent.domain.suppliers.queries import SupplierView

_NEEDED = "Без этого счёт в кабинет не добавить. Поставьте отметку"


def consent_given(supplier: SupplierView, purpose: Purpose) -> ConsentGiven:
    """Return the consent with the very text of this moment."""
    text: Mapping[str, str] = supplier.cabinet.get("consents", {}).get(purpose, {})
    return ConsentGiven(purpose, version=text.get("version", ""), text=text.get("text", ""))


def consent_fields(
    supplier: SupplierView, purposes: Iterable[Purpose]
) -> dict[str, forms.BooleanField]:
    """Return an unticked box for each purpose, by the name of its input."""
    return {consent_name(purpose): _box(supplier, purpose) for purpose in purposes}


def consent_name(purpose: Purpose) -> str:
    """Return the name of the input that agrees to a purpose."""
    return f"consent_{purpose}"


def consent_ticks(form: Any, supplier: SupplierView, purposes: Iterable[Purpose]) -> list[Any]:
    """Return each box with the purpose and the title of its text, for the template."""
    return [
        {
            "field": form[consent_name(purpose)],
            "purpose": purpose,
            "title": _title(supplier, purpose),
        }
        for purpose in purposes
    ]


def _box(supplier: SupplierView, purpose: Purpose) -> forms.BooleanField:
    title = _title(supplier, purpose)
    verb = "Принимаю" if purpose is Purpose.TERMS else "Даю"
    return forms.BooleanField(
        label=f"{verb} {title[:1].lower()}{title[1:]}", error_messages={"required": _NEEDED}
    )


def _title(supplier: SupplierView, purpose: Purpose) -> str:
    return str(supplier.cabinet.get("consents", {}).get(purpose, {}).get("title", purpose))
