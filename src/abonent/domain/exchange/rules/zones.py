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


def zone_places(zones: str) -> list[pl.Expr]:
    """Return the zones of a scheme column one by one: the first, the second and so on."""
    return [
        pl.col(zones).str.split("+").list.get(place, null_on_oob=True)
        for place in range(MOST_ZONES)
    ]


def zone_value(values: str, zone: pl.Expr) -> pl.Expr:
    """Return the text of the value given for a zone, the bare number where there is one."""
    found = pl.lit(None, pl.String)
    for name in Zone:
        pattern = rf"(?:^|,){name}=({_NUMBER})"
        found = pl.when(zone == name).then(pl.col(values).str.extract(pattern)).otherwise(found)
    bare = ~pl.col(values).str.contains("=", literal=True)
    return pl.when(bare & zone.is_not_null()).then(pl.col(values)).otherwise(found)


def values_fit(values: str, zones: str) -> pl.Expr:
    """Say whether exactly the zones of the scheme have values (a bare number: one zone)."""
    several = pl.col(zones).str.contains("+", literal=True)
    names = pl.col(values).str.extract_all(r"[a-z]+").list.sort()
    wanted = pl.col(zones).str.split("+").list.sort()
    bare = ~pl.col(values).str.contains("=", literal=True)
    return pl.when(bare).then(~several).otherwise(names == wanted)
