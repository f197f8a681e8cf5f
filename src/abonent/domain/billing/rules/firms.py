"""What the calculation knows of organisations besides their meters. Pure."""

from dataclasses import dataclass, field

import polars as pl

from abonent.domain.billing.rules.contracts import no_contracts
from abonent.domain.billing.rules.losses import no_losses


@dataclass(frozen=True)
class Firms:
    """The month's contracts (``contracts.CONTRACT``) and losses (``losses.LOSS``)."""

    contracts: pl.DataFrame = field(default_factory=no_contracts)
    losses: pl.DataFrame = field(default_factory=no_losses)
