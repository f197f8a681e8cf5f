"""Who lives in a town: houses, accounts, their services and meters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.dice import dice_for, happens, near, pick
from abonent.interfaces.jobs.demo.meters import meters_of
from abonent.interfaces.jobs.demo.people import Firm, firm_inn, invent_firm, invent_person
from abonent.interfaces.jobs.demo.world import DemoAccount, DemoHouse, DemoPoint, HouseKind, Plan

# How people send readings: nearly always in time, late, with gaps; ``smart`` are read by wire.
_HABITS = {"steady": 74, "late": 7, "forgetful": 4, "smart": 15}
_CHANNELS = {
    "cabinet": 40, "app": 16, "open_page": 9, "phone": 9, "voice": 5, "sms": 3, "email": 3,
    "receipt": 5, "office": 6, "file": 2, "gis": 2,
}  # fmt: skip
_PAYERS = {
    "punctual": 60, "autopay": 10, "late": 11, "part": 6, "rounding": 6, "ahead": 3, "debtor": 4,
}  # fmt: skip
# The cast comes first in every town: the accounts that the demonstration's people use.
CAST = ("anna", "boris", "boris-mother", "boris-debt", "free")
_CAST_NAMES = {
    "anna": "Смирнова Анна Сергеевна",
    "boris": "Кузнецов Борис Ильич",
    "boris-mother": "Кузнецова Мария Андреевна",
    "boris-debt": "Кузнецов Борис Ильич",
    "free": "Громова Вера Павловна",
    "firm": "ООО «Ромашка»",
}
_CAST_EMAILS = {
    "anna": "anna@example.ru",
    "boris": "boris@example.ru",
    "boris-mother": "maria@example.ru",
    "boris-debt": "boris@example.ru",
    "free": "vera@example.ru",
    "firm": "firm@example.ru",
}
_CONTRACTS_OF_THE_FIRM = 3
_CAST_PAYERS = {"boris-debt": "debtor", "boris-mother": "rounding"}


@cache
def people_town(plan: Plan, year: DemoYear, seed: int, count: int) -> tuple[DemoAccount, ...]:
    """Return the accounts of a town, the cast first, then by house and flat."""
    houses = _houses(plan, seed, count)
    firms = round(count * plan.organisations)
    accounts = []
    for at, (house, flat, extension) in enumerate(houses):
        firm = at >= count - firms or plan.organisations == 1
        cast = _cast(plan, at, firm=firm, first_firm=at == count - firms)
        accounts.append(
            _account(plan, year, seed, at, (house, flat, extension), firm=firm, cast=cast)
        )
    return tuple(accounts)


def account_number(plan: Plan, at: int) -> str:
    """Return the number of a town's ``at``-th account."""
    return f"{plan.prefix}{10234 + at * 37:0{10 - len(plan.prefix)}d}"


def _cast(plan: Plan, at: int, *, firm: bool, first_firm: bool) -> str:
    """Return whose account this is in the demonstration, or nothing."""
    if plan.organisations == 1:
        return dict(enumerate((*["firm"] * _CONTRACTS_OF_THE_FIRM, "free"))).get(at, "")
    if firm:
        return "firm" if first_firm else ""
    return CAST[at] if at < len(CAST) else ""


def _houses(plan: Plan, seed: int, count: int) -> list[tuple[DemoHouse, str, str]]:
    """Return (house, flat, extension) for every account, houses in turn."""
    found: list[tuple[DemoHouse, str, str]] = []
    number = 0
    while len(found) < count:
        kind = plan.houses[number % len(plan.houses)]
        dice = dice_for(plan.code, seed, "house", number)
        number += 1
        if kind.private:
            found += [_private(plan, kind, dice, number, step) for step in range(12)]
            continue
        house = _house(plan, kind, dice, number)
        taken = sorted(dice.sample(range(1, kind.flats + 1), min(kind.flats, 45)))
        for flat in taken:
            extension = "1" if happens(dice, 0.02) else ""
            found.append((house, str(flat), extension))
    return found[:count]


