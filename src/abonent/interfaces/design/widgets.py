"""Inputs that look like the wheels of a meter; plain inputs underneath."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from abonent.interfaces.design import dial

FRACTION_SUFFIX = "-litres"


@dataclass(frozen=True)
class DialEntry:
    """What was typed into the black wheels and into the red ones, untouched."""

    whole: str
    fraction: str = ""

    def __bool__(self) -> bool:
        return bool(self.whole.strip() or self.fraction.strip())


class ReadingInput(forms.Widget):
    """Two inputs side by side: black wheels and, where the meter has them, red ones.

    The first takes the whole number too, «118,250», so the page works where the second
    is overlooked.
    """

    template_name = "design/widgets/reading.html"
    is_dial = True

    def __init__(self, *, int_digits: int, frac_digits: int, fraction_label: str) -> None:
        super().__init__()
        self.int_digits = int_digits
        self.frac_digits = frac_digits
        self.fraction_label = fraction_label

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the digits, the classes of the wheels and the second input's name."""
        context = super().get_context(name, value, attrs)
        entry = value if isinstance(value, DialEntry) else DialEntry(str(value or ""))
        widget = context["widget"]
        shared = {key: item for key, item in widget["attrs"].items() if key.startswith("aria-")}
        widget |= {
            "entry": entry,
            "whole_class": dial.whole_class(self.int_digits),
            "fraction_class": dial.fraction_class(self.frac_digits),
            "is_long": self.int_digits + self.frac_digits >= dial.LONG,
            "fraction_name": f"{name}{FRACTION_SUFFIX}",
            "fraction_id": f"{widget['attrs'].get('id', name)}{FRACTION_SUFFIX}",
            "fraction_label": self.fraction_label,
            "fraction_attrs": shared,
            "frac_digits": self.frac_digits,
        }
        return context

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: Any,
        name: str,
    ) -> DialEntry | None:
        """Return what both inputs hold, or None when the form did not have them."""
        whole, fraction = data.get(name), data.get(f"{name}{FRACTION_SUFFIX}")
        if whole is None and fraction is None:
            return None
        return DialEntry(whole or "", fraction or "")

    def value_omitted_from_data(
        self,
        data: Mapping[str, Any],
        files: Any,
        name: str,
    ) -> bool:
        """Tell whether neither input came with the form."""
        return name not in data and f"{name}{FRACTION_SUFFIX}" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """Let the server say what is missing: the browser's bubble is in its own language."""
        return False


class CodeInput(forms.TextInput):
    """Six wheels for a code from a message.

    No ``maxlength``: it would cut a code that was pasted with a space in the middle.
    """

    template_name = "design/widgets/code.html"
    is_dial = True

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})
