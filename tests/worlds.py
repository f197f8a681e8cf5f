"""Invented worlds: accounts with metered months, some read late or never, from a seed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from naive_months import Scale, Seen, Supply, first, number

D = Decimal
START, MONTHS, HISTORY = number(date(2026, 5, 1)), 8, 8
CHANGES = [date(2025, 1, 1), date(2026, 7, 1), date(2026, 10, 1)]


@dataclass
class Home:
    account: str
    category: str
    supplies: dict[str, Supply]
    serials: dict[str, str]
    payments: dict[int, Decimal]


def tariffs(chance: random.Random) -> dict[str, list[tuple]]:
    """Prices of three categories of electricity and of water: since, zone, above, rate."""

    def price() -> Decimal:
        return D(chance.randint(101, 1499)) / 100

    return {
        "flat": [(day, "single", D(0), price()) for day in CHANGES],
        "band": [(day, "single", D(above), price()) for day in CHANGES for above in (0, 150, 400)],
        "zone": [
            (day, zone, D(above), price())
            for day in CHANGES
            for zone in ("single", "day", "night")
            for above in (0, 200)
        ],
        "cw": [(day, "single", D(0), price() * 7) for day in CHANGES],
    }


def _days(chance: random.Random, month: int) -> list[date]:
    """The days on which a home reads its meter for a month."""
    luck = chance.random()
    if luck < 0.25:
        return []
    day = first(month).replace(day=chance.randint(15, 25))
    if luck > 0.93:
        return [first(month).replace(day=chance.randint(3, 14)), day]
    if luck > 0.87:
        return [first(month) - timedelta(days=chance.randint(1, 3))]
    return [day]


def _scale(chance: random.Random, zone: str, kind: str, days: list[tuple]) -> Scale:
    fraction = 1 if kind == "el" else 3
    digits = 5
    value = D(chance.randint(0, 90_000 * 10**fraction)) / 10**fraction
    if chance.random() < 0.15:
        value = D(99_800) + D(chance.randint(0, 190)) if kind == "el" else D(99_980)
    usual = chance.randint(30, 260) if kind == "el" else chance.randint(2, 9)
    scale, before = Scale(zone, digits), days[0][0] if days else None
    for day, channel, known in days:
        passed = D((day - before).days)
        grown = passed / 30 * usual * D(chance.randint(50, 150)) / 100
        value = (value + grown.quantize(D(10) ** -fraction)) % 10**digits
        scale.readings.append(Seen(day, value, channel, known))
        before = day
    return scale


def _supply(chance: random.Random, kind: str, category: str, prices: dict, policy: str) -> Supply:
    since = START - chance.choice([0, 1, 2, 4, 7, 7, 7, 8])
    seen: list[tuple[date, str, int]] = []
    for month in range(since, START + MONTHS):
        # Nothing came of this month in time; some of it comes with a later one.
        known = month if chance.random() > 0.15 else month + chance.randint(1, 3)
        known = known if month >= START else min(known, START)
        taken = _days(chance, month)
        if month == START - 1:  # the base of the first bill
            taken = [first(month).replace(day=20)]
        seen += [(day, "file", known) for day in taken]
        if month >= START and chance.random() < 0.04:
            seen.append((first(month).replace(day=chance.randint(2, 28)), "control", month))
    ordered = sorted({one[0]: one for one in seen}.values())
    zones = ("day", "night") if category == "zone" else ("single",)
    return Supply(
        kind=kind, by_days=kind == "el", whole=kind == "el", prices=prices[category],
        norm=D("90") if kind == "el" else D("4.745"), people=chance.randint(1, 5),
        scales=[_scale(chance, zone, kind, ordered) for zone in zones], policy=policy,
    )  # fmt: skip


def _payments(chance: random.Random) -> dict[int, Decimal]:
    return {
        month: D(chance.randint(100, 200_000)) / 100
        for month in range(START, START + MONTHS)
        if chance.random() < 0.7
    }


def homes(seed: int, count: int, policy: str) -> list[Home]:
    chance = random.Random(seed)
    prices = tariffs(chance)
    made = []
    for at in range(count):
        category = chance.choice(["flat", "band", "zone"])
        electricity = _supply(chance, "el", category, prices, policy)
        water = _supply(chance, "cw", "cw", prices, policy)
        water.people = electricity.people
        name = f"{at:04}"
        made.append(Home(name, category, {"el": electricity, "cw": water},
                         {"el": f"E{at}", "cw": f"W{at}"}, _payments(chance)))  # fmt: skip
    return made


def first_files(world: list[Home], code: str, policy: str) -> dict[str, str]:
    """The bundle before the first month: all that does not change."""
    files = {
        "supplier.toml": f'code = "{code}"\nname = "АО «Мир»"\ninn = "7204000019"\n'
        f'start_period = "{first(START):%Y-%m}"\n[policy]\n'
        + (f'late_reading_recalc = "{policy}"\n' if policy else "")
        + '[policy.el]\ntariff_change = "by_days"\n[policy.cw]\ntariff_change = "by_reading_period"\n',
        "services.csv": "service;kind;name;unit;vat_percent\n"
        "el;electricity;Электроэнергия;kwh;22\ncw;cold_water;Холодная вода;m3;22\n",
        "norms.csv": "service;category;per;valid_from;volume;multiplier\n"
        "el;;resident;2020-01-01;90;1.5\ncw;;resident;2020-01-01;4,745;3\n",
    }
    rows = ["service;category;zone;from_quantity;valid_from;rate;vat_included"]
    seen = set()
    for home in world:
        for kind, supply in home.supplies.items():
            category = home.category if kind == "el" else ""
            for since, zone, above, rate in supply.prices:
                row = f"{kind};{category};{zone};{above};{since};{rate};yes"
                rows += [row] if row not in seen else []
                seen.add(row)
    files["tariffs.csv"] = "\n".join(rows) + "\n"
    accounts = ["account;kind;residents;opened_on"]
    agreements = ["account;service;valid_from;tariff_category;zones;meter_possible"]
    meters = ["account;service;serial;zones;int_digits;frac_digits"]
    for home in world:
        accounts.append(f"{home.account};household;{home.supplies['el'].people};2015-01-01")
        for kind, supply in home.supplies.items():
            zones = "day+night" if len(supply.scales) == 2 else "single"
            category = home.category if kind == "el" else ""
            agreements.append(f"{home.account};{kind};2015-01-01;{category};{zones};yes")
            fraction = 1 if kind == "el" else 3
            meters.append(f"{home.account};{kind};{home.serials[kind]};{zones};5;{fraction}")
    files["accounts.csv"] = "\n".join(accounts) + "\n"
    files["agreements.csv"] = "\n".join(agreements) + "\n"
    files["meters.csv"] = "\n".join(meters) + "\n"
    return files


def readings_of(world: list[Home], known: list[int]) -> str:
    """The readings that come to be known before these months are billed."""
    rows = ["account;meter_serial;zone;reading_date;channel;reading"]
    for home in world:
        for kind, supply in home.supplies.items():
            for scale in supply.scales:
                rows += [
                    f"{home.account};{home.serials[kind]};{scale.zone};{one.day};{one.channel};{one.value}"
                    for one in scale.readings
                    if one.known in known
                ]
    return "\n".join(rows) + "\n"


def supplier_only(files: dict[str, str]) -> dict[str, str]:
    return {"supplier.toml": files["supplier.toml"]}


def payments_of(world: list[Home], month: int) -> str:
    """What was paid within a month."""
    rows = ["channel;external_id;account;paid_on;amount;kind"]
    rows += [
        f"bank;{home.account}-{month};{home.account};{first(month).replace(day=12)};"
        f"{home.payments[month]};payment"
        for home in world
        if month in home.payments
    ]
    return "\n".join(rows) + "\n"
