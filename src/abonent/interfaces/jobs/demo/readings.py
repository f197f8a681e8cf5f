"""When people read their meters and how the readings come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from abonent.common.periods import Period
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for, happens
from abonent.interfaces.jobs.demo.world import DemoAccount, DemoMeter, DemoPoint, Plan


@dataclass(frozen=True)
class DemoReading:
    """One value of one scale; ``value`` in thousandths."""

    meter: DemoMeter
    zone: str
    day: date
    channel: str
    value: int


def readings_of(plan: Plan, year: DemoYear, account: DemoAccount) -> Iterator[DemoReading]:
    """Return every reading of an account's meters up to today, in order of time.

    All meters of an account are read on one day, as people do. The base month is never
    left out: billing counts from it.
    """
    dice = dice_for(plan.code, account.number, "readings")
    inspected = year.first.plus(dice.randint(2, 10)) if happens(dice, 0.12) else None
    # A late reading counts for the next month, so the late begin a month earlier.
    months = [year.base.plus(-1), *year.read] if account.habit == "late" else year.read
    for period in months:
        if period == inspected:
            yield from _taken(account, period.day(dice.randint(5, 13)), "control")
        day, channel = _when(plan, account, period, dice)
        skipped = account.habit == "forgetful" and happens(dice, 0.16)
        if skipped and period != year.base:
            continue
        if day > year.today or (period > year.last and not _already(account, dice)):
            continue
        yield from _taken(account, day, channel)


def _when(plan: Plan, account: DemoAccount, period: Period, dice: Random) -> tuple[date, str]:
    """Return the day and the channel of a month's reading."""
    if plan.organisations == 1:
        day = period.day(dice.randint(max(period.days - 1, 23), period.days))
        return day, "remote" if account.habit == "smart" else account.channel
    if account.habit == "smart":
        return period.day(25), "remote"
    if account.habit == "late":
        return period.day(dice.randint(26, 28)), account.channel
    other = happens(dice, 0.08)
    return period.day(
        min(max(round(dice.gauss(21, 2)), 15), 25)
    ), "phone" if other else account.channel


def _already(account: DemoAccount, dice: Random) -> bool:
    """Tell whether the current month's reading has come; the cast still has it to do."""
    return not account.cast and happens(dice, 0.55)


def _taken(account: DemoAccount, day: date, channel: str) -> Iterator[DemoReading]:
    """Return what every meter that hangs on the wall on a day shows."""
    for point in account.points:
        for meter in point.meters:
            if _hangs(meter, point, day):
                for zone, value in zip(meter.zones, meter.shows(day), strict=True):
                    yield DemoReading(meter, zone, day, channel, value)


def _hangs(meter: DemoMeter, point: DemoPoint, day: date) -> bool:
    """Tell whether the meter is in use on a day: the first one counts as always there."""
    first = meter is point.meters[0]
    begun = first or meter.installed_on < day
    return begun and (meter.removed_on is None or day < meter.removed_on)
