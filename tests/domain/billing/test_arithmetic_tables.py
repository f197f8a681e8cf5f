"""Every row of the worked tables of docs/arithmetic comes out of the engine as it stands there."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from abonent.common.periods import Period
from abonent.domain.billing.rules.allocation import allocate_advances, no_barred
from abonent.domain.billing.rules.amnesty import forgiven
from abonent.domain.billing.rules.debts import debt_stage
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.billing.rules.losses import FORMULAS, Energy, half_up
from abonent.domain.billing.rules.penalties import KEY, Calendar, counted, in_parts, spans
from abonent.domain.billing.rules.schedules import Payer, sums, terms
from billing_frames import agreement, calculate, house, meter, norm, rate
from billing_frames import sums as lines_of
from fees import HEAT, HOT, away, found, outage, taken, water
from home_frames import benefit, event, in_common
from pages import rows_of, words
from penalty_frames import CAPS, penalties
from penalty_frames import pieces as debt_pieces

D = Decimal
SEP, OCT = "2026-09", "2026-10"


def cases(page, *head):
    rows = rows_of(page, *head)
    return pytest.mark.parametrize("row", rows, ids=lambda row: " ".join(row.values())[:60])


def kopecks(text):
    return int(D(text) * 100)


def shown(volume):
    """A meter from nothing to this volume within October."""
    return [(SEP, "2026-09-24", "0"), (OCT, "2026-10-24", volume)]


@cases("zones", "example", "used")
def test_zones_and_bands(row):
    rates = [
        rate("electricity", price, zone, above=row["above"] if band else "0")
        for zone, *prices in words(row["prices"])
        for band, price in enumerate(prices)
    ]
    meters = [meter("electricity", shown(used), zone) for zone, used in words(row["used"])]
    result = calculate(rates=rates, meters=meters, split=row["split"])
    expected = sorted(
        (zone, D(volume), kopecks(D(volume) * D(price)))
        for zone, volume, _, price in words(row["lines"])
    )
    assert (
        sorted((zone, volume, sum_) for _, _, zone, _, volume, sum_ in lines_of(result)) == expected
    )
    assert sum(result.lines["amount"]) == kopecks(row["sum"])


@cases("hot-water", "example", "V", "n")
def test_hot_water(row):
    metered = row["V"] != "–"
    norms = [norm("hot_water", row["Q"], per="heating_gcal_per_m3")]
    if not metered:
        multiplier = None if row["K"] == "–" else row["K"]
        norms.append(norm("hot_water", row["N"], multiplier=multiplier))
    result = calculate(
        rates=[rate("hot_water", row["T_water"], component="water"),
               rate("hot_water", row["T_heat"], component="heat")],
        norms=norms,
        meters=[meter("hot_water", shown(row["V"]))] if metered else (),
        agreements=[agreement("hot_water", possible=not metered and row["K"] != "–")],
        accounts=[{"residents": 3 if metered else int(row["n"])}],
    )  # fmt: skip
    amounts = {component: amount for _, component, _, _, _, amount in lines_of(result)}
    assert amounts == {"water": kopecks(row["water"]), "heat": kopecks(row["heat"])}
    assert sum(amounts.values()) == kopecks(row["sum"])


@cases("people", "example", "service")
def test_norms(row):
    raised = row["K"] != "–"
    result = calculate(
        rates=[rate(row["service"], row["T"])],
        norms=[norm(row["service"], row["N"], multiplier=row["K"] if raised else "9")],
        agreements=[agreement(row["service"], possible=raised)],
        accounts=[{"residents": int(row["n"])}],
    )
    [(_, _, _, _, volume, amount)] = lines_of(result)
    assert (volume, amount) == (D(row["volume"]), kopecks(row["sum"]))


@cases("heat", "example", "house")
def test_heat(row):
    metered = row["rooms"].split(" of ") if row["rooms"] != "–" else (None, None)
    of = house(
        "6812.5", None if row["V"] == "–" else row["V"], common="890",
        metered_volume=metered[0], metered_area=metered[1],
        has_meter=row["house"] != "H1", scheme=row["scheme"],
    )  # fmt: skip
    own = [] if row["own"] == "–" else [meter("heat", shown(row["own"]))]
    result = calculate(
        rates=[rate("heat", "2350.12")], norms=[norm("heat", "0.0235", per="m2")], houses=[of],
        accounts=[{"area": "54.3", "house_id": 1}], agreements=[agreement("heat")], meters=own,
    )  # fmt: skip
    [(_, _, _, _, volume, amount)] = lines_of(result)
    assert (volume, amount) == (D(row["volume"]), kopecks(row["sum"]))


@cases("common-needs", "example", "V_house")
def test_common_needs(row):
    shared = in_common(
        "electricity", row["V_house"], row["by meter"], row["by norm"], row["non-residential"],
        row["production"],
    )  # fmt: skip
    result = calculate(
        rates=[rate("electricity", "6.47")], norms=[norm("electricity", "0.9", per="common_m2")],
        accounts=[{"area": "54.3", "house_id": 1, "residents": 3}],
        agreements=[agreement("electricity", possible=False)], shared=[shared],
        meters=[meter("electricity", shown("100"))],
    )  # fmt: skip
    share = [(volume, amount) for _, _, _, _, volume, amount in lines_of(result)][-1]
    assert share == (D(row["share"]), kopecks(row["sum"]))


def metered_water(volume):
    values = [("2026-10", "2026-10-24", "0"), ("2026-11", "2026-11-24", volume)]
    return {"meters": [meter("cold_water", values)], "benefits": [benefit("cold_water")]}


TAKEN_OFF = {
    "two of three away for twelve full days of thirty":
        lambda: water([away("2026-11-04", "2026-11-17", 2)]),
    "hot water 51 °C by day for 72 hours": lambda: found(**HOT, events=[
        event("quality_temperature", f"2026-11-{day:02} 05:00", f"2026-11-{day:02} 23:00",
              "hot_water", 51) for day in (10, 11, 12, 13)
    ]),
    "heating 17 °C for 48 hours by day": lambda: found(**HEAT, events=[
        event("quality_temperature", f"2026-11-{day:02} 06:00", f"2026-11-{day:02} 22:00", "heat", 17)
        for day in (10, 11, 12)
    ]),
    "heating stopped for 25 hours at +12 °C and warmer": lambda: found(**HEAT, events=[
        outage("2026-11-10 08:00", "2026-11-11 09:00", "heat", 12)
    ]),
    "one of three has 50 % of 9 m³": lambda: water([], **metered_water("9")),
    "one of three has 50 % of 18 m³": lambda: water([], **metered_water("18")),
}  # fmt: skip


@cases("recalculations", "example", "what")
def test_what_takes_off_a_fee(row):
    lines = TAKEN_OFF[row["what"]]()
    assert lines[0][1] == kopecks(row["fee"])
    assert taken(lines) == [-kopecks(row["taken off"])]


@cases("penalties", "example", "payer")
def test_penalties(row):
    due, to = date.fromisoformat(row["due"]), date.fromisoformat(row["to"])
    assert (to - due).days == int(row["k"])
    debts = [("2026-05", "el", kopecks(row["debt"]), date(2026, 5, 31), due, None)]
    rates = {date(2026, 12, 21): 14}
    for paid, as_of in (([], to), ([(to, kopecks(row["debt"]), "", "", 0)], date(2027, 6, 30))):
        counted, _ = penalties(debts, paid, as_of, row["payer"], key_rates=rates)
        assert sum(counted.values()) == kopecks(row["sum"])


@cases("penalties", "month", "household")
def test_due_days(row):
    month, days = Period.parse(row["month"]), DueDays()
    assert days.household(month) == date.fromisoformat(row["household"])
    for of_class in ("general", "manager"):
        found = days.organisation(Payer(1, of_class), (1, "electricity"), month)
        assert found == date.fromisoformat(row[of_class])


@cases("organisations", "example", "service", "payer")
def test_schedules_of_organisations(row):
    of = terms([], Payer(1, row["payer"]), (1, row["service"]), Period(2026, 9))
    parts = zip(sums(of, kopecks(row["cost"])), of, strict=True)
    expected = [(kopecks(amount), day) for amount, _, day in words(row["payments"])]
    assert [(amount, str(term.pay_by)) for amount, term in parts] == expected


@cases("vat", "example", "volume")
def test_vat(row):
    net = row["included"] == "no"
    result = calculate(
        rates=[rate("electricity", row["price"], vat_included=not net)],
        meters=[meter("electricity", shown(row["volume"]))],
        vat=int(row["rate"]) * 100,
    )
    [line] = result.lines.to_dicts()
    assert (line["vat"], line["amount"]) == (kopecks(row["VAT"]), kopecks(row["gross"]))


SERVICES = {"cw": 1, "ht": 2, "hw": 3}


def debt(month, service, amount):
    part = 2 if amount.endswith("+") else 1
    return 1, SERVICES[service], date(2026, int(month), 1), part, kopecks(amount.rstrip("+!"))


@cases("allocation", "example", "owed")
def test_allocation(row):
    schema = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "part": pl.Int16,
              "amount": pl.Int64}  # fmt: skip
    owed = pl.DataFrame([debt(*one) for one in words(row["owed"])], schema=schema, orient="row")
    barred = pl.DataFrame(
        [debt(*one)[:3] for one in words(row["owed"]) if one[2].endswith("!")],
        schema=no_barred().schema, orient="row",
    )  # fmt: skip
    named = date(2026, int(row["named"]), 1) if row["named"].isdecimal() else None
    money = pl.DataFrame(
        [(1, 0, named, 2 if row["named"] == "+" else 0, kopecks(row["money"]))],
        schema={"account_id": pl.Int64, "for_service": pl.Int64, "for_month": pl.Date,
                "for_part": pl.Int16, "money": pl.Int64}, orient="row",
    )  # fmt: skip
    paid = allocate_advances(owed, money, barred).select(*list(schema)[:4], "paid")
    assert sorted(paid.rows()) == sorted(debt(*one) for one in words(row["paid"]))


@cases("organisations", "kind", "given")
def test_losses(row):
    of = {name: Fraction(value) for name, value in words(row["given"])} | {"hours": int(row["T"])}
    energy = Energy(Fraction(row["W_a"]), Fraction(row["W_r"]), 1)
    lost = FORMULAS[row["kind"]](of, energy)
    assert half_up(lost * 10**6) == int(D(row["lost"]) * 10**6)


def owed(row, paid, as_of):
    """Return the pieces of a household's only debt at a day, as the payments cut it."""
    debt = [("2026-05", "cw", kopecks(row["debt"]), date(2026, 5, 31),
             date.fromisoformat(row["due"]), None)]  # fmt: skip
    money = [
        (date.fromisoformat(on), kopecks(sum_), None, None, 0) for sum_, on in paid if on != "–"
    ]
    return debt_pieces(debt, money, "household", services={}, as_of=as_of)[0]


