"""Small worlds for the billing rules: frames from a few words, no database."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.contracts import CONTRACT
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.lines import Inputs, Lines, charge_lines
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.metering.rules.consumption import chain, differences
from abonent.domain.suppliers.rules import Unit
from abonent.domain.tariffs.queries import NORM_ROWS, RATE_ROWS
from home_frames import KINDS, NUMBERS, homes_of, micro, shared_of

PERIOD = Period(2026, 10)


def services(**policy: Any) -> pl.DataFrame:
    defaults = {"electricity": ("by_days", "truncate")}
    rows = [
        {
            "service_id": NUMBERS[code],
            "service_code": code,
            "service_kind": kind,
            "unit": unit,
            "vat_hundredths": policy.get("vat", 2200),
            "tariff_change": policy.get(
                "tariff_change", defaults.get(code, ("by_reading_period",))[0]
            ),
            "split": policy.get("split", "proportional"),
            "fraction_policy": policy.get("fraction_policy", defaults.get(code, ("", "keep"))[1]),
        }
        for code, (kind, unit) in KINDS.items()
    ]
    return pl.DataFrame(rows)


def rate(
    service,
    price,
    zone="single",
    component="",
    category="",
    above="0",
    since="2026-01-01",
    until=None,
    vat_included=True,
    months="",
):
    return {
        "service_id": NUMBERS[service], "component": component, "category": category, "zone": zone,
        "from_quantity": micro(above), "valid_from": date.fromisoformat(since),
        "valid_to": date.fromisoformat(until) if until else None,
        "rate": int(Decimal(price) * 100_000), "vat_included": vat_included, "months": months,
    }  # fmt: skip


def norm(service, volume, per="resident", category="", multiplier=None, since="2026-01-01"):
    return {
        "service_id": NUMBERS[service], "category": category, "per": per,
        "valid_from": date.fromisoformat(since), "valid_to": None, "norm": micro(volume),
        "norm_multiplier": int(Decimal(multiplier) * 1000) if multiplier else None,
    }  # fmt: skip


def meter(
    service,
    readings,
    zone="single",
    initial=None,
    installed=None,
    digits=5,
    ratio="1",
    serial="1",
    account=1,
    contract="",
):
    """``readings``: (month of the reading, day taken, value[, source])."""
    return {
        "service": service, "readings": readings, "zone": zone, "initial": initial,
        "installed": installed, "digits": digits, "ratio": ratio, "serial": serial,
        "account": account, "contract": contract,
    }  # fmt: skip


def calculate(
    *,
    rates=(),
    norms=(),
    meters=(),
    agreements=(),
    accounts=None,
    houses=None,
    residencies=(),
    events=(),
    benefits=(),
    buildings=(),
    heat=None,
    billed_since=None,
    shared=(),
    period=PERIOD,
    splits=(),
    contracts=(),
    **policy,
) -> Lines:
    given = replace(parameters(rates, norms, period, policy), billed_since=billed_since,
        shared=shared_of(shared))  # fmt: skip
    registers, readings = _registers(meters, given)
    points = chain(
        registers, readings, period.first_day, [date.fromisoformat(day) for day in splits]
    )
    intervals = differences(points, registers, period.first_day)
    missing = registers.join(
        points.filter(pl.col("kind") == "close").select("register_id"), on="register_id", how="anti"
    ).select("account_id", "service_id", "serial")
    inputs = Inputs(
        accounts=_accounts(accounts or [{}]),
        agreements=_agreements(agreements),
        intervals=intervals,
        missing=missing,
        houses=_houses(houses or []),
        homes=homes_of(residencies, events, benefits, buildings, heat),
        firms=Firms(contracts=pl.DataFrame(list(contracts), schema=CONTRACT)),
    )
    return charge_lines(inputs, given)


def parameters(rates, norms, period, policy) -> Parameters:
    prices = pl.DataFrame(
        [{"rate_id": number} | row for number, row in enumerate(rates, start=1)], schema=RATE_ROWS
    )
    volumes = pl.DataFrame(
        [{"norm_id": number} | row for number, row in enumerate(norms, start=1)], schema=NORM_ROWS
    )
    return Parameters(period=period, services=services(**policy), rates=prices, norms=volumes)


def _registers(meters, given):
    rows, readings = [], []
    policies = {row["service_id"]: row for row in given.services.to_dicts()}
    for number, one in enumerate(meters, start=1):
        service = policies[NUMBERS[one["service"]]]
        rows.append({
            "register_id": number, "account_id": one["account"], "service_id": service["service_id"],
            "serial": one["serial"], "zone": one["zone"],
            "initial": micro(one["initial"]) if one["initial"] is not None else None,
            "installed_on": date.fromisoformat(one["installed"]) if one["installed"] else None,
            "int_digits": one["digits"], "ratio": int(Decimal(one["ratio"]) * 10_000),
            "service_kind": service["service_kind"], "fraction_policy": service["fraction_policy"],
            "usual": None, "contract": one["contract"],
        })  # fmt: skip
        for month, day, value, *source in one["readings"]:
            readings.append({
                "register_id": number, "period": Period.parse(month).first_day,
                "taken_on": date.fromisoformat(day), "source": source[0] if source else 1,
                "sequence": 0, "value": micro(value),
                "priority": 3 if source and source[0] == 13 else 1,
            })  # fmt: skip
    register_schema = {
        "register_id": pl.Int64, "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
        "zone": pl.String, "initial": pl.Int64, "installed_on": pl.Date, "int_digits": pl.Int64,
        "ratio": pl.Int64, "service_kind": pl.String, "fraction_policy": pl.String, "usual": pl.Int64,
        "contract": pl.String,
    }  # fmt: skip
    reading_schema = {
        "register_id": pl.Int64, "period": pl.Date, "taken_on": pl.Date, "source": pl.Int16,
        "sequence": pl.Int16, "value": pl.Int64, "priority": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=register_schema), pl.DataFrame(readings, schema=reading_schema)


def _accounts(rows):
    schema = {
        "account_id": pl.Int64, "number": pl.String, "kind": pl.String, "category": pl.String,
        "residents": pl.Int64, "owners": pl.Int64, "area": pl.Int64, "house_id": pl.Int64,
    }  # fmt: skip
    filled = [
        {"account_id": place, "number": str(place), "kind": "household", "category": "",
         "residents": None, "owners": None, "area": None, "house_id": None}
        | {key: (int(Decimal(value) * 10_000) if key == "area" else value) for key, value in row.items()}
        for place, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return pl.DataFrame(filled, schema=schema)


def agreement(service, account=1, category="", zones="", possible=None, heating=""):
    return {
        "account_id": account, "service_id": NUMBERS[service], "tariff_category": category,
        "zones": zones, "meter_possible": possible, "heating": heating,
    }  # fmt: skip


def contract(
    service,
    number="",
    account=1,
    category="",
    price=None,
    losses="0",
    zones="",
    since=None,
    until=None,
    place=1,
):
    """One row of agreements.csv with the terms of a contract; ``losses`` in percent, signed."""
    return {
        "agreement_id": place, "account_id": account, "service_id": NUMBERS[service],
        "contract": number, "valid_from": date.fromisoformat(since) if since else None,
        "valid_to": date.fromisoformat(until) if until else None, "tariff_category": category,
        "zones": zones, "price": int(Decimal(price) * 100_000) if price else None,
        "losses": int(Decimal(losses) * 10_000), "side": -1 if losses.startswith("-") else 1,
    }  # fmt: skip


def _agreements(rows):
    schema = {
        "account_id": pl.Int64, "service_id": pl.Int64, "tariff_category": pl.String,
        "zones": pl.String, "meter_possible": pl.Boolean, "heating": pl.String,
    }  # fmt: skip
    return pl.DataFrame(list(rows), schema=schema)


def house(
    total,
    volume=None,
    common=None,
    excluded="0",
    metered_volume=None,
    metered_area=None,
    has_meter=True,
    scheme="season",
    months="10-05",
    number=1,
    state="ok",
    locality="Тюмень",
    cold=None,
):
    def area(value):
        return None if value is None else int(Decimal(value) * 10_000)

    return {
        "house_id": number, "total": area(total), "common": area(common),
        "excluded": area(excluded), "has_meter": has_meter, "scheme": scheme,
        "heating_months": months, "service_id": NUMBERS["heat"],
        "volume": None if volume is None else micro(volume),
        "metered_volume": None if metered_volume is None else micro(metered_volume),
        "metered_area": area(metered_area), "state": state, "locality": locality,
        "cold_region": cold,
    }  # fmt: skip


def _houses(rows):
    schema = {
        "house_id": pl.Int64, "total": pl.Int64, "common": pl.Int64, "excluded": pl.Int64,
        "has_meter": pl.Boolean, "scheme": pl.String, "heating_months": pl.String,
        "service_id": pl.Int64, "volume": pl.Int64, "metered_volume": pl.Int64,
        "metered_area": pl.Int64, "state": pl.String, "locality": pl.String,
        "cold_region": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def sums(lines: Lines) -> list[tuple]:
    """Return (service, component, zone, band, volume, kopecks) of each line."""
    codes = {number: code for code, number in NUMBERS.items()}
    return [
        (codes[row["service_id"]], row["component"], row["zone"], row["band"],
         Decimal(row["volume"]).scaleb(-6).normalize(), row["amount"])
        for row in lines.lines.to_dicts()
    ]  # fmt: skip


def amounts(lines: Lines) -> list[int]:
    return lines.lines["amount"].to_list()


def problems(lines: Lines) -> list[tuple]:
    return [(row["problem"], row["parameter"]) for row in lines.problems.to_dicts()]


def line_views(lines: Lines) -> list[LineView]:
    """Return the lines as the statement would show them."""
    kinds = {NUMBERS[code]: (code, kind) for code, (kind, _) in KINDS.items()}
    return [
        LineView(
            line=place, service=kinds[row["service_id"]][0],
            service_name=kinds[row["service_id"]][0], service_kind=kinds[row["service_id"]][1],
            component=row["component"], zone=row["zone"], band=row["band"], method=row["method"],
            unit=Unit(row["unit"]), volume=row["volume"], rate=row["rate"],
            multiplier=row["multiplier"], amount=row["amount"], vat=row["vat"], corrects=None,
            rule=row["rule"], basis=row["basis"],
        )
        for place, row in enumerate(lines.lines.to_dicts(), start=1)
    ]  # fmt: skip


def followed(why) -> Decimal:
    """Follow the steps with a pocket calculator of ten decimals; returns the last total.

    A row without a sign begins anew, a total must be what the calculator shows.
    """
    shown = None
    for step in why.steps:
        value = step.value
        if step.total:
            places = -min(value.as_tuple().exponent, 0)
            unit = Decimal(1).scaleb(-places)
            # A number that never ends is written with fewer decimals than it has.
            near = places > 6 and abs(shown - value) < Decimal("0.000001")
            assert near or shown.quantize(unit, ROUND_HALF_UP) == value, (step, shown)
            shown = value
        elif not step.sign:
            shown = value
        elif step.unit == "%":
            factor = value / 100
            shown = {"×": shown * factor, "+": shown + shown * factor,
                     "−": shown - shown * factor}[step.sign]  # fmt: skip
        else:
            shown = {"+": shown + value, "−": shown - value, "×": shown * value,
                     "÷": shown / value if value else None}[step.sign]  # fmt: skip
    return shown
