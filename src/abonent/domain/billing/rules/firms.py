"""What the calculation knows of organisations besides their meters. Pure."""

from dataclasses import dataclass, field

import polars as pl

from abonent.domain.billing.rules.contracts import no_contracts
from abonent.domain.billing.rules.losses import no_losses
from abonent.domain.billing.rules.organisation_estimates import Known, known_nothing
from abonent.domain.billing.rules.subs import no_subs


@dataclass(frozen=True)
class Firms:
    """The month's ``contracts.CONTRACT``, ``losses.LOSS``, ``subs.SUBS``, and the unread."""

    contracts: pl.DataFrame = field(default_factory=no_contracts)
    losses: pl.DataFrame = field(default_factory=no_losses)
    subs: pl.DataFrame = field(default_factory=no_subs)
    known: Known = field(default_factory=known_nothing)
