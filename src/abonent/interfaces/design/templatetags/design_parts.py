"""Tags that the components use inside; pages use the components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from abonent.interfaces.design import chart, dial, window

register = template.Library()


@dataclass(frozen=True)
class Option:
    """One answer of a choice, as its component draws it."""

    id: str
    name: str
    value: str
    label: str
    hint: str
    kind: str
    checked: bool


@dataclass(frozen=True)
class Step:
    """One step of the way, with the class and the mark of where we are."""

    name: str
    done: bool
    current: bool


@register.simple_tag
def control(field: BoundField, hint: str) -> SafeString:
    """Render a field's input, tied to the hint and the error that stand above it."""
    described = described_by(field, hint)
    return field.as_widget(attrs={"aria-describedby": described} if described else {})


@register.simple_tag
def described_by(field: BoundField, hint: str) -> str:
    """Return the identifiers of the texts that explain a field, those that are there."""
    parts = [("hint", hint), ("error", field.errors)]
    return " ".join(f"{field.auto_id}-{name}" for name, there in parts if there)


@register.simple_tag
def options(field: BoundField, hints: Mapping[str, str] | str) -> list[Option]:
    """Return the answers of a choice field; only what the person chose is marked."""
    known = hints if isinstance(hints, Mapping) else {}
    rows = []
    for widget in field.subwidgets:
        data: dict[str, Any] = widget.data
        rows.append(
            Option(
                id=str(data["attrs"].get("id", "")),
                name=str(data["name"]),
                value=str(data["value"]),
                label=str(data["label"]),
                hint=str(known.get(str(data["value"]), "")),
                kind=str(data["type"]),
                checked=bool(data["selected"]),
            )
        )
    return rows


@register.simple_tag
def wheels(value: Decimal | str | None, int_digits: int, frac_digits: int, kind: str) -> dial.Dial:
    """Return the digits for the wheels; a consumption (``used``) has no zeros in front."""
    whole, red = int(int_digits), int(frac_digits)
    if value is None or value == "":
        return dial.empty(whole, red)
    exact = value if isinstance(value, Decimal) else Decimal(str(value).replace(",", "."))
    return dial.bare(exact, whole, red) if kind == "used" else dial.padded(exact, whole, red)


@register.simple_tag
def days_of_window(first: date, last: date, today: date) -> tuple[window.WindowDay, ...]:
    """Return the strip of days."""
    return window.window_days(first, last, today)


@register.simple_tag
def drawing(bars: Sequence[chart.Bar]) -> chart.Drawing:
    """Return the geometry of a chart."""
    return chart.draw(bars)


@register.simple_tag
def steps_of(names: str, current: int | str) -> list[Step]:
    """Split «Ввести, Проверить, Принято» and mark the step we are at, counted from 1."""
    here = int(current)
    titles = [name.strip() for name in names.split(",")]
    return [
        Step(name=title, done=place < here, current=place == here)
        for place, title in enumerate(titles, start=1)
    ]


@register.filter
def sentences(errors: Sequence[str]) -> str:
    """Join the errors of a field into one text without a full stop at its end."""
    return ". ".join(str(text).rstrip(". ") for text in errors)


@register.filter
def html_attrs(attrs: Mapping[str, Any]) -> SafeString:
    """Print the attributes a component does not name itself, escaped.

    Cotton's own ``{{ attrs }}`` does not escape values that come from variables.
    """
    return flatatt(dict(attrs))
