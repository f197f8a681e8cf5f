"""Reading of JSON fields with the vendor's limits; every refusal names its field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from bank_simulator.clock import from_text
from bank_simulator.protocols.yookassa.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bank_simulator.records import Json

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,9})\.([0-9]{2})", re.ASCII)


class Fields:
    """The fields of one JSON object; ``path`` is where the object stands in the request."""

    def __init__(self, body: Json, *, path: str = "") -> None:
        self._body = body
        self._path = path

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is given; ``null`` counts as not given."""
        return self._body.get(name) is not None

    def name(self, field: str) -> str:
        """Return the full name of a field."""
        return f"{self._path}.{field}" if self._path else field

    def only(self, known: Collection[str]) -> None:
        """Refuse fields the vendor does not know, so that a misspelt one does not pass."""
        for name in self._body:
            if name not in known:
                raise invalid(self.name(name), "Unknown field.")

    def text(self, field: str, *, most: int, least: int = 1) -> str:
        """Return an obligatory string of so many characters."""
        value = self._body.get(field)
        if not isinstance(value, str):
            raise invalid(self.name(field), "A string is expected.")
        if not least <= len(value) <= most:
            raise invalid(self.name(field), f"From {least} to {most} characters are expected.")
        return value

    def digits(self, field: str, *, count: int, or_zero: bool = False) -> str:
        """Return an obligatory string of exactly so many digits."""
        value = self.text(field, most=count)
        if or_zero and value == "0":
            return value
        if not re.fullmatch(rf"[0-9]{{{count}}}", value):
            raise invalid(self.name(field), f"Exactly {count} digits are expected.")
        return value

    def flag(self, field: str, *, default: bool) -> bool:
        """Return a boolean; a string or a number in its place is refused."""
        value = self._body.get(field)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise invalid(self.name(field), "true or false is expected.")
        return value

    def integer(self, field: str, *, least: int, most: int) -> int:
        """Return an obligatory integer within bounds."""
        value = self._body.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise invalid(self.name(field), f"An integer from {least} to {most} is expected.")
        return value

    def nested(self, field: str) -> Fields:
        """Return an obligatory object."""
        value = self._body.get(field)
        if not isinstance(value, dict):
            raise invalid(self.name(field), "An object is expected.")
        return Fields(value, path=self.name(field))

    def objects(self, field: str) -> list[Fields]:
        """Return an obligatory list of objects, at least one."""
        value = self._body.get(field)
        if not isinstance(value, list) or not value:
            raise invalid(self.name(field), "A list of objects is expected.")
        found = []
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                raise invalid(f"{self.name(field)}[{place}]", "An object is expected.")
            found.append(Fields(item, path=f"{self.name(field)}[{place}]"))
        return found

    def kopecks(self, field: str) -> int:
        """Return the amount in kopecks from ``{value: "12.30", currency: "RUB"}``."""
        amount = self.nested(field)
        amount.only(("value", "currency"))
        value = amount.text("value", most=13)
        found = AMOUNT.fullmatch(value)
        if not found:
            raise invalid(amount.name("value"), "An amount is written like 12.30.")
        if amount.text("currency", most=3) != "RUB":
            raise invalid(amount.name("currency"), "Only RUB is served.")
        kopecks = int(found[1]) * 100 + int(found[2])
        if kopecks == 0:
            raise invalid(amount.name("value"), "The amount must be more than zero.")
        return kopecks

    def raw(self, field: str) -> object:
        """Return the field as it came."""
        return self._body.get(field)

    def whole(self) -> Json:
        """Return the object as it came."""
        return self._body

    def metadata(self) -> dict[str, str]:
        """Return up to 16 pairs of strings: names up to 32, values up to 512 characters."""
        if "metadata" not in self:
            return {}
        pairs = self.nested("metadata")
        if len(pairs.whole()) > 16:  # noqa: PLR2004  (limit named in the sentence above)
            raise invalid("metadata", "At most 16 pairs are kept.")
        for name in pairs.whole():
            if len(name) > 32:  # noqa: PLR2004  (limit named in the sentence above)
                raise invalid("metadata", "A name has at most 32 characters.")
            pairs.text(name, least=0, most=512)
        return cast("dict[str, str]", pairs.whole())


def roubles(kopecks: int) -> str:
    """Return the amount as the wire wants it: roubles, a point, two digits."""
    return f"{kopecks // 100}.{kopecks % 100:02d}"


def moment(text: str, *, parameter: str) -> datetime:
    """Return the moment of a filter."""
    try:
        # A plus sign that was not escaped arrives as a space.
        return from_text(text.replace(" ", "+"))
    except ValueError as problem:
        raise invalid(parameter, "A moment in ISO 8601 with an offset is expected.") from problem
