"""Prices in force, whole kilowatt-hours and due days, as a billing department counts them."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-10"
READ = {"2026-09-30": 0, "2026-10-24": 1450}


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["supplier.toml"] = made.files["supplier.toml"].replace("2026-08", MONTH)
    return made


def rows(department, number):
    found = statement("check", number, MONTH)["lines"]
    return [(line["band"], line["volume"], line["rate"]) for line in found]


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        # The price of the upper band changes alone.
        (["0;2026-01-01;3", "1200;2026-01-01;7", "1200;2026-10-01;8"],
         [(1, "1200", "3"), (2, "250", "8")]),
        # The price of the lower band changes alone.
        (["0;2026-01-01;3", "1200;2026-01-01;7", "0;2026-10-01;4"],
         [(1, "1200", "4"), (2, "250", "7")]),
        # The bands are drawn anew; the earlier ones were left open.
        (["0;2026-01-01;3", "1200;2026-01-01;7", "0;2026-10-01;4", "1000;2026-10-01;8"],
         [(1, "1000", "4"), (2, "450", "8")]),
    ],
)  # fmt: skip
def test_a_decision_changes_the_bands_that_it_names(department, decisions, expected):
    head = "service;category;from_quantity;valid_from;rate;vat_included\n"
    prices = "".join(f"el;;{one};yes\n" for one in decisions)
    department.files["tariffs.csv"] = head + prices
    department.metered("1", READ)
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert rows(department, "1") == expected


def test_each_meter_of_an_organisation_counts_whole_kilowatt_hours(department):
    department.account("1", "organisation")
    department.agreement("1")
    for serial in ("a", "b"):
        department.meter("1", serial, frac_digits=2)
        department.readings("1", serial, {"2026-09-30": 0, "2026-10-24": "10.25"})
    department.send()
    department.bill(MONTH)
    assert rows(department, "1") == [(1, "20", "6.47")]


def test_an_organisation_pays_by_the_law_of_its_service(department):
    for number, service, of_class in (
        ("firm", "el", "general"),
        ("manager", "el", "manager"),
        ("water", "cw", "general"),
        ("cooperative", "cw", "cooperative"),
    ):
        department.account(number, "organisation", of_class=of_class)
        department.agreement(number, service)
        department.meter(number, number, service)
        department.readings(number, number, {"2026-09-30": 0, "2026-10-24": 1})
    department.agreement("firm", "cw")
    department.meter("firm", "wet", "cw")
    department.readings("firm", "wet", {"2026-09-30": 0, "2026-10-24": 1})
    department.send()
    assert department.bill(MONTH)[0] == 0
    names = ("firm", "manager", "water", "cooperative")
    days = {number: statement("check", number, MONTH)["due_by"] for number in names}
    assert days == {
        "firm": "2026-11-18",  # with its last service
        "manager": "2026-11-16",  # the 15th is a Sunday
        "water": "2026-11-10",
        "cooperative": "2026-11-10",
    }


def quote(number, serial, value):
    return run(
        "quote", "--supplier", "check", "--account", number, "--meter", serial,
        "--reading", str(value), "--date", "2026-10-24", "--json",
    )  # fmt: skip


def test_a_first_reading_costs_nothing(department):
    department.account("1")
    department.agreement("1", "cw")
    department.meter("1", "w", "cw")
    department.send()
    code, out, err = quote("1", "w", 500)
    assert code == 0, err
    assert '"lines": []' in out
    assert '"amount": "0.00"' in out
    assert "Первое показание" in out


def test_an_account_that_is_closed_has_no_cost_to_tell(department):
    department.account("1", closed="2026-09-30")
    department.agreement("1")
    department.meter("1", "m")
    department.readings("1", "m", {"2026-09-30": 0})
    department.send()
    code, _, err = quote("1", "m", 5)
    assert code == 1
    assert "закрыт" in err
