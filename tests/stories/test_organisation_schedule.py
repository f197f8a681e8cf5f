"""By which days an organisation pays which part of a month, through the commands (RULES 1.9)."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-09"
HEAD = "account;organisation_class;service;part;valid_from;percent;day;month_offset;valid_to\n"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["tariffs.csv"] = (
        "service;from_quantity;valid_from;rate;vat_included\nel;0;2026-01-01;6.47;no\n"
        "ht;0;2026-01-01;2000;no\ncw;0;2026-01-01;50;no\n"
    )
    return made


def firm(department, number, service="el", used=100, of_class="general", **terms):
    department.account(number, "organisation", of_class=of_class)
    department.agreement(number, service, **terms)
    department.meter(number, f"m{number}", service)
    department.readings(number, f"m{number}", {"2026-08-24": 0, "2026-09-24": used})


def schedule(department, number):
    found = statement(department.code, number, MONTH)
    return [(one["percent"], one["amount"], one["due_on"]) for one in found.get("schedule", [])]


def billed(department):
    department.send()
    for month in ("2026-08", MONTH):
        department.bill(month)


def test_example_17(department):
    # 2 729 kWh of example 15 are 24 920.81 with VAT.
    firm(department, "1", used=2729, price="7.48512")
    billed(department)
    assert statement("check", "1", MONTH)["charged"] == "24920.81"
    assert schedule(department, "1") == [
        ("30", "7476.24", "2026-09-10"),
        ("40", "9968.32", "2026-09-25"),
        (None, "7476.25", "2026-10-19"),  # the 18th is a Sunday
    ]


def test_what_the_law_says_of_other_services_and_payers(department):
    firm(department, "manager", of_class="manager")
    firm(department, "heat", "ht")
    firm(department, "water", "cw")
    department.metered("home", {"2026-08-24": 0, "2026-09-24": 100})
    billed(department)
    assert schedule(department, "manager") == [(None, "789.34", "2026-10-15")]
    assert schedule(department, "heat") == [
        ("35", "85400.00", "2026-09-18"),
        ("50", "122000.00", "2026-09-30"),
        (None, "36600.00", "2026-10-12"),  # the 10th is a Saturday
    ]
    assert schedule(department, "water") == [(None, "6100.00", "2026-10-12")]
    assert "schedule" not in statement("check", "home", MONTH)


def test_rows_of_the_account_win_over_those_of_its_class(department):
    department.files["schedules.csv"] = HEAD + (
        ";general;;a;2026-01-01;50;15;0;\n"
        ";general;;b;2026-01-01;;5;1;\n"
        "own;;el;1;2026-01-01;20;10;0;2026-08-31\n"
        "own;;el;1;2026-09-01;25;31;-1;\n"
        "own;;el;2;2026-01-01;;20;2;\n"
        "own;;cw;1;2026-01-01;;1;1;\n"
        ";general;ht;1;2026-01-01;;3;1;\n"
    )
    for number in ("own", "class"):
        firm(department, number)
    firm(department, "heat", "ht")
    billed(department)
    assert schedule(department, "own") == [
        ("25", "197.34", "2026-08-31"),
        (None, "592.00", "2026-11-20"),
    ]
    assert schedule(department, "class") == [
        ("50", "394.67", "2026-09-15"),
        (None, "394.67", "2026-10-05"),
    ]
    assert schedule(department, "heat") == [(None, "244000.00", "2026-10-05")]


def test_percents_without_a_rest_add_up_by_the_last_of_them(department):
    department.files["schedules.csv"] = HEAD + (
        ";general;el;1;2026-01-01;33;10;0;\n;general;el;2;2026-01-01;33;20;0;\n"
        ";general;el;3;2026-01-01;34;10;1;\n"
    )
    firm(department, "1", used=7)
    billed(department)
    amounts = [amount for _, amount, _ in schedule(department, "1")]
    assert amounts == ["18.23", "18.23", "18.79"]
    assert statement("check", "1", MONTH)["charged"] == "55.25"


def test_the_bill_and_the_penalty_keep_to_the_schedule_and_the_calendar(department):
    department.files["supplier.toml"] += (
        '[policy]\nproduction_calendar = "2026-10-05, -2026-10-15 +2026-10-25"\n'
    )
    department.files["schedules.csv"] = HEAD + (
        "own;;el;1;2026-01-01;50;5;1;\nown;;el;2;2026-01-01;;25;1;\n"
        "within;;el;1;2026-01-01;60;10;0;\nwithin;;el;2;2026-01-01;;18;1;\n"
    )
    for number in ("own", "within", "law"):
        firm(department, number)
    department.metered("home", {"2026-08-24": 0, "2026-09-24": 100})
    billed(department)
    due = {number: statement("check", number, MONTH)["due_by"] for number in ("own", "home", "law")}
    # The 5th and the 15th are off here, Sunday the 25th works; the 18th is a Sunday.
    assert due == {"own": "2026-10-25", "home": "2026-10-16", "law": "2026-10-19"}
    department.bill("2026-10")

    def days(number):
        (levied,) = statement("check", number, "2026-10", "--explain")["penalties"]
        return levied["amount"], [
            (one["due"], one["from"], one["days"], one["base"]) for one in levied["days"]
        ]

    # 789.34 of September: 394.67 × (25 + 6) days × 9.5 % / 130.
    assert days("own") == ("8.94", [
        ("2026-10-06", "2026-10-07", 25, "394.67"), ("2026-10-25", "2026-10-26", 6, "394.67"),
    ])  # fmt: skip
    # Within the month there was a plan and no debt: 473.60 are late from its end.
    assert days("within") == ("13.50", [
        ("2026-09-30", "2026-10-01", 31, "473.60"), ("2026-10-19", "2026-10-20", 12, "315.74"),
    ])  # fmt: skip
    # The law's parts within the month cost nothing: all of it counts from the last day.
    assert days("law") == ("6.92", [("2026-10-19", "2026-10-20", 12, "789.34")])


def test_a_calendar_that_cannot_be_read_is_refused(department, tmp_path):
    department.files["supplier.toml"] += '[policy]\nproduction_calendar = "5 октября"\n'
    firm(department, "1")
    code, _, err = run("import", str(write_bundle(tmp_path / "wrong", department.files)))
    assert code == 1
    assert "supplier.toml, столбец policy.production_calendar" in err
    assert "+2026-12-26" in err
