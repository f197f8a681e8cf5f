"""The tariff plan of an account: which prices are in force on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.metering.queries.meters import MeterView
from abonent.domain.metering.rules import MICRO, ZONE_NAMES, Zone
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.domain.tariffs import queries as tariffs
from abonent.domain.tariffs.rules import RATE_SCALE
from abonent.domain.tariffs.rules.force import rows_in_force

_ORDER = ("single", "day", "peak", "halfpeak", "night")
_COMPONENTS = ("", "water", "heat")


@dataclass(frozen=True)
class PriceView:
    """One price: roubles per unit for a zone and a band that begins at ``from_quantity``."""

    service_id: int
    service_code: str
    service_name: str
    component: str
    zone: Zone
    zone_name: str
    from_quantity: Decimal
    rate: Decimal
    unit_name: str
    category: str
    valid_from: date


def prices_in_force(
    *, supplier_id: int, account_id: int, day: date, services: list[ServiceView] | None = None
) -> list[PriceView]:
    """Return the prices of the account's agreements on a day, by service, zone and band.

    The same rule chooses them as in the billing run. Two statements, three without
    ``services``.
    """
    month = Period.of(day)
    agreements = accounts.agreements_frame(
        supplier_id=supplier_id,
        first_id=account_id,
        last_id=account_id,
        month=month.first_day,
        month_end=month.last_day,
    )
    if agreements.is_empty():
        return []
    known = {
        one.id: one
        for one in (
            services if services is not None else suppliers.services(supplier_id=supplier_id)
        )
    }
    wanted = agreements.select(
        "service_id",
        pl.col("tariff_category").fill_null("").alias("category"),
        pl.col("zones").fill_null(""),
        pl.lit(day).alias("day"),
    )
    rates = tariffs.rates_frame(supplier_id=supplier_id)
    found = rows_in_force(wanted.drop("zones"), rates, ["service_id"], "category")
    zones = dict(wanted.select("service_id", "zones").iter_rows())
    views = [
        _price(row, known[row["service_id"]])
        for row in found.to_dicts()
        if row["service_id"] in known and _billed(row["zone"], zones[row["service_id"]])
    ]
    return sorted(views, key=_place)


def _place(price: PriceView) -> tuple[str, int, int, Decimal]:
    """Return where a price stands: by service, water before its heating, zone, band."""
    part = price.component
    component = _COMPONENTS.index(part) if part in _COMPONENTS else len(_COMPONENTS)
    return (price.service_code, component, _ORDER.index(price.zone), price.from_quantity)


def _billed(zone: str, zones: str) -> bool:
    """Tell whether a price concerns the account: of day and night or of the whole day."""
    if zone not in _ORDER:
        return False
    return not zones or zone in zones.split("+")


def prices_for_meters(
    prices: Sequence[PriceView], meters: Sequence[MeterView]
) -> tuple[PriceView, ...]:
    """Leave out the prices of zones that the meters of a service do not count by."""
    zones: dict[int, set[Zone]] = {}
    for meter in meters:
        zones.setdefault(meter.service_id, set()).update(one.zone for one in meter.registers)
    priced = {(one.service_id, one.zone) for one in prices}
    return tuple(
        one
        for one in prices
        if one.zone in (counted := zones.get(one.service_id, {one.zone}))
        or not any((one.service_id, zone) in priced for zone in counted)
    )


def _price(row: dict[str, object], service: ServiceView) -> PriceView:
    zone = Zone(str(row["zone"]))
    unit = Unit.GCAL if row["component"] == "heat" else service.unit
    return PriceView(
        service_id=service.id,
        service_code=service.code,
        service_name=service.name,
        component=str(row["component"] or ""),
        zone=zone,
        zone_name=ZONE_NAMES[zone],
        from_quantity=from_scale(int(str(row["from_quantity"])), MICRO),
        rate=from_scale(int(str(row["rate"])), RATE_SCALE),
        unit_name=UNIT_NAMES[unit],
        category=str(row["category"] or ""),
        valid_from=date.fromisoformat(str(row["valid_from"])),
    )
