"""What an export is about, and identifiers turned back into the names of the contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.domain.suppliers.queries import ServiceView


@dataclass(frozen=True)
class Scope:
    """One supplier's export; ``slices`` are its accounts (number, account_id) by number."""

    supplier_id: int
    period: Period | None
    slices: Sequence[pl.DataFrame]
    services: Mapping[int, ServiceView]

    @property
    def through_month(self) -> date | None:
        """Return the first day of the last month wanted, None for all."""
        return self.period.first_day if self.period else None

    @property
    def through_day(self) -> date | None:
        """Return the last day wanted, None for all."""
        return self.period.last_day if self.period else None

    def each(self) -> Iterator[tuple[pl.DataFrame, list[int]]]:
        """Yield every slice with its identifiers."""
        for part in self.slices:
            yield part, part["account_id"].to_list()

    def service_codes(self, ids: pl.Series) -> pl.Series:
        """Return the codes of services; zero and null name none."""
        codes = {service.id: service.code for service in self.services.values()}
        return ids.replace_strict(codes, default=None, return_dtype=pl.String)


def with_account(frame: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Add the column ``account`` of numbers by ``account_id``."""
    numbers = part.select("account_id", pl.col("number").alias("account"))
    return frame.join(numbers, on="account_id", how="left", maintain_order="left")


def with_service(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Add the column ``service`` of codes by ``service_id``."""
    return frame.with_columns(scope.service_codes(frame["service_id"]).alias("service"))
