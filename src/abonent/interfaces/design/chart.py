"""The geometry of a bar chart drawn on the server as SVG. Pure.

Widths are percents and heights are ``em``, so the drawing stretches and its labels keep
their size on a phone (a fixed view box would shrink them). Inline styles are forbidden by
the content security policy, SVG's own attributes are not: that is why bars are SVG.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

FULL, GROUND = 9.2, 11.1
LABEL, MARK, MARK_HIGH = 12.6, 13.15, 0.35
SHARE = 0.59
ROOM_FOR_VALUES, ROOM_FOR_LABELS = 6, 8
ROOM_FOR_SIGNS = 6  # «99 999» above a bar of six on a phone; longer ones run together
ROOM_IN_A_CORNER = 4  # signs above the first or the last of many bars
WIDE_ROOM_FOR_VALUES, WIDE_ROOM_FOR_LABELS = 13, 16


@dataclass(frozen=True)
class Bar:
    """One bar: its label below, its value, the value in short above it.

    ``before`` is the value a year ago, drawn pale beside; ``current`` marks the bar that
    the page is about. The table under the chart says ``name`` and ``exact`` where the
    drawing has room only for ``label`` and ``shown``.
    """

    label: str
    value: Decimal
    shown: str
    current: bool = False
    before: Decimal | None = None
    name: str = ""
    exact: str = ""
    before_exact: str = ""


@dataclass(frozen=True)
class Shape:
    """One bar ready to be drawn; coordinates are finished SVG attributes."""

    bar: Bar
    x: str
    y: str
    width: str
    height: str
    middle: str
    # A long number above the first or the last of many bars begins or ends with its bar, or
    # it would stick out of the page.
    value_x: str
    value_anchor: str
    value_y: str
    value_class: str
    label_class: str
    before_x: str
    before_y: str
    before_height: str
    mark_x: str
    mark_width: str


@dataclass(frozen=True)
class Drawing:
    """All bars of a chart and the lines they share."""

    shapes: tuple[Shape, ...]
    ground: str = f"{GROUND}em"
    label_y: str = f"{LABEL:.2f}em"
    mark_y: str = f"{MARK}em"
    mark_height: str = f"{MARK_HIGH}em"


def draw(bars: Sequence[Bar]) -> Drawing:
    """Return the drawing of the bars, the tallest of them as high as the chart allows.

    A value below zero is a bar of no height: its label says the number. Where many bars
    stand close, only some labels remain: ``wide`` ones show from a tablet on.
    """
    values = [max(bar.value, Decimal(0)) for bar in bars]
    before = [max(bar.before, Decimal(0)) for bar in bars if bar.before is not None]
    tallest = max([*values, *before, Decimal(0)])
    step = 100 / max(len(bars), 1)
    named = _named_values(bars)
    shapes = []
    for place, bar in enumerate(bars):
        middle = step * (place + 0.5)
        shape = _shape(bar, middle, step * SHARE, tallest, _classes(bars, place, named))
        shapes.append(_kept_inside(shape, middle, step * SHARE / 2, place, len(bars)))
    return Drawing(tuple(shapes))


def _shape(
    bar: Bar, middle: float, share: float, tallest: Decimal, classes: tuple[str, str]
) -> Shape:
    """Return one bar's coordinates; with a value of last year the share is split in two."""
    paired = bar.before is not None
    width = share * 0.48 if paired else share
    left = middle - share / 2
    high = _height(bar.value, tallest)
    high_before = _height(bar.before, tallest) if bar.before is not None else 0.0
    return Shape(
        bar=bar,
        x=_percent(middle + share / 2 - width),
        y=_em(GROUND - high),
        width=_percent(width),
        height=_em(high),
        middle=_percent(middle),
        value_x=_percent(middle),
        value_anchor="",
        value_y=_em(GROUND - max(high, high_before) - 0.5),
        value_class=classes[0],
        label_class=classes[1],
        before_x=_percent(left) if paired else "",
        before_y=_em(GROUND - high_before),
        before_height=_em(high_before),
        mark_x=_percent(left),
        mark_width=_percent(share),
    )


def _kept_inside(shape: Shape, middle: float, half: float, place: int, count: int) -> Shape:
    """Return the shape with its number kept within the drawing."""
    if count <= ROOM_FOR_VALUES or len(shape.bar.shown) <= ROOM_IN_A_CORNER:
        return shape
    if place == 0:
        return replace(shape, value_x=_percent(middle - half), value_anchor="start")
    if place == count - 1:
        return replace(shape, value_x=_percent(middle + half), value_anchor="end")
    return shape


def _height(value: Decimal, tallest: Decimal) -> float:
    """Return the height of a value in em."""
    if tallest == 0 or value <= 0:
        return 0.0
    return float(value / tallest) * FULL


def _named_values(bars: Sequence[Bar]) -> set[int]:
    """Return the bars whose value stands above them even when there is little room."""
    if not bars:
        return set()
    places = range(len(bars))
    top = max(places, key=lambda place: bars[place].value)
    marked = {place for place in places if bars[place].current}
    # Two numbers side by side would run into each other: the marked bar comes first.
    return marked | ({top} if all(abs(top - place) > 1 for place in marked) else set())


def _classes(bars: Sequence[Bar], place: int, named: set[int]) -> tuple[str, str]:
    """Return the classes of the value and of the label: empty, ``wide`` or ``none``."""
    count, from_end = len(bars), len(bars) - 1 - place
    short = all(len(bar.shown) <= ROOM_FOR_SIGNS for bar in bars)
    value = _class(
        everywhere=(count <= ROOM_FOR_VALUES and short) or place in named,
        on_wide=count <= WIDE_ROOM_FOR_VALUES,
    )
    label = _class(
        everywhere=from_end % _step(count, ROOM_FOR_LABELS) == 0,
        on_wide=from_end % _step(count, WIDE_ROOM_FOR_LABELS) == 0,
    )
    return value, label


def _class(*, everywhere: bool, on_wide: bool) -> str:
    """Return the class for a text that shows everywhere, on wide screens, or nowhere."""
    if everywhere:
        return ""
    return "wide-only" if on_wide else "none"


def _step(count: int, room: int) -> int:
    """Return how many bars share one label when only ``room`` labels fit."""
    return -(-count // room)


def _percent(value: float) -> str:
    """Write a percent for an attribute of SVG."""
    return f"{value:.2f}%"


def _em(value: float) -> str:
    """Write a length for an attribute of SVG."""
    return f"{value:.2f}em"
