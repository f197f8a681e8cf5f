"""Months of organisations without readings, through the commands (RULES 1.9, end)."""

from decimal import Decimal

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
PAST = "account;service;zone;period;volume;method\n"
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["tariffs.csv"] = (
        "service;zone;from_quantity;valid_from;rate;vat_included\nel;single;0;2026-01-01;6;no\n"
        "el;day;0;2026-01-01;7;no\nel;night;0;2026-01-01;4;no\ncw;single;0;2026-01-01;50;no\n"
        "ht;single;0;2026-01-01;2000;no\n"
    )
    made.files["past_volumes.csv"] = PAST
    return made


def firm(department, number, service="el", zones="single", past=(), read=True, **terms):
    """Say an organisation with one meter, last read in July; ``past``: month → volume."""
    department.account(number, "organisation")
    department.agreement(number, service, **terms)
    department.meter(number, f"m{number}", service, zones=zones)
    for zone in zones.split("+"):
        if read:
            department.readings(number, f"m{number}", {"2026-07-24": 100}, zone=zone)
    for month, volume in dict(past).items():
        for zone, value in (volume if isinstance(volume, dict) else {"single": volume}).items():
            department.add("past_volumes", f"{number};{service};{zone};{month};{value};meter")


def billed(department, number, month, *names):
    lines = statement(department.code, number, month)["lines"]
    return [tuple(line[name] for name in names) for line in lines]


def bill(department, months=MONTHS):
    """Bill months; returns the messages of each."""
    return {month: department.bill(month)[1] for month in months}


TERMS = {"max_power_kw": "15", "hours_per_day": "8"}


def test_electricity_by_the_last_year_for_two_months_then_by_the_power(department):
    past = {"2025-08": "1200", "2025-09": "1300.5", "2025-10": "9", "2026-07": "700"}
    firm(department, "1", past=past, **TERMS)
    department.send()
    bill(department)
    found = [billed(department, "1", month, "volume", "method", "rule")[0] for month in MONTHS]
    assert found == [
        ("1200", "average", "last_year"),
        ("1301", "average", "last_year"),
        ("3720", "contract", "max_power"),  # 15 × 8 × 31
        ("3600", "contract", "max_power"),
    ]


def test_without_the_last_year_the_last_month_read_stands_in(department):
    firm(department, "1", past={"2026-07": "700", "2026-06": "600"}, **TERMS)
    department.send()
    bill(department)
    found = [billed(department, "1", month, "volume", "rule")[0] for month in MONTHS[:3]]
    assert found == [("700", "previous_month"), ("700", "previous_month"), ("3720", "max_power")]


def test_our_own_bills_are_a_history_too(department):
    firm(department, "1", **TERMS)
    department.readings("1", "m1", {"2026-08-24": 350})
    department.send()
    bill(department)
    found = [billed(department, "1", month, "volume", "rule")[0] for month in MONTHS]
    assert found == [
        ("250", "meter"), ("250", "previous_month"), ("250", "previous_month"),
        ("3600", "max_power"),
    ]  # fmt: skip


def test_zones_follow_the_history(department):
    past = {"2025-08": {"day": 70, "night": 30}, "2026-07": {"day": 2, "night": 1}}
    firm(department, "zones", zones="day+night", past=past, **TERMS)
    department.send()
    bill(department, MONTHS[:3])
    assert billed(department, "zones", "2026-08", "zone", "volume") == [
        ("day", "70"), ("night", "30"),
    ]  # fmt: skip
    # 3720 in the proportion of the last month that was read.
    assert billed(department, "zones", "2026-10", "zone", "volume") == [
        ("day", "2480"), ("night", "1240"),
    ]  # fmt: skip


def test_what_is_not_known_is_named(department):
    firm(department, "history", **TERMS)
    firm(department, "power", past={"2025-08": "1", "2025-09": "1"}, hours_per_day="8")
    firm(department, "hours", past={"2025-08": "1", "2025-09": "1"}, max_power_kw="8")
    department.send()
    said = bill(department, MONTHS[:3])
    assert "Лицевой счёт history" in said["2026-08"]
    assert "past_volumes.csv" in said["2026-08"]
    assert "max_power_kw" in said["2026-10"]
    assert "hours_per_day" in said["2026-10"]
    assert "Лицевой счёт power" not in said["2026-09"]


def test_a_silent_meter_beside_one_that_was_read_is_named(department):
    firm(department, "1", past={"2025-08": "100"}, **TERMS)
    department.meter("1", "other")
    department.readings("1", "other", {"2026-07-24": 0, "2026-08-24": 7})
    department.send()
    assert "m1" in bill(department, MONTHS[:1])["2026-08"]


def test_two_contracts_share_a_history_but_not_their_power(department):
    department.account("1", "organisation")
    for contract, power, read in (("A", "10", {}), ("B", "20", {"2026-10-24": 500})):
        department.agreement("1", contract=contract, max_power_kw=power, hours_per_day="10")
        department.meter("1", contract, contract_number=contract)
        department.readings("1", contract, {"2026-07-24": 0} | read)
    department.send()
    said = bill(department, MONTHS[:3])
    assert "Лицевой счёт 1" in said["2026-08"]
    assert sorted(billed(department, "1", "2026-10", "volume", "method")) == [
        ("3100", "contract"), ("500", "meter"),
    ]  # fmt: skip


