"""What the calculation knows of organisations besides their meters. Pure."""

from dataclasses import dataclass, field

import polars as pl

from abonent.domain.billing.rules.contracts import no_contracts
from abonent.domain.billing.rules.hourly import Tables, no_hours, no_power, no_prices
from abonent.domain.billing.rules.losses import no_losses
from abonent.domain.billing.rules.organisation_estimates import Known, known_nothing
from abonent.domain.billing.rules.shapes import KEYS, stacked
from abonent.domain.billing.rules.subs import no_subs


@dataclass(frozen=True)
class Firms:
    """The month's ``contracts.CONTRACT``, ``losses.LOSS``, ``subs.SUBS``, the unread, the hours."""

    contracts: pl.DataFrame = field(default_factory=no_contracts)
    losses: pl.DataFrame = field(default_factory=no_losses)
    subs: pl.DataFrame = field(default_factory=no_subs)
    known: Known = field(default_factory=known_nothing)
    hours: pl.DataFrame = field(default_factory=no_hours)
    prices: pl.DataFrame = field(default_factory=no_prices)
    power: pl.DataFrame = field(default_factory=no_power)

    @property
    def tables(self) -> Tables:
        """Return what is billed by the hour, and the meters that no hour tells."""
        # Not at import: a process that forks must have started none of the columns' threads.
        meters = KEYS.with_columns(pl.lit("").alias("serial"))
        beyond = stacked(meters, (self.losses, self.subs))
        return Tables(self.hours, self.prices, self.power, beyond)
