"""What is the same for every account of a supplier in a month: prices, norms, policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.queries.runs import publications
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import Rulebook
from abonent.domain.tariffs import queries as tariffs

SUPPLIERS = 16  # editions that a process remembers
MONTHS = 64  # their months


@dataclass(frozen=True)
class Book:
    """What a supplier calculates by in an edition: services by identifier, policies, prices."""

    supplier_id: int
    editions: tuple[str, str]
    services: Mapping[int, suppliers.ServiceView]
    rulebook: Rulebook
    rates: pl.DataFrame
    norms: pl.DataFrame
    references: pl.DataFrame
    opening: date | None


def book(*, supplier_id: int) -> Book:
    """Return what the supplier calculates by. Two statements; the rest once in an edition."""
    editions = (
        suppliers.edition(supplier_id=supplier_id),
        tariffs.edition(supplier_id=supplier_id),
    )
    return _book(supplier_id, editions)


@lru_cache(SUPPLIERS)
def _book(supplier_id: int, editions: tuple[str, str]) -> Book:
    """Read an edition once in this process."""
    return Book(
        supplier_id=supplier_id,
        editions=editions,
        services={one.id: one for one in suppliers.services(supplier_id=supplier_id)},
        rulebook=suppliers.rulebook(supplier_id=supplier_id),
        rates=tariffs.rates_frame(supplier_id=supplier_id),
        norms=tariffs.norms_frame(supplier_id=supplier_id),
        references=tariffs.reference_rates_frame(supplier_id=supplier_id),
        opening=suppliers.supplier_by_id(supplier_id).start_period,
    )


def parameters(*, supplier_id: int, period: Period, known: Book | None = None) -> Parameters:
    """Return what the supplier's month is calculated by; ``known`` spares its reading."""
    known = known or book(supplier_id=supplier_id)
    published = publications(supplier_id=supplier_id)
    return _month(supplier_id, known.editions, period, tuple(sorted(published.items())))


@lru_cache(MONTHS)
def _month(
    supplier_id: int,
    editions: tuple[str, str],
    period: Period,
    published: tuple[tuple[date, datetime], ...],
) -> Parameters:
    """Make the parameters of a month once in this process. No statement."""
    known = _book(supplier_id, editions)
    rulebook = known.rulebook
    vat = reference_rate(known.references, "vat", period.last_day)
    rows = []
    for service in known.services.values():
        own = service.vat_percent

        def policy(name: str, code: str = service.code, kind: str = service.kind) -> str:
            return rulebook.value(name, service=code, kind=kind)

        rows.append({
            "service_id": service.id,
            "service_code": service.code,
            "service_kind": service.kind.value,
            "unit": service.unit.value,
            "vat_hundredths": int(own * 100) if own is not None else vat,
            "tariff_change": policy("tariff_change"),
            "split": policy("band_zone_split"),
            "fraction_policy": policy("fraction_policy"),
            "window_to_day": int(policy("window_to_day")),
            "recalc": policy("late_reading_recalc"),
            "window": int(policy("avg_window_months")),
        })  # fmt: skip
    schema = {
        "service_id": pl.Int64, "service_code": pl.String, "service_kind": pl.String,
        "unit": pl.String, "vat_hundredths": pl.Int64, "tariff_change": pl.String,
        "split": pl.String, "fraction_policy": pl.String,
        "window_to_day": pl.Int64, "recalc": pl.String, "window": pl.Int64,
    }  # fmt: skip
    return Parameters(
        period=period,
        services=pl.DataFrame(rows, schema=schema),
        rates=known.rates,
        norms=known.norms,
        published=dict(published),
        billed_since=min(
            [day.replace(day=1) for day in (known.opening, *dict(published)) if day], default=None
        ),
    )


def reference_rate(references: pl.DataFrame, kind: str, day: date) -> int | None:
    """Return a dated rate in hundredths of a percent; the supplier's own rows come first."""
    rows = references.select("kind", "own", "valid_from", "valid_to", "value").iter_rows()
    found = [
        (own, since, value)
        for of, own, since, until, value in rows
        if of == kind and since <= day and (until is None or until >= day)
    ]
    return int(max(found)[2]) if found else None
