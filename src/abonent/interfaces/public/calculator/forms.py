"""The form of the calculator: former and present reading of each zone."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from abonent.common.numbers import to_scale
from abonent.domain.billing.queries.calculator import TariffPlan
from abonent.domain.metering.rules import MICRO, ZONE_NAMES, Zone
from abonent.interfaces.design.fields import PageForm, ReadingField

_INT_DIGITS, _FRAC_DIGITS = 9, 4


class CalculatorForm(PageForm):
    """Two numbers for each zone of a plan; a comma or a point, zeros in front do not matter."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: TariffPlan) -> None:
        super().__init__(data)
        self.plan = plan
        for zone in plan.zones:
            name = ZONE_NAMES[Zone(zone)].lower()
            suffix = f", {name}" if name else ""
            self.fields[f"was-{zone}"] = _field(f"Было{suffix}")
            self.fields[f"now-{zone}"] = _field(f"Стало{suffix}")

    def readings(self) -> dict[str, tuple[int, int]]:
        """Return the former and the present reading of each zone in millionths."""
        return {
            zone: (self._micro(f"was-{zone}"), self._micro(f"now-{zone}"))
            for zone in self.plan.zones
        }

    def refuse(self, zones: tuple[str, ...], text: str) -> None:
        """Put the domain's words at the present readings of these zones."""
        for zone in zones:
            self.add_error(f"now-{zone}", text)

    def _micro(self, name: str) -> int:
        value: Decimal = self.cleaned_data[name]
        return to_scale(value, MICRO)


def _field(label: str) -> ReadingField:
    attributes = {"class": "sum", "inputmode": "decimal", "autocomplete": "off"}
    return ReadingField(
        int_digits=_INT_DIGITS,
        frac_digits=_FRAC_DIGITS,
        label=label,
        widget=forms.TextInput(attrs=attributes),
    )
