"""The meters of a point: old and new, with few digits, with verification near its end."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for, happens
from abonent.interfaces.jobs.demo.usage import flows
from abonent.interfaces.jobs.demo.world import (
    MILLI,
    DemoAccount,
    DemoMeter,
    DemoPoint,
    Flow,
    Plan,
)

# Years between verifications, digits before and after the point, share without a meter.
_KINDS = {
    "electricity": (16, 6, 0, 0.04),
    "heat": (4, 5, 3, 0.0),
    "hot_water": (4, 5, 3, 0.14),
    "cold_water": (6, 5, 3, 0.12),
}
_ROOMS_WITH_HEAT_METERS = 0.4
_SOON = (9, 75)  # days until a verification that is "soon"
OLD_DIGITS = 4
# What the sites of a firm take, as shares of the largest.
_SITES = (1.0, 0.55, 0.3, 0.2, 0.12)


def meters_of(plan: Plan, year: DemoYear, account: DemoAccount, point: DemoPoint) -> DemoPoint:
    """Return the point with its meters: none, one, one replaced by another, or several."""
    dice = dice_for(plan.code, account.number, point.service, "meters")
    if not _has_meter(account, point, dice):
        return point
    if account.kind == "organisation":
        return replace(point, meter_possible=True, meters=_of_firm(plan, year, account, point))
    used = flows(plan, year, account, point)
    meter = _meter(plan, year, point, dice, used)
    if account.cast == "boris-mother" and point.service == "electricity":
        # Whoever sends this month's reading for her sees the dial pass zero.
        meter = _near_zero(meter, year.last.plus(1).day(8))
    # The old meter and the new one must both be read in the month of the change.
    careful = account.habit in {"steady", "smart"} and not account.cast
    if careful and happens(dice, 0.04):
        return replace(point, meter_possible=True, meters=_replaced(year, meter, dice))
    return replace(point, meter_possible=True, meters=(meter,))


def _has_meter(account: DemoAccount, point: DemoPoint, dice: Random) -> bool:
    """Tell whether the service is metered at the account."""
    if point.service == "heat":
        return account.house.kind.heat == "rooms" and happens(dice, _ROOMS_WITH_HEAT_METERS)
    if account.cast or account.kind == "organisation":
        return True
    return not happens(dice, _KINDS[point.service][3])


def _meter(
    plan: Plan, year: DemoYear, point: DemoPoint, dice: Random, used: tuple[Flow, ...]
) -> DemoMeter:
    """Return a meter that has been there since before the first month."""
    years, int_digits, frac_digits, _ = _KINDS[point.service]
    since = year.before[0].first_day
    until = _verified_until(year, dice, years)
    verified_on = date(until.year - years, until.month, min(until.day, 28)) + timedelta(days=1)
    # Old induction meters have four digits before the comma and pass zero within the year.
    old = point.service == "electricity" and point.zones == ("single",) and happens(dice, 0.08)
    start = [dice.randint(40, 900) * MILLI * (30 if frac_digits == 0 else 1) for _ in used]
    meter = DemoMeter(
        serial=f"{plan.region}{dice.randint(100000, 999999)}{len(point.service) % 10}",
        zones=point.zones,
        used=used,
        int_digits=int_digits,
        frac_digits=frac_digits,
        ratio=1,
        installed_on=verified_on + timedelta(days=dice.randint(5, 60)),
        since=since,
        start=tuple(start),
        verified_on=verified_on,
        verified_until=until,
    )
    return _near_zero(meter, year.first.plus(dice.randint(3, 9)).first_day) if old else meter


def _near_zero(meter: DemoMeter, day: date) -> DemoMeter:
    """Return the meter with four digits before the comma, passing zero on a day."""
    size = 10**OLD_DIGITS * MILLI
    start = tuple((size - flow.until(day) + flow.until(meter.since)) % size for flow in meter.used)
    return replace(meter, int_digits=OLD_DIGITS, start=start)


def _verified_until(year: DemoYear, dice: Random, years: int) -> date:
    """Return the last day of a meter's verification: mostly far, sometimes soon."""
    if happens(dice, 0.05):
        return year.today + timedelta(days=dice.randint(*_SOON))
    return year.today + timedelta(days=dice.randint(120, 365 * years - 800))


def _replaced(year: DemoYear, meter: DemoMeter, dice: Random) -> tuple[DemoMeter, ...]:
    """Return the old meter taken off in some month and the new one put on the same day."""
    changed_on = year.first.plus(dice.randint(2, 9)).day(dice.randint(6, 12))
    if meter.installed_on >= changed_on:
        return (meter,)
    years = meter.verified_until.year - meter.verified_on.year
    new = replace(
        meter,
        serial=f"{meter.serial[:2]}{int(meter.serial[2:]) + 1000003}",
        installed_on=changed_on,
        since=changed_on,
        start=tuple(dice.randint(0, 3) * MILLI for _ in meter.used),
        int_digits=max(meter.int_digits, 5),
        verified_on=changed_on - timedelta(days=dice.randint(40, 200)),
        verified_until=changed_on + timedelta(days=365 * years - 200),
    )
    return (replace(meter, removed_on=changed_on), new)


def _of_firm(
    plan: Plan, year: DemoYear, account: DemoAccount, point: DemoPoint
) -> tuple[DemoMeter, ...]:
    """Return a firm's meters: several for electricity, behind current transformers."""
    power = point.service == "electricity"
    several = _how_many(plan, account) if power else 1
    meters = []
    for at in range(several):
        dice = dice_for(plan.code, account.number, point.service, "meter", at)
        site = replace(point, contract=f"{point.contract}/{at}", size=point.size * _SITES[at])
        meter = _meter(plan, year, site, dice, flows(plan, year, account, site))
        if power:
            meter = replace(meter, ratio=dice.choice((1, 20, 30, 40)), frac_digits=2, int_digits=6)
        meters.append(meter)
    return tuple(meters)


def _how_many(plan: Plan, account: DemoAccount) -> int:
    """Return how many meters a firm has; the firm of the cast has enough for a table."""
    if account.cast == "firm":
        return 4
    return dice_for(plan.code, account.number, "how many").choice((1, 1, 2, 2, 3, 5))
