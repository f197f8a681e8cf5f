"""The form of readings without sign-in: one field for each scale of the proven account."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.datastructures import MultiValueDict

from abonent.common.money import NO_BREAK
from abonent.common.numbers import to_scale
from abonent.domain.metering.rules import MICRO
from abonent.domain.reports.queries.open_readings import OpenMeter, OpenRegister
from abonent.domain.reports.queries.readings import whole
from abonent.interfaces.design.fields import PageForm, ReadingField
from abonent.interfaces.design.whole_reading import WholeReadingField, fraction_name
from abonent.interfaces.design.widgets import FRACTION_SUFFIX


class OpenReadingsForm(PageForm):
    """Any meter may be left out; what is wrong on its face is told at the field."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, meters: Sequence[OpenMeter]
    ) -> None:
        super().__init__(data)
        self.meters = meters
        for meter in meters:
            for register in meter.registers:
                self.fields[name_of(register.id)] = _field(meter, register)

    def shown(self) -> dict[int, Decimal]:
        """Return what was typed, as it is taken under the fraction policy."""
        return {
            register.id: whole(typed, meter.policy)
            for meter in self.meters
            for register in meter.registers
            if (typed := self.cleaned_data.get(name_of(register.id))) is not None
        }

    def values(self) -> dict[int, int]:
        """Return the typed values in millionths."""
        return {one: to_scale(value, MICRO) for one, value in self.shown().items()}

    def refuse(self, by_register: Mapping[int, str]) -> None:
        """Put the domain's words at their fields; what has no field concerns the whole form."""
        for register, text in by_register.items():
            name = name_of(register)
            self.add_error(name if name in self.fields else None, text)

    def typed_again(self) -> list[tuple[str, str]]:
        """Return the names and texts of everything typed, to carry it to the next page."""
        data = self.data if isinstance(self.data, MultiValueDict) else MultiValueDict()
        names = [name for field in self.fields for name in (field, f"{field}{FRACTION_SUFFIX}")]
        return [(name, str(data[name])) for name in names if data.get(name)]


def name_of(register_id: int) -> str:
    """Return the name of a scale's input."""
    return f"r{register_id}"


def register_name(meter: OpenMeter, register: OpenRegister) -> str:
    """Return «Электроэнергия, №\u00a010475512, ночь»."""
    parts = [meter.service_name, f"№{NO_BREAK}{meter.serial}", register.zone_name.lower()]
    return ", ".join(part for part in parts if part)


def _field(meter: OpenMeter, register: OpenRegister) -> ReadingField:
    kind = WholeReadingField if meter.takes_whole else ReadingField
    name = register_name(meter, register)
    return kind(
        int_digits=meter.int_digits,
        frac_digits=meter.frac_digits,
        label=name,
        spoken=name[:1].lower() + name[1:],
        fraction_name=fraction_name(meter.service_kind),
        required=False,
    )
