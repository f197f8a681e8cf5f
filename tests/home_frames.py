"""Rows of what happens at homes, for the small worlds of ``billing_frames``."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.benefits import BENEFITS
from abonent.domain.billing.rules.common_needs import SHARED
from abonent.domain.billing.rules.events import EVENTS
from abonent.domain.billing.rules.homes import BUILDINGS, Homes
from abonent.domain.billing.rules.house_heat import CHARGED, HISTORY, MEANS, OWN, HeatHistory
from abonent.domain.billing.rules.people import RESIDENCIES

KINDS = {
    "electricity": ("electricity", "kwh"),
    "cold_water": ("cold_water", "m3"),
    "hot_water": ("hot_water", "m3"),
    "heat": ("heat", "gcal"),
}
NUMBERS = {code: number for number, code in enumerate(KINDS, start=1)}


def micro(value: str | Decimal | int) -> int:
    return int(Decimal(value) * 1_000_000)


def living(since, residents=None, temporary=None, until=None, account=1):
    """One row of residents.csv."""
    return {
        "account_id": account, "valid_from": date.fromisoformat(since),
        "valid_to": date.fromisoformat(until) if until else None,
        "residents": residents, "temporary": temporary,
    }  # fmt: skip


def _residencies(rows):
    return pl.DataFrame(list(rows), schema=RESIDENCIES)


def event(kind, since, until=None, service=None, value=None, value2=None, claimed=None, account=1):
    """One row of events.csv; a bare last day lasts to its midnight."""

    def moment(text):
        return datetime.fromisoformat(text)

    end = None
    if until:
        end = moment(until) + (timedelta(days=1) if len(until) == 10 else timedelta())
    return {
        "event_id": 1, "account_id": account, "service_id": NUMBERS.get(service),
        "meter_id": None, "kind": kind,
        "value": Decimal(value) if value is not None else None,
        "value2": Decimal(value2) if value2 is not None else None,
        "act_number": "",
        "claimed_on": date.fromisoformat(claimed) if claimed else None,
        "from_at": moment(since), "to_at": end, "from_on": moment(since).date(),
        "to_on": moment(until).date() if until else None,
    }  # fmt: skip


def _events(rows):
    return pl.DataFrame(list(rows), schema=EVENTS)


def benefit(service, persons=1, percent=50, since="2026-01-01", until=None, funded="in_kind"):
    """One row of benefits.csv of the first account."""
    return {
        "account_id": 1, "service_id": NUMBERS[service], "valid_from": date.fromisoformat(since),
        "valid_to": date.fromisoformat(until) if until else None, "persons": persons,
        "percent": percent if percent is None else int(Decimal(percent) * 10_000),
        "funded": funded,
    }  # fmt: skip


def _benefits(rows):
    return pl.DataFrame(list(rows), schema=BENEFITS)


def building(cold=None, dead_end=None, sources=None, number=1):
    """What houses.csv says of a house besides its areas."""
    return {"house_id": number, "cold_region": cold, "dead_end": dead_end, "power_sources": sources}


def _buildings(rows):
    return pl.DataFrame(list(rows), schema=BUILDINGS)


def counted(month, volume=None, metered_volume=None, metered_area=None, state="ok"):
    """One row of house_volumes.csv of the first house's heat."""
    return {
        "house_id": 1, "service_id": NUMBERS["heat"], "period": Period.parse(month).first_day,
        "volume": None if volume is None else micro(volume),
        "metered_volume": None if metered_volume is None else micro(metered_volume),
        "metered_area": None if metered_area is None else int(Decimal(metered_area) * 10_000),
        "state": state,
    }  # fmt: skip


def heat_history(volumes=(), means=(), own=(), charged=(), again=False):
    """``means``: (month, °C); ``own``: (month, Gcal); ``charged``: (month, rule, Gcal, kopecks)."""
    heat = NUMBERS["heat"]
    return HeatHistory(
        volumes=pl.DataFrame(list(volumes), schema=HISTORY),
        means=pl.DataFrame(
            [("Тюмень", Period.parse(month).first_day, int(Decimal(mean) * 100)) for month, mean in means],
            schema=MEANS, orient="row",
        ),
        own=pl.DataFrame(
            [(1, heat, Period.parse(month).first_day, micro(volume)) for month, volume in own],
            schema=OWN, orient="row",
        ),
        charged=pl.DataFrame(
            [(1, heat, Period.parse(month).first_day, rule, micro(volume), amount)
             for month, rule, volume, amount in charged],
            schema=CHARGED, orient="row",
        ),
        again=again,
    )  # fmt: skip


def homes_of(residencies, events, benefits, buildings, heat) -> Homes:
    return Homes(
        _residencies(residencies), _events(events), _benefits(benefits), _buildings(buildings),
        heat or HeatHistory(),
    )  # fmt: skip


def in_common(
    service,
    house,
    metered="0",
    unmetered="0",
    nonresidential="0",
    production="0",
    people=0,
    total="6812.5",
    common="890",
    lacks=None,
):
    """What the first house used of a service, and its rooms."""

    def area(value):
        return None if value is None else int(Decimal(value) * 10_000)

    return {
        "house_id": 1, "service_id": NUMBERS[service],
        "house": None if house is None else micro(house), "metered": micro(metered),
        "unmetered": micro(unmetered), "nonresidential": micro(nonresidential),
        "production": micro(production), "people": people, "total": area(total),
        "common": area(common), "lacks": lacks,
    }  # fmt: skip


def shared_of(rows):
    return pl.DataFrame(list(rows), schema=SHARED)