def _house(plan: Plan, kind: HouseKind, dice: Random, number: int) -> DemoHouse:
    """Return a house of flats."""
    place = plan.places[(number - 1) % len(plan.places)]
    area = round(kind.flats * dice.uniform(49, 58))
    return DemoHouse(
        code=f"{plan.code}-{number:03d}",
        kind=kind,
        place=place,
        street=place.streets[(number - 1) // len(plan.places) % len(place.streets)],
        number=str(dice.randint(2, 96)),
        letter="А" if happens(dice, 0.3) else "",
        area_total=area,
        area_common=round(area * dice.uniform(0.1, 0.16)),
        factor=dice.uniform(0.86, 1.14),
    )


def _private(
    plan: Plan, kind: HouseKind, dice: Random, number: int, step: int
) -> tuple[DemoHouse, str, str]:
    """Return one house of a street of private houses, or one site of a firm."""
    place = plan.places[(number - 1) % len(plan.places)]
    area = dice.randint(62, 190)
    house = DemoHouse(
        code=f"{plan.code}-{number:03d}-{step + 1:02d}",
        kind=kind,
        place=place,
        street=place.streets[-1 - (number // len(plan.places)) % len(place.streets)],
        number=str(3 + step * 2 + 26 * (number // (2 * len(plan.places)))),
        letter="",
        area_total=area,
        area_common=0,
        factor=1.0,
    )
    return house, "", ""


def _account(
    plan: Plan, year: DemoYear, seed: int, at: int, where: tuple[DemoHouse, str, str],
    *, firm: bool, cast: str,
) -> DemoAccount:  # fmt: skip
    """Return one account with everything that follows from who holds it."""
    house, flat, extension = where
    dice = dice_for(plan.code, seed, "account", at)
    # The cast keeps its habits, so that the demonstration's pages always look the same.
    steady = bool(cast)
    account = DemoAccount(
        number=account_number(plan, at),
        kind="organisation" if firm else "household",
        category="private" if house.kind.private else "mkd",
        house=house,
        flat=flat,
        extension="" if cast else extension,
        area=house.area_total * 100
        if house.kind.private
        else round(near(dice, 53.0, 0.22) * 10) * 10,
        residents=0 if firm else pick(dice, {1: 24, 2: 32, 3: 24, 4: 14, 5: 5, 0: 1}),
        owners=1 if firm else dice.randint(1, 2),
        name=_CAST_NAMES.get(cast, "") or invent_person(dice).full_name,
        inn="",
        kpp="",
        organisation_class="",
        email=_CAST_EMAILS.get(cast) or f"abonent{at + 1}.{plan.code}@example.ru",
        phone=f"+7900000{at + 1:04d}",
        opened_on=date(dice.randint(2009, 2021), dice.randint(1, 12), 1),
        habit="steady" if steady else pick(dice, _HABITS),
        channel="cabinet" if steady else pick(dice, _CHANNELS),
        payer=_CAST_PAYERS.get(cast, "punctual") if steady else pick(dice, _PAYERS),
        cast=cast,
    )
    if firm:
        account = _as_firm(plan, account, dice, at)
    points = tuple(_points(plan, account, dice))
    return replace(account, points=tuple(meters_of(plan, year, account, point) for point in points))


def _as_firm(plan: Plan, account: DemoAccount, dice: Random, at: int) -> DemoAccount:
    """Return the account as an organisation's; the firm of the cast has one INN for all."""
    number = 0 if account.cast == "firm" else at + 1
    firm = invent_firm(dice, number, plan.region)
    if account.cast == "firm":
        firm = Firm(_CAST_NAMES["firm"], firm_inn(plan.region, 0), f"{plan.region}0001001")
    kinds = {"general": 80, "manager": 12, "cooperative": 8}
    return replace(
        account,
        name=firm.name,
        inn=firm.inn,
        kpp=firm.kpp,
        organisation_class="general" if account.cast else pick(dice, kinds),
        email=_CAST_EMAILS.get(account.cast) or f"office{number}.{plan.code}@example.ru",
        habit="steady" if account.cast else pick(dice, {"steady": 60, "smart": 40}),
        channel=pick(dice, {"cabinet": 70, "file": 20, "email": 10}),
        payer=pick(dice, {"punctual": 80, "late": 14, "debtor": 6}),
    )


def _points(plan: Plan, account: DemoAccount, dice: Random) -> Iterator[DemoPoint]:
    """Return the services of an account without their meters."""
    firm = account.kind == "organisation"
    for service in plan.services:
        if service == "heat" and account.house.kind.heat == "none":
            continue
        contract = f"{account.number}-{len(service)}" if firm else ""
        yield DemoPoint(
            service=service,
            category=_category(account, service, dice),
            zones=_zones(account, service, dice),
            contract=contract,
            meter_possible=service != "heat" and not happens(dice, 0.15),
            size=_size(account, service, dice),
        )


def _category(account: DemoAccount, service: str, dice: Random) -> str:
    """Return the tariff category of a service of the account."""
    if service != "electricity":
        return "org" if account.kind == "organisation" else ""
    if account.kind == "organisation":
        return pick(dice, {"ck1-nn": 70, "ck1-sn2": 30})
    if account.category == "private":
        return "private"
    return pick(dice, {"gas": 60, "electric": 40})


def _zones(account: DemoAccount, service: str, dice: Random) -> tuple[str, ...]:
    """Return the zones the customer has chosen."""
    if service != "electricity" or account.kind == "organisation":
        return ("single",)
    if account.cast in {"anna", "free"}:
        return ("day", "night")
    if account.cast == "boris":
        return ("peak", "halfpeak", "night")
    if account.cast:
        return ("single",)
    return pick(
        dice,
        {("single",): 55, ("day", "night"): 37, ("peak", "halfpeak", "night"): 8},
    )


def _size(account: DemoAccount, service: str, dice: Random) -> float:
    """Return how much more or less than usual the account takes."""
    if account.kind == "organisation":
        middle = {"electricity": 4200.0, "heat": 1.0, "hot_water": 14.0, "cold_water": 22.0}
        return near(dice, middle[service], 0.4)
    if account.category == "private" and service == "electricity" and happens(dice, 0.22):
        return near(dice, 2.3, 0.1)
    return near(dice, 1.0, 0.2)
