"""What contracts of organisations say of price and losses, through the commands (RULES 1.8)."""

from decimal import Decimal

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def lines(department, number, month=MONTH, *more):
    return statement(department.code, number, month, *more)["lines"]


def seen(department, number, month=MONTH):
    return [
        (line["zone"], line["volume"], line["rate"], line["amount"], line["vat"])
        for line in lines(department, number, month)
    ]


def firm(department, number, values, service="el", **terms):
    """Say all of an organisation with one meter."""
    meter = {name: terms.pop(name) for name in ("ratio", "frac_digits") if name in terms}
    department.account(number, "organisation")
    department.agreement(number, service, **terms)
    department.meter(number, f"m{number}", service, **{"frac_digits": 2} | meter)
    department.readings(number, f"m{number}", values)


EXAMPLE = {"2026-07-31": "1234.56", "2026-08-31": "1301.22"}


def test_example_15(department):
    department.files["supplier.toml"] += "[policy]\nwindow_to_day = 31\n"
    firm(department, "1", EXAMPLE, price="7.48512", losses="2.35", losses_side="add", ratio=40)
    department.send()
    assert department.bill(MONTH)[0] == 0
    (line,) = lines(department, "1", MONTH, "--explain")
    assert (line["volume"], line["rate"]) == ("2729", "7.48512")
    assert (line["amount"], line["vat"]) == ("24920.81", "4493.92")
    assert Decimal(line["amount"]) - Decimal(line["vat"]) == Decimal("20426.89")
    assert (line["method"], line["rule"]) == ("meter", "contract_price")
    assert "442" in line["act"]
    steps = {step["label"]: (step["sign"], step["value"]) for step in line["steps"]}
    assert steps["Потери по договору"] == ("+", "2.35")
    assert steps["Коэффициент трансформации"] == ("×", "40")
    assert "agreement" in line["parameters"]
    assert statement("check", "1", MONTH)["charged"] == "24920.81"


READ = {"2026-07-24": "0", "2026-08-24": "100.50"}


def test_losses_are_added_or_subtracted_and_rounded_after_everything(department):
    for number, given in {
        "plain": {},
        "ratio": {"ratio": 4000},
        "add": {"losses": "2.35"},
        "subtract": {"losses": "2.35", "losses_side": "subtract"},
        "ratio-first": {"losses": "0.01", "ratio": 40},
    }.items():
        firm(department, number, READ, **given)
    firm(department, "water", READ, service="cw", losses="10", losses_side="subtract")
    department.send()
    assert department.bill(MONTH)[0] == 0
    volumes = {
        number: lines(department, number)[0]["volume"]
        for number in ("plain", "ratio", "add", "subtract", "ratio-first", "water")
    }
    assert volumes == {
        "plain": "101",  # half up
        "ratio": "402000",
        "add": "103",  # 102.86175
        "subtract": "98",  # 98.13825
        "ratio-first": "4020",  # 4020.402
        "water": "90.450",
    }


def test_a_household_keeps_what_the_losses_make_of_its_whole_kilowatt_hours(department):
    department.account("1")
    department.agreement("1", losses="2.5")
    department.meter("1", "m")
    department.readings("1", "m", {"2026-07-24": 0, "2026-08-24": 101})
    department.send()
    department.bill(MONTH)
    assert department.volumes("1", MONTH) == [("el", "103.525", "669.81")]


def test_each_contract_has_lines_of_its_own(department):
    department.files["tariffs.csv"] += "el;shop;0;2026-01-01;9.5;no\n"
    department.account("1", "organisation")
    department.agreement("1", contract="A", category="shop")
    department.agreement("1", contract="B", price="5.5")
    department.agreement("1", contract="C", price="5.5", losses="10")
    for serial, contract, used in (("a", "A", 10), ("b", "B", 20), ("c", "C", 30), ("d", "A", 1)):
        department.meter("1", serial, contract_number=contract)
        department.readings("1", serial, {"2026-07-24": 0, "2026-08-24": used})
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert sorted(seen(department, "1")) == [
        ("single", "11", "9.5", "127.49", "22.99"),
        ("single", "20", "5.5", "134.20", "24.20"),
        ("single", "33", "5.5", "221.43", "39.93"),
    ]


