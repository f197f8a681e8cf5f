"""Unauthorised consumption by an act, through the commands (RULES 2.2, PP 354 p. 62)."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER, OCTOBER = "2026-08", "2026-09", "2026-10"
HEAD = "account;service;meter_serial;kind;from;to;value;act_number\n"
READ = {"2026-07-24": 100, "2026-08-24": 105, "2026-09-24": 110, "2026-10-24": 115}


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["norms.csv"] += "el;mkd;resident;2026-01-01;100;1.5\n"
    return made


def happened(department, row):
    department.files.setdefault("events.csv", HEAD)
    department.add("events", row)


def bill(department, *wanted):
    for month in wanted:
        code, err = department.bill(month)
        assert code == 0, err


def charged(number, month, *explain):
    return [
        line
        for line in statement("check", number, month, *explain)["lines"]
        if line["rule"] in {"tampering", "correction"}
    ]


def said(number, month):
    return [
        (line["method"], line["volume"], line["multiplier"], line["amount"])
        for line in charged(number, month)
    ]


def test_ten_norms_from_the_day_of_interference_or_three_months(department):
    for number in "123456":
        department.metered(number, READ, service="cw", frac_digits=3)
    department.readings("4", "m4", {"2026-08-31": 106}, channel="control")
    happened(department, "1;cw;m1;tampering;2026-07-01;2026-09-30;;А-1")
    happened(department, "2;cw;;tampering;;2026-09-30;;А-2")
    happened(department, "3;cw;;tampering;2026-07-01;2026-09-30;;")
    happened(department, "4;;m4;tampering;;2026-09-30;;А-4")
    happened(department, "5;cw;;tampering;2026-09-16;2026-09-30;;А-5")
    happened(department, "6;cw;;tampering;2026-09-16;;;А-6")
    department.send()
    bill(department, AUGUST, SEPTEMBER, OCTOBER)
    # Example 24: 14.235 m³ × 10 × 3 months × 48.31.
    example = [("norm", "42.705", "10", "20630.79")]
    assert said("1", SEPTEMBER) == said("2", SEPTEMBER) == example
    # Never without an act, and not before the interference has ended.
    assert said("3", SEPTEMBER) == said("6", SEPTEMBER) == said("6", OCTOBER) == []
    # From the inspection of 31 August: a day of August and September.
    assert said("4", SEPTEMBER) == [("norm", "14.694", "10", "7098.76")]
    assert said("5", SEPTEMBER) == [("norm", "7.118", "10", "3438.46")]
    for number in "12345":
        assert said(number, AUGUST) == said(number, OCTOBER) == []
    steps = charged("1", SEPTEMBER, "--explain")[0]["steps"]
    assert steps[2]["label"] == "Месяцев с 01.07.2026 по 30.09.2026"
    assert run("audit", "--supplier", "check")[0] == 0


def test_the_power_of_what_was_connected(department):
    department.metered("1", READ)
    happened(department, "1;el;;tampering;2026-09-01;2026-09-10;2.5;А-1")
    department.send()
    bill(department, AUGUST, SEPTEMBER)
    # 2.5 kW × 24 h × 10 days = 600 kWh × 6.47.
    assert said("1", SEPTEMBER) == [("norm", "600", "1", "3882.00")]
    assert department.volumes("1", SEPTEMBER)[0] == ("el", "5", "32.35")


def test_an_act_that_came_after_the_bill_corrects_its_month(department):
    department.metered("1", READ, service="cw", frac_digits=3)
    department.send()
    bill(department, AUGUST, SEPTEMBER)
    happened(department, "1;cw;;tampering;2026-07-01;2026-09-30;;А-1")
    department.send()
    bill(department, OCTOBER)
    found = charged("1", OCTOBER)
    assert [(line["amount"], line["corrects"][:7]) for line in found] == [("20630.79", SEPTEMBER)]


def test_only_an_interference_may_not_know_its_beginning(department, tmp_path):
    department.metered("1", READ)
    happened(department, "1;el;;fault;;2026-09-10;;")
    code, _, err = run("import", str(write_bundle(tmp_path / "bad", department.files)))
    assert code == 1
    assert "events.csv" in err
    assert "не указано, когда событие началось" in err
