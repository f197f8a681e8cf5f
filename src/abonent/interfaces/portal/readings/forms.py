"""The form of readings: one field for each scale, only the current value is typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abonent.common.numbers import to_scale
from abonent.domain.metering.rules import MICRO
from abonent.domain.reports.queries import ReadingSheet, SheetMeter, SheetRegister
from abonent.domain.reports.queries.readings import whole
from abonent.interfaces.design.fields import PageForm, ReadingField
from abonent.interfaces.design.whole_reading import WholeReadingField, fraction_name
from abonent.interfaces.design.widgets import FRACTION_SUFFIX
from abonent.interfaces.portal.drafts import picked
from abonent.interfaces.portal.readings.wording import register_name

NOT_TYPED = "Впишите хотя бы одно показание."
NOT_ANSWERED = "Ответьте, верно ли показание"


@dataclass(frozen=True)
class Rounded:
    """A reading that was typed with a fraction where whole numbers are taken."""

    typed: Decimal
    taken: Decimal


class ReadingsForm(PageForm):
    """The readings of an account; any meter may be left out, a meter's zones go together.

    ``rounded`` says after validation which values were taken as whole numbers.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, sheet: ReadingSheet) -> None:
        super().__init__(data)
        self.sheet = sheet
        self.rounded: dict[int, Rounded] = {}
        for meter in sheet.meters:
            for register in meter.registers:
                self.fields[name_of(register.id)] = _field(sheet, meter, register)

    def values(self) -> dict[int, int]:
        """Return what was typed: register → millionths, after the fraction policy."""
        found = {}
        for meter in self.sheet.meters:
            for register in meter.registers:
                typed = self.cleaned_data.get(name_of(register.id))
                if typed is None:
                    continue
                taken = whole(typed, meter.policy)
                if taken != typed:
                    self.rounded[register.id] = Rounded(typed, taken)
                found[register.id] = to_scale(taken, MICRO)
        return found

    def named(self, register_id: int) -> str:
        """Return what a scale is called."""
        return str(self.fields[name_of(register_id)].label)

    def refuse(self, by_register: Mapping[int, str]) -> None:
        """Put the domain's words at their fields; what has no field concerns the whole form."""
        for register, text in by_register.items():
            name = name_of(register)
            self.add_error(name if name in self.fields else None, text)


def _field(sheet: ReadingSheet, meter: SheetMeter, register: SheetRegister) -> ReadingField:
    kind = WholeReadingField if meter.takes_whole else ReadingField
    name = register_name(sheet, meter, register)
    return kind(
        int_digits=meter.int_digits,
        frac_digits=meter.frac_digits,
        label=name,
        spoken=name[:1].lower() + name[1:],
        fraction_name=fraction_name(meter.service_kind),
        required=False,
    )


def name_of(register_id: int) -> str:
    """Return the name of a scale's input."""
    return f"r{register_id}"


def sure_name(register_id: int) -> str:
    """Return the name of the answer to «Всё верно?» about a scale."""
    return f"sure-{register_id}"


def typed_again(form: ReadingsForm) -> list[tuple[str, str]]:
    """Return the names and texts of everything typed, to carry it to the next page."""
    return list(picked(form.data, _inputs(form)).items())


def typed(form: ReadingsForm, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed and answered, to be kept: of what was sent only what we asked."""
    scales = [one.id for meter in form.sheet.meters for one in meter.registers]
    return picked(data, [*_inputs(form), *map(sure_name, scales), "period", "copy"])


def _inputs(form: ReadingsForm) -> list[str]:
    return [name for field in form.fields for name in (field, f"{field}{FRACTION_SUFFIX}")]
