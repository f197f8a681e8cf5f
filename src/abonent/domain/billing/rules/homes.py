"""What the calculation knows of homes besides their meters. Pure."""

from dataclasses import dataclass, field
from functools import cache

import polars as pl

from abonent.domain.billing.rules.benefits import no_benefits
from abonent.domain.billing.rules.events import no_events
from abonent.domain.billing.rules.house_heat import HeatHistory
from abonent.domain.billing.rules.people import nobody_else
from abonent.domain.billing.rules.tampering import nothing_tampered

BUILDINGS = {
    "house_id": pl.Int64,
    "cold_region": pl.Boolean,
    "dead_end": pl.Boolean,
    "power_sources": pl.Int64,
}


@cache
def no_buildings() -> pl.DataFrame:
    """Return no rows of BUILDINGS."""
    return pl.DataFrame(schema=BUILDINGS)


@dataclass(frozen=True)
class Homes:
    """What is known of the homes of a chunk.

    ``people.RESIDENCIES``, ``events.EVENTS``, ``benefits.BENEFITS`` and
    ``tampering.TAMPERED`` by account; BUILDINGS; what the heat of the houses rests on.
    """

    residencies: pl.DataFrame = field(default_factory=nobody_else)
    events: pl.DataFrame = field(default_factory=no_events)
    benefits: pl.DataFrame = field(default_factory=no_benefits)
    buildings: pl.DataFrame = field(default_factory=no_buildings)
    heat: HeatHistory = field(default_factory=HeatHistory)
    tampered: pl.DataFrame = field(default_factory=nothing_tampered)

    @property
    def takes_nothing_off(self) -> bool:
        """Tell whether no event and no benefit can make anything cheaper."""
        return self.events.is_empty() and self.benefits.is_empty()

    def only(self, accounts: pl.Expr) -> "Homes":
        """Keep what belongs to some accounts."""
        return Homes(
            self.residencies.filter(accounts),
            self.events.filter(accounts),
            self.benefits.filter(accounts),
            self.buildings,
            self.heat,
            self.tampered.filter(accounts),
        )
