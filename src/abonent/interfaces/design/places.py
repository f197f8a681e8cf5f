"""What a page of offices shows beside the list: the ticks and the maps, for both doors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from abonent.interfaces.design.place_map import Place, PlaceMap, draw_places

# Names of inputs, in the order of the page.
WISHES: Mapping[str, str] = {
    "open_now": "Открыто сейчас",
    "self_service": "Есть зона самообслуживания",
    "accessible": "Доступно для инвалидов",
    "quiet": "Обычно без очереди в этот час",
}


class Located(Protocol):
    """A numbered place with coordinates, where they are known."""

    @property
    def place(self) -> int:
        """Return its number in the list."""

    @property
    def locality(self) -> str:
        """Return its town."""

    @property
    def latitude(self) -> Decimal | None:
        """Return degrees north."""

    @property
    def longitude(self) -> Decimal | None:
        """Return degrees east."""


@dataclass(frozen=True)
class Tick:
    """One tick of the form."""

    name: str
    label: str
    on: bool


def wished(given: Mapping[str, str]) -> dict[str, bool]:
    """Return which ticks the address holds."""
    return {name: given.get(name) == "1" for name in WISHES}


def places_context(places: Sequence[Located], wish: Mapping[str, bool]) -> dict[str, object]:
    """Return the ticks and a map of each town that has two places and more."""
    return {
        "offices": places,
        "wishes": [Tick(name, label, wish[name]) for name, label in WISHES.items()],
        "filtered": any(wish.values()),
        "maps": _maps(places),
    }


def _maps(places: Sequence[Located]) -> list[tuple[str, PlaceMap]]:
    towns: dict[str, list[Place]] = {}
    for one in places:
        if one.latitude is not None and one.longitude is not None:
            place = Place(one.place, float(one.latitude), float(one.longitude))
            towns.setdefault(one.locality, []).append(place)
    drawn = ((town, draw_places(found)) for town, found in towns.items())
    return [(town, map_) for town, map_ in drawn if map_ is not None]