def test_a_meter_without_a_contract_follows_the_only_one_or_the_nameless_one(department):
    for number in ("only", "nameless", "former"):
        department.account(number, "organisation")
        department.meter(number, "m", contract_number="old" if number == "former" else "")
        department.readings(number, "m", {"2026-07-24": 0, "2026-08-24": 10})
    department.agreement("only", contract="A", price="5")
    department.agreement("former", contract="new", price="5")
    department.agreement("nameless", price="5")
    department.agreement("nameless", contract="B", price="6")
    department.send()
    assert department.bill(MONTH)[0] == 0
    rates = [lines(department, one)[0]["rate"] for one in ("only", "nameless", "former")]
    assert rates == ["5", "5", "5"]


def test_a_price_of_a_contract_serves_every_zone_and_no_bands(department):
    department.files["tariffs.csv"] += "el;;50;2026-01-01;9.5;yes\n"
    department.account("1", "organisation")
    department.agreement("1", price="5.5")
    department.agreement("2", price="5.5", zones="single")
    department.account("2", "organisation")
    for number in ("1", "2"):
        department.meter(number, f"m{number}", zones="day+night")
        for zone, used in (("day", 100), ("night", 40)):
            department.readings(
                number, f"m{number}", {"2026-07-24": 0, "2026-08-24": used}, zone=zone
            )
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert [row[:3] for row in seen(department, "1")] == [
        ("day", "100", "5.5"), ("night", "40", "5.5"),
    ]  # fmt: skip
    assert [row[:3] for row in seen(department, "2")] == [("single", "140", "5.5")]


def test_a_price_that_changes_splits_the_interval_by_days(department):
    values = {"2026-07-22": 0, "2026-08-21": 300}  # 9 days of July, 21 of August
    for number in ("1", "2", "3", "4"):
        department.account(number, "organisation")
        department.meter(number, f"m{number}")
        department.readings(number, f"m{number}", values)
    department.agreement("1", contract="A", price="5", to="2026-07-31")
    department.agreement("1", contract="A", price="6", valid_from="2026-08-01")
    department.agreement("2", contract="A", price="5")
    department.agreement("2", contract="A", valid_from="2026-08-01")
    department.agreement("3", contract="A", valid_from="2026-08-01", price="6")
    department.agreement("4", contract="A", price="5", to="2026-07-25")
    department.agreement("4", contract="A", price="6", valid_from="2026-08-01")
    department.send()
    _, err = department.bill(MONTH)
    assert [row[1:3] for row in seen(department, "1")] == [("90", "5"), ("210", "6")]
    assert [row[1:3] for row in seen(department, "2")] == [("90", "5"), ("210", "6.47")]
    # A reading older than the contract is priced by the contract.
    assert [row[1:3] for row in seen(department, "3")] == [("300", "6")]
    # Nobody has a price for the days between two rows of a contract.
    assert "Лицевой счёт 4" in err
    assert "договора A" in err


def test_a_contract_that_ends_within_the_month_keeps_its_price(department):
    department.account("1", "organisation")
    department.agreement("1", price="5", to="2026-08-15")
    department.meter("1", "m", removed_on="2026-08-15", final="70")
    department.readings("1", "m", {"2026-07-24": 0})
    department.send()
    department.bill(MONTH)
    assert [row[1:3] for row in seen(department, "1")] == [("70", "5")]


def test_a_bill_of_a_contract_is_restored_and_explained(department, tmp_path):
    firm(department, "1", READ, price="5.5", losses="2.35")
    department.send()
    department.bill(MONTH)
    before = statement("check", "1", MONTH, "--explain")
    assert run("export", str(tmp_path / "out"), "--supplier", "check")[0] == 0
    text = (tmp_path / "out" / "supplier.toml").read_text()
    (tmp_path / "out" / "supplier.toml").write_text(text.replace('"check"', '"copy"'))
    code, _, err = run("import", str(tmp_path / "out"))
    assert code == 0, err
    after = statement("copy", "1", MONTH, "--explain")
    for one in (before, after):
        one.pop("supplier")
        for line in one["lines"]:
            line.pop("parameters")
    assert before == after