def test_without_a_meter_the_contract_is_asked_at_once(department):
    for number, service, terms in (
        ("power", "el", TERMS),
        ("pipe", "cw", {"pipe_mm": "25"}),
    ):
        department.account(number, "organisation")
        department.agreement(number, service, **terms)
    department.send()
    bill(department, MONTHS[:1])
    assert billed(department, "power", "2026-08", "volume", "rule") == [("3720", "max_power")]
    assert billed(department, "pipe", "2026-08", "volume", "rule") == [
        (str(throughput("25", 31)), "pipe")
    ]


def throughput(millimetres, days):
    """1.2 m/s through the pipe, day and night."""
    section = Decimal("3.1415926535897932") * (Decimal(millimetres) / 1000) ** 2 / 4
    return (section * Decimal("1.2") * 86400 * days).quantize(Decimal("0.001"))


def test_water_by_the_average_for_sixty_days_then_by_the_pipe(department):
    past = {f"2025-{month:02}": "10" for month in range(8, 13)}
    past |= {f"2026-{month:02}": "20.5" for month in range(1, 8)} | {"2025-07": "999"}
    firm(department, "1", "cw", past=past, pipe_mm="50")
    department.send()
    bill(department, MONTHS[:3])
    average = Decimal("16.125")  # (5 × 10 + 7 × 20.5) / 12
    assert billed(department, "1", "2026-08", "volume", "method") == [(str(average), "average")]
    # August has 31 of the sixty days, September 29; its last day is the pipe's.
    assert billed(department, "1", "2026-09", "volume", "method", "rule") == [
        ("15.588", "average", "year_average"),
        (str(throughput("50", 1)), "contract", "pipe"),
    ]
    assert billed(department, "1", "2026-10", "volume", "method", "rule") == [
        (str(throughput("50", 31)), "contract", "pipe")
    ]


HEAT = {"q_base": "0.12", "t_in": "20", "t_out_design": "-32"}


def heated(department, number, read=None, meter=True, **terms):
    department.account(number, "organisation")
    department.agreement(number, "ht", **terms)
    if meter:
        department.meter(number, f"m{number}", "ht", frac_digits=3)
        values = {"2026-07-24": 0} | ({"2026-08-24": read} if read else {})
        department.readings(number, f"m{number}", values)


def in_tyumen(department, mean="-4.5", days=31):
    """Put every account into a house there, and say how cold August was."""
    head, *rows = department.files["accounts.csv"].splitlines()
    placed = [f"{head};house", *(f"{row};h1" for row in rows)]
    department.files["accounts.csv"] = "\n".join(placed) + "\n"
    department.files["houses.csv"] = "house;locality\nh1;г. Тюмень\n"
    department.files["temperatures.csv"] = "locality;date;mean_c\n" + "".join(
        f"г. Тюмень;2026-08-{day:02};{mean}\n" for day in range(1, days + 1)
    )


def test_heat_by_the_base_load_and_the_weather(department):
    heated(department, "metered", read="1.234", **HEAT)
    heated(department, "silent", **HEAT)
    heated(department, "bare", meter=False, **HEAT)
    in_tyumen(department)
    department.send()
    assert department.bill("2026-08")[0] == 0
    # 0.12 × (20 + 4.5) / (20 + 32) × 744
    expected = (Decimal("0.12") * Decimal("24.5") / 52 * 744).quantize(Decimal("0.000001"))
    for number in ("silent", "bare"):
        (line,) = statement("check", number, "2026-08", "--explain")["lines"]
        assert (line["volume"], line["method"], line["rule"]) == (
            str(expected), "contract", "heat_base",
        )  # fmt: skip
        assert "808" in line["act"]
        steps = {step["label"]: step["value"] for step in line["steps"]}
        assert steps["Средняя температура на улице"] == "-4.5"
    assert billed(department, "metered", "2026-08", "volume") == [("1.234000",)]


def test_heat_of_a_warm_month_is_nothing(department):
    heated(department, "1", **HEAT)
    in_tyumen(department, mean="21")
    department.send()
    assert department.bill("2026-08")[0] == 0
    assert billed(department, "1", "2026-08", "volume", "amount") == [("0.000000", "0.00")]


def test_heat_needs_every_day_of_the_weather_and_a_place(department):
    heated(department, "1", **HEAT)
    in_tyumen(department, days=30)
    department.send()
    said = department.bill("2026-08")[1]
    assert "г. Тюмень 31.08.2026" in said
    assert "temperatures.csv" in said


def test_a_reading_that_comes_later_settles_what_was_estimated(department):
    firm(department, "1", past={"2025-08": "1200", "2025-09": "1300"}, **TERMS)
    department.send()
    bill(department, MONTHS[:3])
    department.readings("1", "m1", {"2026-11-24": 5000})
    department.send()
    assert department.bill("2026-11")[0] == 0
    total = sum(
        Decimal(line["volume"])
        for month in MONTHS
        for line in statement("check", "1", month)["lines"]
    )
    assert total == 4900


def test_a_silent_sub_consumer_counts_by_its_estimate(department):
    firm(department, "head")
    department.readings("head", "mhead", {"2026-08-24": 1100})
    firm(department, "one", past={"2025-08": "300"})
    text = department.files["meters.csv"].splitlines()
    assert text[-1].startswith("one;el;mone")
    department.files["meters.csv"] = "\n".join(
        [*text[:-1], "one;el;mone;6;0;1;2019-08-20;;;;;head;mhead;;single"]
    ) + "\n"  # fmt: skip
    department.send()
    assert department.bill("2026-08")[0] == 0
    assert billed(department, "one", "2026-08", "volume", "rule") == [("300", "last_year")]
    assert billed(department, "head", "2026-08", "volume") == [("700",)]
