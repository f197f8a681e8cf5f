"""The errors of a form as the box on top of the page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.forms import BaseForm, BoundField, CheckboxSelectMultiple, RadioSelect

from abonent.common.refusals import Refusal


@dataclass(frozen=True)
class ErrorLink:
    """One line of the box; without ``target`` it concerns the whole form."""

    text: str
    target: str = ""


def error_links(*forms: BaseForm) -> tuple[ErrorLink, ...]:
    """Return the errors of the forms in the order of their fields.

    A line is the field's label and the first sentence of its error, «Ночь: показание
    меньше прошлого»; the whole text with the remedy stands above the field. An error of
    the whole form has no other place, so it is given in full.
    """
    links: list[ErrorLink] = []
    for form in forms:
        links += [ErrorLink(str(text)) for text in form.non_field_errors()]
        for field in form:
            links += [
                ErrorLink(f"{field.label}: {_lowered(_first_sentence(str(text)))}", _target(field))
                for text in field.errors
            ]
    return tuple(links)


def add_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal of the domain where the person looks: at its field or above the form."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.text)


def has_errors(forms: Iterable[BaseForm]) -> bool:
    """Tell whether anything typed in the forms needs mending."""
    return any(form.errors for form in forms)


def _target(field: BoundField) -> str:
    """Return the identifier to jump to: of a list of answers, its first one."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return field.auto_id


def _first_sentence(text: str) -> str:
    """Return the text up to its first full stop that ends a sentence."""
    return text.split(". ", 1)[0].rstrip(".")


def _lowered(text: str) -> str:
    """Begin with a small letter, unless the first word is an abbreviation."""
    if text[1:2].isupper():
        return text
    return text[:1].lower() + text[1:]