def capped(pieces, as_of):
    return spans(pieces, Calendar(caps=CAPS, key_rates={}), as_of)


@cases("debts", "debt", "due", "parts")
def test_instalments(row):
    as_of = date.fromisoformat(row["to"])
    pieces = owed(row, words(row["paid"]), as_of)
    parts = pl.DataFrame(
        [(1, pieces["service_id"][0], pieces["month"][0], date.fromisoformat(on), kopecks(sum_))
         for sum_, on in words(row["parts"])],
        schema={**{name: pieces.schema[name] for name in KEY}, "part_due": pl.Date,
                "part_amount": pl.Int64}, orient="row",
    )  # fmt: skip
    sums = counted(capped(in_parts(pieces, parts), as_of))
    assert sums["counted"].to_list() == [kopecks(row["sum"])]


@cases("debts", "debt", "due", "paid on")
def test_amnesties(row):
    until, to = date.fromisoformat(row["pay until"]), date.fromisoformat(row["counted to"])
    pieces = owed(row, [(row["debt"], row["paid on"])], until)
    levied = (
        pieces.select(KEY).unique().with_columns(pl.lit(kopecks(row["levied"])).alias("levied"))
    )
    given = forgiven(
        levied.rename({"levied": "amount"}), pieces, levied, capped(pieces, until), counted_to=to
    )
    assert given["amount"].sum() == kopecks(row["forgiven"])


@cases("debts", "service", "flat")
def test_stages_of_a_debt(row):
    stage = debt_stage(
        service_kind=row["service"],
        is_flat=row["flat"] == "yes",
        limit=None if row["limit"] == "–" else kopecks(row["limit"]),
        delivered_on=None if row["delivered"] == "–" else date.fromisoformat(row["delivered"]),
        today=date.fromisoformat(row["on"]),
    )
    assert stage == row["stage"]
