"""What is the same for every account of a supplier in a month. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.charged import rates_for
from abonent.domain.billing.rules.common_needs import no_shared
from abonent.domain.billing.rules.guards import nothing_aside
from abonent.domain.billing.rules.usage import price_days, split_days

FEW = 16  # categories and days of prices, sets of services: so many are one account's
REMEMBERED = 512  # sets of them


@dataclass(frozen=True)
class Parameters:
    """What is the same for every account of a supplier in a month.

    services: service_id, service_kind, service_code, unit, vat_hundredths,
    tariff_change, split; rates, norms: the frames of ``tariffs.queries``. ``published``:
    when the bills of a month came out; ``aside``: what holds lines back (``guards.ASIDE``);
    ``billed_since``: the first month billed here; ``shared``: what houses used in common.
    """

    period: Period
    services: pl.DataFrame
    rates: pl.DataFrame
    norms: pl.DataFrame
    published: Mapping[date, datetime] = field(default_factory=dict)
    aside: pl.DataFrame = field(default_factory=nothing_aside)
    billed_since: date | None = None
    shared: pl.DataFrame = field(default_factory=no_shared)
    # The meters themselves, with what hangs behind them: how a sub-consumer is counted.
    gross: bool = False

    @property
    def start(self) -> date:
        """Return the first month that the supplier bills here."""
        return self.billed_since or self.period.first_day

    @property
    def end(self) -> date:
        """Return the last day of the month."""
        return self.period.last_day

    @cached_property
    def price_days(self) -> pl.DataFrame:
        """Return the first days of new prices: ``usage.price_days``."""
        return price_days(self.rates, self.end)

    @cached_property
    def split_days(self) -> list[date]:
        """Return the last days of old prices that split the readings of the month."""
        return split_days(self.rates, self.period.plus(-1).first_day, self.end)

    def of(self, services: Iterable[int]) -> "Parameters":
        """Return the parameters of a month that has only these services."""
        return self._narrowed(tuple(sorted(services)))

    @cached_property
    def _narrowed(self) -> Callable[[tuple[int, ...]], "Parameters"]:
        """Return the narrowing that remembers what it has made."""

        @lru_cache(FEW)
        def narrowed(services: tuple[int, ...]) -> "Parameters":
            mine = self.services.filter(pl.col("service_id").is_in(services))
            return replace(self, services=mine)

        return narrowed

    def rates_for(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Return ``charged.rates_for`` of service_id, category and day, asked once for a few."""
        if wanted.height > FEW:
            return rates_for(wanted.unique(), self.rates)
        return self._known_rates(tuple(sorted(set(wanted.iter_rows()))))

    @cached_property
    def _known_rates(self) -> Callable[[tuple[tuple[object, ...], ...]], pl.DataFrame]:
        """Return the search for prices that remembers what it has found."""
        columns = {name: self.rates.schema[name] for name in ("service_id", "category")}
        shape = pl.Schema({**columns, "day": pl.Date()})

        @lru_cache(REMEMBERED)
        def found(asked: tuple[tuple[object, ...], ...]) -> pl.DataFrame:
            return rates_for(pl.DataFrame(asked, schema=shape, orient="row"), self.rates)

        return found
