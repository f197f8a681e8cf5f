"""Streets as people write them, and which of them an outage touches. Pure."""

import re
from collections.abc import Iterable

LONGEST_STREET = 120
# Words for «street»: people leave them out or write them in another place.
_KINDS = frozenset(
    {
        "г", "город", "ул", "улица", "пр", "пр-т", "пр-кт", "проспект", "пер", "переулок", "б-р",
        "бульвар", "ш", "шоссе", "наб", "набережная", "пл", "площадь", "проезд", "мкр",
        "микрорайон", "п", "пос", "поселок", "с", "село", "д", "деревня", "тракт",
    }
)  # fmt: skip
_WORD = re.compile(r"[\w-]+")


def street_key(text: str) -> str:
    """Return a street by its own words alone: «ул. Малышева» and «Малышева улица» are one."""
    written = text[:LONGEST_STREET].lower().replace("ё", "е")
    return " ".join(sorted(set(_WORD.findall(written)) - _KINDS))


def streets_of(places: str) -> list[str]:
    """Return the streets of an announcement: a line each, up to its first comma."""
    return [line.partition(",")[0].strip() for line in places.splitlines() if line.strip()]


def touches(places: str, key: str) -> bool:
    """Tell whether an outage of these places is of a street; a part of its name is enough."""
    asked = set(key.split())
    return bool(asked) and any(asked <= set(street_key(one).split()) for one in streets_of(places))


def touched(places: str, keys: Iterable[str]) -> set[str]:
    """Return those of the streets that an outage of these places touches."""
    return {key for key in keys if touches(places, key)}
