"""A year of a house that pays evenly, and a winter without its meter, through the commands."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from bundles import write_bundle
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
SEASON = [1, 2, 3, 4, 5, 10, 11, 12]
TOML = 'code = "warm"\nname = "АО «Тепло»"\ninn = "7204000019"\nstart_period = "{start}"\n'
HOUSES = "house;locality;area_total;has_heat_meter;heating_scheme;heating_months"
FILES = {
    "services.csv": "service;kind;name;unit;vat_percent\nht;heat;Отопление;gcal;22\n",
    "tariffs.csv": "service;valid_from;rate\nht;2024-01-01;2350.12\nht;2026-10-01;2600.00\n",
    "norms.csv": "service;per;valid_from;volume\nht;m2;2024-01-01;0.0235\n",
    "accounts.csv": "account;kind;house;area;residents\n1;household;h1;54.3;2\n",
    "rates.csv": "kind;valid_from;value\nkey_rate;2026-01-01;14\n",
    "agreements.csv": "account;service;meter_possible\n1;ht;no\n",
}


def load(tmp_path, name, files):
    code, _, err = run("import", str(write_bundle(tmp_path / name, files)))
    assert code == 0, err


def bill(period):
    code, _, err = run("bill", "--supplier", "warm", "--period", period, "--publish")
    assert code == 0, err
    lines = statement("warm", "1", period, "--explain")["lines"]
    assert all(line["steps"] for line in lines)
    return [(line["rule"], line["method"], line["amount"]) for line in lines]


def roubles(value):
    return D(value).quantize(D("0.01"), ROUND_HALF_UP)


def test_a_year_paid_evenly_and_its_correction(tmp_path):
    houses = HOUSES + "\nh1;г. Тюмень;6812.5;yes;year;10-05\n"
    volumes = "house;service;period;volume\n" + "".join(
        f"h1;ht;2025-{month:02d};279.6\n" for month in SEASON
    )
    load(tmp_path, "b", FILES | {
        "supplier.toml": TOML.format(start="2026-01"), "houses.csv": houses,
        "house_volumes.csv": volumes,
    })  # fmt: skip
    paid = D(0)
    for month in range(1, 13):
        rate = D("2350.12") if month < 10 else D(2600)
        twelfth = roubles(D("54.3") * D("186.4") / D("6812.5") * rate)
        assert bill(f"2026-{month:02d}") == [("heat_h2_year", "house", str(twelfth))]
        paid += twelfth
    more = "house;service;period;volume\n" + "".join(
        f"h1;ht;2026-{month:02d};300\n" for month in SEASON
    )
    load(
        tmp_path, "more", {"supplier.toml": TOML.format(start="2026-01"), "house_volumes.csv": more}
    )
    share = D("54.3") / D("6812.5")
    spring, autumn = roubles(share * 1500 * D("2350.12")), roubles(share * 900 * 2600)
    january = bill("2027-01")
    assert january[0] == ("heat_h2_year", "house", str(roubles(share * 200 * 2600)))
    assert [rule for rule, _, _ in january[1:]] == ["heat_year", "heat_year"]
    assert {method for _, method, _ in january[1:]} == {"correction"}
    assert sum(D(amount) for _, _, amount in january[1:]) == spring + autumn - paid
    assert [rule for rule, _, _ in bill("2027-02")] == ["heat_h2_year"]


def test_a_winter_without_the_meter(tmp_path):
    houses = f"{HOUSES};cold_region\nh1;г. Тюмень;6812.5;yes;season;10-05;yes\n"
    volumes = "house;service;period;volume;state\n" + "".join(
        f"h1;ht;2026-0{month};200;ok\n" for month in (1, 2, 3)
    ) + "h1;ht;2026-10;;failed\n"  # fmt: skip
    days = [f"2026-{month:02d}-{day:02d}" for month in (1, 2, 3, 10) for day in (1, 15)]
    heat = "locality;date;mean_c\n" + "".join(
        f"г. Тюмень;{day};{'-10' if day[5:7] != '10' else '2.5'}\n" for day in days
    )
    load(tmp_path, "b", FILES | {
        "supplier.toml": TOML.format(start="2026-10"), "houses.csv": houses,
        "house_volumes.csv": volumes, "temperatures.csv": heat,
    })  # fmt: skip
    volume = (D(600) / 90 * 31 * D("17.5") / 30).quantize(D("0.000001"), ROUND_HALF_UP)
    amount = roubles(D("54.3") * volume / D("6812.5") * 2600)
    assert bill("2026-10") == [("heat_h2", "house", str(amount))]
