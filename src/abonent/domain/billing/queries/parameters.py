"""What is the same for every account of a supplier in a month: prices, norms, policies."""

from datetime import date, datetime
from functools import lru_cache

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.queries.runs import publications
from abonent.domain.billing.rules.lines import Parameters
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.tariffs import queries as tariffs

KEPT = 24  # months of suppliers that a process remembers


def parameters(*, supplier_id: int, period: Period) -> Parameters:
    """Return the supplier's prices, norms and policies that the month may need.

    Three statements; the rest is read once in each edition of the supplier's parameters.
    """
    editions = (
        suppliers.edition(supplier_id=supplier_id), tariffs.edition(supplier_id=supplier_id)
    )  # fmt: skip
    published = publications(supplier_id=supplier_id)
    return _kept(supplier_id, period, editions, tuple(sorted(published.items())))


@lru_cache(KEPT)
def _kept(
    supplier_id: int,
    period: Period,
    editions: tuple[str, str],
    published: tuple[tuple[date, datetime], ...],
) -> Parameters:
    """Gather the parameters of a month in their editions once in this process."""
    del editions  # they are the memory's key
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    references = tariffs.reference_rates_frame(supplier_id=supplier_id)
    vat = reference_rate(references, "vat", period.last_day)
    rows = []
    for service in suppliers.services(supplier_id=supplier_id):
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
    opening = suppliers.supplier_by_id(supplier_id).start_period
    return Parameters(
        period=period,
        services=pl.DataFrame(rows, schema=schema),
        rates=tariffs.rates_frame(supplier_id=supplier_id),
        norms=tariffs.norms_frame(supplier_id=supplier_id),
        published=dict(published),
        billed_since=min(
            [day.replace(day=1) for day in (opening, *dict(published)) if day], default=None
        ),
    )


def reference_rate(references: pl.DataFrame, kind: str, day: date) -> int | None:
    """Return a dated rate in hundredths of a percent; the supplier's own rows come first."""
    rows = references.filter(
        (pl.col("kind") == kind)
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    ).sort("own", "valid_from", descending=True)
    return int(rows["value"][0]) if rows.height else None
