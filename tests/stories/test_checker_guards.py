"""What is not computed yet is left out by name; it is never billed silently wrong."""

import pytest

from checker_bundle import Department

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"
READ = {"2026-07-24": 0, "2026-08-24": 100}


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def left_out(department):
    """Bill the month; returns number → message of the accounts that were left out."""
    code, err = department.bill(MONTH)
    rows = [line.partition(": ") for line in err.splitlines() if line.startswith("Лицевой счёт")]
    assert code == (1 if rows else 0)
    return {row[0].split()[2].rstrip(","): row[2] for row in rows}


def test_a_meter_that_names_no_contract_where_two_differ(department):
    department.account("two", "organisation")
    department.agreement("two", contract="A")
    department.agreement("two", category="other", contract="B")
    department.meter("two", "mtwo")
    department.readings("two", "mtwo", READ)
    department.send()
    found = left_out(department)
    assert list(found) == ["two"]
    assert "mtwo" in found["two"]
    assert "contract_number" in found["two"]


def test_a_service_without_a_meter_under_two_unlike_contracts(department):
    department.account("two")
    for contract, category in (("A", "one"), ("B", "other")):
        department.agreement("two", "cw", contract=contract, category=category)
    department.send()
    assert "разными категориями" in left_out(department)["two"]


def test_a_contract_that_follows_another_is_no_second_one(department):
    department.metered("1", READ, "old")
    department.files["agreements.csv"] += "1;el;;2026-08-01;;new;no;;;;;;;;;;\n"
    department.send()
    assert left_out(department) == {}


def test_nobody_owes_a_reading_once_the_agreement_is_over(department):
    for number, day in (("over", "2026-07-31"), ("within", "2026-08-10")):
        department.account(number)
        department.agreement(number, to=day)
        department.meter(number, f"m{number}")
        department.readings(number, f"m{number}", {"2026-07-24": 0})
    department.send()
    # In the month of its end the last reading is still owed.
    assert list(left_out(department)) == ["within"]
    assert department.volumes("over", MONTH) == []


def test_days_without_a_meter(department):
    final = {"removed_on": "2026-08-10", "final": "60"}
    for number in ("gap", "same-day", "no-other", "closed"):
        department.account(number, closed="2026-08-15" if number == "closed" else "")
        department.agreement(number)
        department.meter(number, f"m{number}", **final)
        department.readings(number, f"m{number}", {"2026-07-24": 0})
    for number, day in (("gap", "2026-08-15"), ("same-day", "2026-08-10")):
        department.meter(number, f"n{number}", installed_on=day, initial=0)
        department.readings(number, f"n{number}", {"2026-08-24": 40})
    department.send()
    found = left_out(department)
    assert sorted(found) == ["gap", "no-other"]
    assert department.volumes("same-day", MONTH) == [("el", "100", "647.00")]
    assert department.volumes("closed", MONTH) == [("el", "60", "388.20")]


def test_rows_of_files_that_nobody_computes_with(department):
    for number in ("inspected",):
        department.metered(number, READ)
    for number in ("house", "neighbour"):
        department.account(number)
        department.agreement(number, "cw")
    department.files["accounts.csv"] = department.files["accounts.csv"].replace(
        "opened_on;", "opened_on;house;"
    )
    accounts = [
        line.replace(
            "2015-03-01;", "2015-03-01;h1;" if line.startswith("house") else "2015-03-01;;"
        )
        for line in department.files["accounts.csv"].splitlines()
    ]
    department.files["accounts.csv"] = "\n".join(accounts) + "\n"
    department.files |= {
        "houses.csv": "house;locality\nh1;г. Тюмень\n",
        "events.csv": "account;house;service;meter_serial;kind;from;to\n"
        "inspected;;el;minspected;inspected;2026-08-30;\n"
        # A temperature of which water?
        ";h1;cw;;quality_temperature;2026-08-01 10:00;2026-08-01 22:00\n",
    }
    department.send()
    found = left_out(department)
    assert {number: text.split()[1] for number, text in found.items()} == {
        "house": "events.csv",
    }  # fmt: skip
