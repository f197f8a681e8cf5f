"""A map of places drawn on the server: where they lie to each other, north above. Pure.

It needs no tiles of anybody and no script; the list beside it says all that it shows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HIGH = 330, 220
_EDGE, _NEAR = 24, 26
_KM_OF_DEGREE = 111.2
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
_LONGEST_SCALE = WIDTH / 3


@dataclass(frozen=True)
class Place:
    """A place: its number in the list and its coordinates in degrees."""

    number: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Dot:
    """A dot ready to be drawn, with the numbers of the places that lie there."""

    x: int
    y: int
    label: str


@dataclass(frozen=True)
class PlaceMap:
    """Everything to draw; ``scale`` is how long the bar below is."""

    dots: tuple[Dot, ...]
    scale: int
    scale_name: str
    width: int = WIDTH
    high: int = HIGH


def draw_places(places: Sequence[Place]) -> PlaceMap | None:
    """Return the map of two places and more; one place alone needs none."""
    if len(places) < 2:  # noqa: PLR2004  (the docstring says so)
        return None
    middle = sum(place.latitude for place in places) / len(places)
    across = _KM_OF_DEGREE * math.cos(math.radians(middle))
    east = [place.longitude * across for place in places]
    north = [place.latitude * _KM_OF_DEGREE for place in places]
    wide, tall = max(east) - min(east), max(north) - min(north)
    room_wide, room_tall = WIDTH - 2 * _EDGE, HIGH - 3 * _EDGE
    # Points to a kilometre: the tighter side decides, and places a stone's throw apart are near.
    per_km = min(room_wide / max(wide, 0.2), room_tall / max(tall, 0.2))
    left = _EDGE + (room_wide - wide * per_km) / 2
    top = _EDGE + (room_tall - tall * per_km) / 2
    dots: list[tuple[float, float, list[int]]] = []
    for place, x_km, y_km in zip(places, east, north, strict=True):
        x, y = left + (x_km - min(east)) * per_km, top + (max(north) - y_km) * per_km
        near = next((dot for dot in dots if math.hypot(dot[0] - x, dot[1] - y) < _NEAR), None)
        if near:
            near[2].append(place.number)
        else:
            dots.append((x, y, [place.number]))
    km = max((step for step in _STEPS if step * per_km <= _LONGEST_SCALE), default=_STEPS[0])
    return PlaceMap(
        dots=tuple(Dot(round(x), round(y), ", ".join(map(str, numbers))) for x, y, numbers in dots),
        scale=round(km * per_km),
        scale_name=f"{km}\u00a0км" if km >= 1 else f"{round(km * 1000)}\u00a0м",
    )
