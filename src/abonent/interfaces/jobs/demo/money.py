"""What is owed when billing begins, and how people pay month after month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from abonent.common.money import half_up
from abonent.common.periods import Period
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for, happens, pick
from abonent.interfaces.jobs.demo.prices import norm_rows, price_on
from abonent.interfaces.jobs.demo.usage import house_heat
from abonent.interfaces.jobs.demo.world import MILLI, DemoAccount, DemoPoint, Plan

LEAST = 1_00
HUNDRED_ROUBLES = 100_00
FRIDAY = 4
HEATING_NORM = Decimal("0.0618")


@dataclass(frozen=True)
class Debt:
    """What an account owes for a service and a month when billing begins, in kopecks."""

    account: str
    service: str
    period: Period
    amount: int


@dataclass(frozen=True)
class DemoPayment:
    """Money that came in, in kopecks."""

    channel: str
    account: str
    day: date
    amount: int


def opening_debts(plan: Plan, year: DemoYear, account: DemoAccount) -> list[Debt]:
    """Return the debts at the start: the last bill of everybody, more of debtors.

    Those who pay ahead have an advance instead, a negative amount.
    """
    debts = []
    for point in account.points:
        amount = _charge(plan, year, account, point)
        if amount <= 0:
            continue
        if account.payer == "ahead":
            debts.append(Debt(account.number, point.service, year.base, -2 * amount))
            continue
        months = 3 if account.payer == "debtor" and not account.cast else 1
        debts += [
            Debt(account.number, point.service, year.base.plus(-back), amount)
            for back in range(months)
        ]
    return debts


def payments_in(
    plan: Plan, year: DemoYear, account: DemoAccount, period: Period, due: int
) -> list[DemoPayment]:
    """Return what an account pays in a month when it owes ``due`` kopecks, up to today."""
    dice = dice_for(plan.code, account.number, "pays", period)
    day, amount = _habit(year, account, period, due, dice)
    if amount < LEAST or day > year.today:
        return []
    return [DemoPayment(_channel(plan, account, dice), account.number, day, amount)]


def credited_on(payment: DemoPayment) -> date:
    """Return the day the bank's money comes: the next weekday."""
    day = payment.day + timedelta(days=1)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > FRIDAY else day


def _habit(
    year: DemoYear, account: DemoAccount, period: Period, due: int, dice: Random
) -> tuple[date, int]:
    """Return the day and the sum of a payment; a sum of nothing means no payment."""
    payer = account.payer
    day = period.day({"autopay": 10, "late": dice.randint(17, 27)}.get(payer, dice.randint(3, 14)))
    # The last bill of the cast waits for whoever walks through the demonstration.
    waits = bool(account.cast) and period > year.last
    if waits or (payer == "debtor" and period > _gives_up(year, account)):
        return day, 0
    sums = {
        "late": due if happens(dice, 0.6) else 0,
        "part": int(due * dice.uniform(0.5, 0.95)) // HUNDRED_ROUBLES * HUNDRED_ROUBLES,
        "rounding": -(-due // HUNDRED_ROUBLES) * HUNDRED_ROUBLES,
        "ahead": due + dice.randint(15, 60) * HUNDRED_ROUBLES if due > 0 else 0,
    }
    return day, sums.get(payer, due)


def _gives_up(year: DemoYear, account: DemoAccount) -> Period:
    """Return the last month in which a debtor paid."""
    if account.cast:
        return year.last.plus(-5)
    return year.first.plus(dice_for(account.number, "gives up").randint(2, 9))


def _channel(plan: Plan, account: DemoAccount, dice: Random) -> str:
    """Return by which way the money came."""
    if account.payer == "autopay":
        return "autopay"
    if account.kind == "organisation":
        return "bank"
    if account.cast:
        return "cabinet"
    return pick(dice, dict(plan.channels))


def _charge(plan: Plan, year: DemoYear, account: DemoAccount, point: DemoPoint) -> int:
    """Return roughly what the base month cost, in kopecks."""
    day = year.base.last_day
    total = Decimal(0)
    for zone, volume in _volumes(plan, year, account, point):
        for component, factor in _components(point.service):
            key = (point.service, component, point.category, zone)
            total += volume * factor * price_on(plan, year, key, day)
    return half_up(total * 100)


def _components(service: str) -> list[tuple[str, Decimal]]:
    """Return the components of a price and how much of each a unit takes."""
    if service == "hot_water":
        return [("water", Decimal(1)), ("heat", HEATING_NORM)]
    return [("", Decimal(1))]


def _volumes(
    plan: Plan, year: DemoYear, account: DemoAccount, point: DemoPoint
) -> Iterator[tuple[str, Decimal]]:
    """Return the base month's volume by zone, by the meters or by the norm."""
    if point.service == "heat":
        yield "single", _heat(plan, year, account)
    elif point.meters:
        for meter in point.meters:
            if meter is point.meters[0] or account.kind == "organisation":
                for zone, flow in zip(meter.zones, meter.used, strict=True):
                    yield zone, Decimal(flow.in_month(year.base)) / MILLI
    else:
        norm = _norm(plan, account, point.service, "resident")
        people = account.residents or account.owners
        yield "single", norm * people * (Decimal("1.5") if point.meter_possible else 1)


def _heat(plan: Plan, year: DemoYear, account: DemoAccount) -> Decimal:
    """Return the base month's heat of a room, near enough for an opening balance."""
    area = Decimal(account.area) / 100
    if account.house.kind.heat in {"norm", "year"}:
        norm = _norm(plan, account, "heat", "m2") * area
        return norm if account.house.kind.heat == "norm" else norm * 8 / 12
    house = Decimal(house_heat(plan, account.house, year.base)) / MILLI
    return house * area / account.house.area_total


def _norm(plan: Plan, account: DemoAccount, service: str, per: str) -> Decimal:
    """Return the first norm of a service."""
    rows = norm_rows(plan)
    found = [row for row in rows if (row[0], row[1], row[2]) == (service, account.category, per)]
    return Decimal(found[0][4])
