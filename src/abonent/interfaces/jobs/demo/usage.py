"""How much a household or a firm uses from month to month, as a real year goes."""

from abonent.common.periods import Period
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for, happens, near
from abonent.interfaces.jobs.demo.world import (
    MILLI,
    DemoAccount,
    DemoHouse,
    DemoPoint,
    Flow,
    Plan,
)

# Shares of an average month, January first.
_LIGHT = {
    "ural": (1.16, 1.08, 1.04, 0.98, 0.93, 0.86, 0.82, 0.87, 0.96, 1.03, 1.11, 1.20),
    "siberia": (1.18, 1.09, 1.04, 0.98, 0.92, 0.84, 0.80, 0.86, 0.96, 1.04, 1.12, 1.21),
    "volga": (1.12, 1.06, 1.02, 0.98, 0.94, 0.90, 0.88, 0.91, 0.97, 1.02, 1.08, 1.14),
    "south": (1.06, 1.00, 0.95, 0.89, 0.90, 1.07, 1.27, 1.25, 1.02, 0.92, 0.98, 1.09),
}
# A private house of this size and more is heated by electricity.
HEATED_BY_POWER = 1.6
_ELECTRIC_HEATING = (3.1, 2.6, 1.9, 0.9, 0.35, 0.2, 0.2, 0.2, 0.3, 0.9, 1.7, 2.7)
_COLD = (0.96, 0.95, 0.97, 0.99, 1.03, 1.06, 1.08, 1.06, 1.02, 0.98, 0.96, 0.97)
_HOT = (1.10, 1.06, 1.05, 1.00, 0.95, 0.78, 0.70, 0.86, 0.96, 1.02, 1.06, 1.10)
_WORKDAYS = (0.92, 0.98, 1.02, 1.00, 0.93, 0.98, 1.06, 1.05, 0.99, 1.03, 1.00, 1.05)
# Gcal per square metre of a house in a month of the season.
HEAT = {
    1: 0.0272, 2: 0.0239, 3: 0.0196, 4: 0.0121, 5: 0.0036,
    10: 0.0118, 11: 0.0192, 12: 0.0249,
}  # fmt: skip
_CLIMATE_HEAT = {"ural": 1.0, "siberia": 1.06, "volga": 0.88, "south": 0.6}
_ZONE_SHARES = {
    ("single",): (1.0,),
    ("day", "night"): (0.67, 0.33),
    ("peak", "halfpeak", "night"): (0.31, 0.40, 0.29),
}
# What one person uses in an average month: kWh, m³, m³.
_BY_PERSON = {"electricity": 46.0, "cold_water": 3.3, "hot_water": 2.2}
_BY_FLAT = {"electricity": 75.0, "cold_water": 0.6, "hot_water": 0.3}


def flows(plan: Plan, year: DemoYear, account: DemoAccount, point: DemoPoint) -> tuple[Flow, ...]:
    """Return the usage of each zone of a point, from a year before billing to this month."""
    months = (*year.before, *year.read[1:])
    dice = dice_for(plan.code, account.number, point.service, point.contract)
    shares = _ZONE_SHARES[point.zones]
    habit = [near(dice, share, 0.06) for share in shares]
    away = dice.choice((6, 7, 8)) if account.residents and happens(dice, 0.3) else 0
    volumes: list[list[int]] = [[] for _ in shares]
    for period in months:
        used = _month(plan, account, point, period) * near(dice, 1, 0.09)
        if period.month == away:
            used *= dice.uniform(0.25, 0.6)
        for zone, share in enumerate(habit):
            volumes[zone].append(int(used * share / sum(habit) * MILLI))
    return tuple(Flow(months, tuple(zone)) for zone in volumes)


def house_heat(plan: Plan, house: DemoHouse, period: Period) -> int:
    """Return what the house meter counts in a month, in thousandths of Gcal."""
    dice = dice_for(plan.code, house.code, period)
    return int(
        heat_per_metre(plan, period) * house.area_total * house.factor * near(dice, 1, 0.03) * MILLI
    )


def heat_per_metre(plan: Plan, period: Period) -> float:
    """Return the heat a square metre takes in a month of this climate, Gcal."""
    return HEAT.get(period.month, 0.0) * _CLIMATE_HEAT[plan.climate]


def _month(plan: Plan, account: DemoAccount, point: DemoPoint, period: Period) -> float:
    """Return an average month's usage of the point, without this account's accidents."""
    if point.service == "heat":
        return heat_per_metre(plan, period) * account.area / 100 * point.size
    if account.kind == "organisation":
        return point.size * _WORKDAYS[period.month - 1]
    people = max(account.residents, 1)
    base = (_BY_FLAT[point.service] + _BY_PERSON[point.service] * people) * point.size
    if point.service == "electricity":
        return base * _electric_share(plan, account, point, period)
    return base * (_COLD if point.service == "cold_water" else _HOT)[period.month - 1]


def _electric_share(plan: Plan, account: DemoAccount, point: DemoPoint, period: Period) -> float:
    """Return how a month differs from the average: light, stove, heating of a house."""
    light = _LIGHT[plan.climate][period.month - 1]
    if point.category == "electric":
        return light * 1.45
    if account.category == "private" and point.size > HEATED_BY_POWER:
        return light + _ELECTRIC_HEATING[period.month - 1] * 3.2
    return light * (1.35 if account.category == "private" else 1.0)
