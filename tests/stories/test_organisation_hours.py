"""Price categories 3 to 6 through the commands: hourly volumes and prices, and power."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"
HOURS = [f"2026-08-{day:02} {hour:02}:00" for day in range(1, 32) for hour in range(24)]


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["hourly.csv"] = "account;service;serial;hour;volume\n"
    made.files["hourly_prices.csv"] = "service;category;hour;price\n"
    made.files["power.csv"] = "account;service;period;kw;rate\n"
    return made


def volume(place):
    return Decimal(place % 7) + Decimal("0.125")


def price(place):
    return Decimal("3.10001") + Decimal(place % 24) / 10


def prices(department, category="4", without=()):
    for place, hour in enumerate(HOURS):
        if hour not in without:
            department.add("hourly_prices", f"el;{category};{hour};{price(place)}")


def firm(department, number, category="4", without=(), power="12.5;800.123", **terms):
    department.account(number, "organisation")
    department.agreement(number, category=category, **terms)
    department.meter(number, f"m{number}")
    for place, hour in enumerate(HOURS):
        if hour not in without:
            department.add("hourly", f"{number};el;m{number};{hour};{volume(place)}")
    if power:
        department.add("power", f"{number};el;{MONTH};{power}")


def kopecks(value):
    return Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def gross(net):
    return kopecks(net) + kopecks(kopecks(net) * Decimal("0.22"))


def test_the_cost_is_the_sum_of_hours_and_the_power(department, tmp_path):
    prices(department)
    firm(department, "1")
    firm(department, "losses", losses="2.35")
    department.send()
    code, err = department.bill(MONTH)
    assert code == 0, err
    energy = sum(volume(place) * price(place) for place in range(744))
    used = sum(volume(place) for place in range(744))
    power = Decimal("12.5") * Decimal("800.123")
    lines = statement("check", "1", MONTH, "--explain")["lines"]
    assert [(line["component"], line["rule"], Decimal(line["amount"])) for line in lines] == [
        ("", "hourly", gross(energy)), ("power", "power", gross(power)),
    ]  # fmt: skip
    assert Decimal(lines[0]["volume"]) == used
    assert (lines[1]["volume"], lines[1]["rate"]) == ("12.5", "800.123")
    assert lines[0]["vat"] == str(kopecks(kopecks(energy) * Decimal("0.22")))
    with_losses = statement("check", "losses", MONTH)["lines"][0]
    assert Decimal(with_losses["amount"]) == gross(energy * Decimal("1.0235"))
    assert run("export", str(tmp_path / "out"), "--supplier", "check")[0] == 0
    assert (tmp_path / "out" / "hourly.csv").read_text().count("\n") == 2 * 744 + 1


def test_a_missing_hour_price_or_power_leaves_the_account_out(department):
    prices(department)
    prices(department, "5", without={"2026-08-09 13:00"})
    firm(department, "hour", without={"2026-08-31 23:00"})
    firm(department, "price", category="5")
    firm(department, "power", power="")
    firm(department, "rate", power="10;")
    firm(department, "none", without=set(HOURS))
    firm(department, "fine", power="0;")
    department.send()
    code, err = department.bill(MONTH)
    assert code == 1
    named = {row.split()[2].rstrip(","): row for row in err.splitlines() if row.startswith("Лиц")}
    assert sorted(named) == ["hour", "none", "power", "price", "rate"]
    assert "2026-08-31 23:00" in named["hour"]
    assert "2026-08-09 13:00" in named["price"]
    assert "power.csv" in named["power"]
    assert "power.csv" in named["rate"]
    assert "hourly.csv" in named["none"]
    assert len(statement("check", "fine", MONTH)["lines"]) == 1


def test_power_is_paid_beside_a_plain_tariff_too(department):
    department.account("1", "organisation")
    department.agreement("1", price="5")
    department.meter("1", "m")
    department.readings("1", "m", {"2026-07-24": 0, "2026-08-24": 100})
    department.add("power", f"1;el;{MONTH};2;100")
    department.send()
    assert department.bill(MONTH)[0] == 0
    lines = statement("check", "1", MONTH)["lines"]
    assert [(line["component"], line["amount"]) for line in lines] == [
        ("", "610.00"), ("power", "244.00"),
    ]  # fmt: skip
