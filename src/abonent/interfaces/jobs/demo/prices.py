"""Tariffs and norms of the towns, with the steps of 1 January and 1 October 2026."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for
from abonent.interfaces.jobs.demo.world import Plan

# First day, last day, and how much of the first price is asked (RULES 0.4).
STEPS = (
    (date(2024, 7, 1), date(2025, 12, 31), Decimal(1)),
    (date(2026, 1, 1), date(2026, 9, 30), Decimal("1.017")),
    (date(2026, 10, 1), None, Decimal("1.124")),
)
ZONE_SHARES = {
    "single": Decimal(1),
    "day": Decimal("1.12"),
    "night": Decimal("0.64"),
    "peak": Decimal("1.24"),
    "halfpeak": Decimal("1.02"),
}
BAND_SHARES = (Decimal(1), Decimal("1.42"), Decimal("2.05"))
# Upper bounds of the first two bands, kWh a month (RULES 1.3).
BANDS = {"gas": (1200, 4000), "electric": (1200, 4000), "private": (3900, 6000)}
CATEGORY_SHARES = {"gas": Decimal(1), "electric": Decimal("0.7"), "private": Decimal("0.7")}
HEAT, WATER = Decimal("2310.45"), Decimal("42.18")
# Roubles per kWh without VAT by voltage level; the price of organisations moves monthly.
VOLTAGES = {"ck1-nn": Decimal(1), "ck1-sn2": Decimal("0.86")}


@dataclass(frozen=True)
class TariffRow:
    """One row of tariffs.csv."""

    service: str
    component: str
    category: str
    zone: str
    from_quantity: int
    valid_from: date
    valid_to: date | None
    rate: Decimal
    vat_included: bool


@cache
def tariff_rows(plan: Plan, year: DemoYear) -> tuple[TariffRow, ...]:
    """Return every price of the town."""
    rows: list[TariffRow] = []
    if "electricity" in plan.services:
        rows += _household_electricity(plan) if plan.organisations < 1 else []
        rows += _organisations_electricity(plan, year) if plan.organisations else []
    for service, component, price in _water_and_heat(plan):
        rows += _stepped(service, component, "", price, vat_included=True)
        if plan.organisations:
            net = price / Decimal("1.2")
            rows += _stepped(service, component, "org", net, vat_included=False)
    return tuple(rows)


def price_on(plan: Plan, year: DemoYear, key: tuple[str, str, str, str], day: date) -> Decimal:
    """Return the first band's price of (service, component, category, zone) on a day, gross."""
    for row in tariff_rows(plan, year):
        found = (row.service, row.component, row.category, row.zone) == key
        last = row.valid_to or date.max
        if found and row.from_quantity == 0 and row.valid_from <= day <= last:
            return row.rate if row.vat_included else row.rate * Decimal("1.2")
    raise LookupError(key)


def norm_rows(plan: Plan) -> list[tuple[str, str, str, date, str, str]]:
    """Return (service, category, per, valid_from, volume, multiplier) of norms.csv."""
    since = date(2024, 7, 1)
    rows = [
        ("electricity", "mkd", "resident", since, "67", "1.5"),
        ("electricity", "private", "resident", since, "102", "1.5"),
        ("hot_water", "mkd", "resident", since, "3.121", "1.5"),
        ("hot_water", "mkd", "heating_gcal_per_m3", since, "0.0618", ""),
        ("cold_water", "mkd", "resident", since, "4.745", "1.5"),
        ("cold_water", "mkd", "resident", date(2025, 12, 6), "4.745", "3"),
        ("heat", "mkd", "m2", since, "0.0235", ""),
    ]
    return [row for row in rows if row[0] in plan.services]


def _water_and_heat(plan: Plan) -> list[tuple[str, str, Decimal]]:
    """Return (service, component, first price) of heat and water."""
    rows = [
        ("heat", "", HEAT),
        ("hot_water", "water", WATER),
        ("hot_water", "heat", HEAT),
        ("cold_water", "", WATER),
    ]
    return [row for row in rows if row[0] in plan.services]


def _household_electricity(plan: Plan) -> list[TariffRow]:
    """Return the prices of households: category × zone × band × step."""
    rows = []
    for category, share in CATEGORY_SHARES.items():
        bounds = (0, *BANDS[category])
        for zone, zone_share in ZONE_SHARES.items():
            for bound, band_share in zip(bounds, BAND_SHARES, strict=True):
                for first, last, step in STEPS:
                    price = Decimal(str(plan.price)) * share * zone_share * band_share * step
                    rows.append(
                        TariffRow(
                            "electricity", "", category, zone, bound, first, last,
                            _kopecks(price), vat_included=True,
                        )
                    )  # fmt: skip
    return rows


def _organisations_electricity(plan: Plan, year: DemoYear) -> list[TariffRow]:
    """Return the unregulated prices of organisations, another one each month."""
    base = Decimal(str(plan.price)) if plan.organisations == 1 else Decimal("7.12040")
    rows = []
    months = [*year.before, *year.read[1:]]
    for period in months:
        drift = Decimal(str(round(dice_for(plan.code, "price", period).uniform(0.94, 1.08), 5)))
        step = next(part for first, _, part in reversed(STEPS) if first <= period.first_day)
        for category, share in VOLTAGES.items():
            price = (base * drift * step * share).quantize(Decimal("0.00001"))
            last = None if period == months[-1] else period.last_day
            rows.append(
                TariffRow(
                    "electricity", "", category, "single", 0, period.first_day, last, price,
                    vat_included=False,
                )
            )  # fmt: skip
    return rows


def _stepped(
    service: str, component: str, category: str, price: Decimal, *, vat_included: bool
) -> list[TariffRow]:
    """Return one price through the steps of the year."""
    return [
        TariffRow(
            service, component, category, "single", 0, first, last, _kopecks(price * step),
            vat_included=vat_included,
        )
        for first, last, step in STEPS
    ]  # fmt: skip


def _kopecks(price: Decimal) -> Decimal:
    """Round a price to a kopeck, as regulators set them."""
    return price.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
