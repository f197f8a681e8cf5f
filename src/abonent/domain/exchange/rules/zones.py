"""Zones of meters and agreements, and values given for each zone. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

import polars as pl

from abonent.domain.exchange.rules import numbers
from abonent.domain.exchange.rules.kinds import Kind
from abonent.domain.metering.rules import MICRO, Zone

SCHEMES = (("single",), ("day", "night"), ("peak", "halfpeak", "night"))
WITH_REACTIVE = (*SCHEMES, *((*scheme, "reactive") for scheme in SCHEMES), ("reactive",))
MOST_ZONES = 4
_NUMBER = r"\d+(?:[.,]\d+)?"
_ONE = rf"(?:{'|'.join(Zone)})={_NUMBER}"
_LISTED = rf"^{_ONE}(?:[,;]{_ONE})*$"


def _orders(schemes: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return every order in which the zones of a scheme may be written, and the usual one."""
    return {
        "+".join(order): "+".join(scheme) for scheme in schemes for order in permutations(scheme)
    }


@dataclass(frozen=True)
class Zones(Kind):
    """A scheme of zones joined with a plus, in any order."""

    limit: int = 48
    schemes: tuple[tuple[str, ...], ...] = SCHEMES

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return the schemes in their usual order."""
        bare = texts.str.replace_all(" ", "", literal=True)
        return bare.replace_strict(_orders(self.schemes), default=None, return_dtype=pl.String)

    @property
    def fault(self) -> str:
        """Say what is wrong."""
        return "такого набора зон нет"

    @property
    def remedy(self) -> str:
        """Name the schemes."""
        return f"укажите один из: {', '.join('+'.join(scheme) for scheme in self.schemes)}"

    @property
    def expected(self) -> str:
        """Name the schemes."""
        return ", ".join(f"`{'+'.join(scheme)}`" for scheme in self.schemes)


@dataclass(frozen=True)
class ZoneValues(Kind):
    """A bare number for one zone, else ``day=12,night=3``; kept as such a text."""

    limit: int = 160

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return a plain number, or zones with plain numbers parted by commas."""
        if texts.null_count() == texts.len():
            return texts
        bare = numbers.plain(texts, 12, MICRO, signed=False)
        tight = texts.str.replace_all(r"\s", "")
        listed = tight.str.contains(_LISTED)
        if not listed.any():
            return bare
        # A comma between digits is a decimal one: after a parting comma stands a letter.
        tidy = tight.str.replace_all(r"(\d),(\d)", "$1.$2").str.replace_all(";", ",", literal=True)
        fine = ~tidy.str.contains(rf"\.\d{{{MICRO + 1}}}|\d{{13}}")
        return pl.select(pl.coalesce(bare, numbers.keep(tidy, listed & fine))).to_series()

    @property
    def fault(self) -> str:
        """Say what is expected."""
        return "это не показание"

    @property
    def remedy(self) -> str:
        """Say how values of zones are written."""
        return "для одной зоны напишите число, для нескольких day=12,night=3"

    @property
    def expected(self) -> str:
        """Say how values of zones are written."""
        return "число для одной зоны, для нескольких `day=12,night=3`"


def zone_columns(frame: pl.DataFrame, values: Sequence[str]) -> list[pl.Series]:
    """Return ``zone_1`` to ``zone_4`` of the column ``zones`` and the values at each place.

    The values (``initial_1`` …) are plain number texts; their columns must fit the zones.
    """
    zones = frame["zones"].str.split("+")
    columns = _places(zones, "zone")
    for name in values:
        columns += _places(_in_order(frame[name], frame["zones"]).str.extract_all(_NUMBER), name)
    return columns


def _places(lists: pl.Series, name: str) -> list[pl.Series]:
    return [
        lists.list.get(place, null_on_oob=True).alias(f"{name}_{place + 1}")
        for place in range(MOST_ZONES)
    ]


def _in_order(values: pl.Series, zones: pl.Series) -> pl.Series:
    """Put the values of zones in the order of the scheme; nearly all stand so already."""
    names = values.str.extract_all(r"[a-z]+").list.join("+")
    apart = ((names != "") & (names != zones)).fill_null(value=False)
    if not apart.any():
        return values
    sorted_ones = [
        ",".join(
            sorted(text.split(","), key=lambda one: scheme.split("+").index(one.split("=")[0]))
        )
        for text, scheme in zip(values.filter(apart), zones.filter(apart), strict=True)
    ]
    return values.scatter(apart.arg_true(), sorted_ones)


def values_fit(values: str, zones: str) -> pl.Expr:
    """Say whether exactly the zones of the scheme have values (a bare number: one zone)."""
    several = pl.col(zones).str.contains("+", literal=True)
    names = pl.col(values).str.extract_all(r"[a-z]+").list.sort()
    wanted = pl.col(zones).str.split("+").list.sort()
    bare = ~pl.col(values).str.contains("=", literal=True)
    return pl.when(bare).then(~several).otherwise(names == wanted)
