"""The supplier's tariffs on a day, for everybody: every service, category, zone and band."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from abonent.common.numbers import from_scale
from abonent.domain.billing.queries.calculator import TariffPlan
from abonent.domain.metering.rules import MICRO, ZONE_NAMES, Zone
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.domain.tariffs import queries as tariffs
from abonent.domain.tariffs.rules import RATE_SCALE
from abonent.domain.tariffs.rules.force import rows_in_force

_ZONES = ("single", "day", "peak", "halfpeak", "night")
_SCHEMES = (("single",), ("day", "night"), ("peak", "halfpeak", "night"))
_COMPONENTS = ("", "water", "heat")


@dataclass(frozen=True)
class TariffPrice:
    """One price in roubles for a unit above ``from_quantity`` units of a month."""

    component: str
    zone: Zone
    zone_name: str
    from_quantity: Decimal
    rate: Decimal
    unit_name: str
    vat_included: bool
    valid_from: date


@dataclass(frozen=True)
class TariffGroup:
    """The prices of one service for one category, and the plans by which they are counted."""

    service_code: str
    service_name: str
    unit: Unit
    category: str
    prices: tuple[TariffPrice, ...]
    plans: tuple[TariffPlan, ...]


def tariff_table(*, supplier_id: int, day: date) -> tuple[TariffGroup, ...]:
    """Return what is in force on a day, by service and category; chosen as in the run.

    Three statements, whatever the number of prices.
    """
    services = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    rates = tariffs.rates_frame(supplier_id=supplier_id)
    wanted = rates.select("service_id", "category", pl.lit(day).alias("day")).unique()
    found = rows_in_force(wanted, rates, ["service_id"], "category")
    heated = _heated(supplier_id, day)
    groups: dict[tuple[int, str], list[TariffPrice]] = {}
    for row in found.to_dicts():
        service = services.get(row["service_id"])
        if service and row["zone"] in _ZONES:
            key = (service.id, row["category"] or "")
            groups.setdefault(key, []).append(_price(row, service))
    return tuple(
        _group(services[service_id], category, groups[service_id, category], heated)
        for service_id, category in sorted(
            groups, key=lambda one: (list(services).index(one[0]), _is_net(groups[one]), one[1])
        )
    )


def _is_net(prices: list[TariffPrice]) -> bool:
    """Tell prices without VAT, which are those of organisations: people come first."""
    return not any(one.vat_included for one in prices)


def _heated(supplier_id: int, day: date) -> dict[int, tuple[str, ...]]:
    """Return the categories of norms of heat for hot water, by service."""
    norms = tariffs.norms_frame(supplier_id=supplier_id).filter(
        (pl.col("per") == "heating_gcal_per_m3")
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    )
    found: dict[int, set[str]] = {}
    for service_id, category in norms.select("service_id", "category").iter_rows():
        found.setdefault(service_id, set()).add(category or "")
    return {service_id: tuple(sorted(names)) for service_id, names in found.items()}


def _group(
    service: ServiceView,
    category: str,
    prices: list[TariffPrice],
    heated: dict[int, tuple[str, ...]],
) -> TariffGroup:
    zones = {one.zone.value for one in prices}
    by_heat = any(one.component == "heat" for one in prices)
    norms = heated.get(service.id, ("",)) if by_heat else ("",)
    return TariffGroup(
        service_code=service.code,
        service_name=service.name,
        unit=service.unit,
        category=category,
        prices=tuple(sorted(prices, key=_place)),
        plans=tuple(
            TariffPlan(service.id, category, scheme, norm)
            for norm in norms
            for scheme in _SCHEMES
            if zones.issuperset(scheme)
        ),
    )


def _place(price: TariffPrice) -> tuple[int, int, Decimal]:
    part = price.component
    component = _COMPONENTS.index(part) if part in _COMPONENTS else len(_COMPONENTS)
    return (component, _ZONES.index(price.zone), price.from_quantity)


def _price(row: dict[str, object], service: ServiceView) -> TariffPrice:
    zone = Zone(str(row["zone"]))
    unit = Unit.GCAL if row["component"] == "heat" else service.unit
    return TariffPrice(
        component=str(row["component"] or ""),
        zone=zone,
        zone_name=ZONE_NAMES[zone],
        from_quantity=from_scale(int(str(row["from_quantity"])), MICRO),
        rate=from_scale(int(str(row["rate"])), RATE_SCALE),
        unit_name=UNIT_NAMES[unit],
        vat_included=bool(row["vat_included"]),
        valid_from=date.fromisoformat(str(row["valid_from"])),
    )
