"""Prices, norms and volumes of houses corrected after the bills that rest on them."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = "2026-08", "2026-09", "2026-10", "2026-11"
TARIFFS = "service;category;from_quantity;valid_from;rate;vat_included;valid_to\n"
NORMS = "service;category;per;valid_from;volume;multiplier;valid_to\n"
ACCOUNTS = (
    "account;kind;category;residents;house;area\n"
    "price;household;mkd;3;;\nnorm;household;dorm;3;;\nstep;household;mkd;3;;\n"
    "heat;household;mkd;3;H;50\nsame;household;mkd;3;;\n"
)
METERED = {"2026-07-24": 0, "2026-08-24": 100, "2026-09-24": 200, "2026-10-24": 300}


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["accounts.csv"] = ACCOUNTS
    made.files["tariffs.csv"] = TARIFFS + (
        "cw;;0;2026-01-01;50;yes;\ncw;own;0;2026-01-01;50;yes;\nel;;0;2026-01-01;5;yes;\n"
        "ht;;0;2026-01-01;2000;yes;\n"
    )
    made.files["norms.csv"] = NORMS + (
        "cw;mkd;resident;2026-01-01;4;;\ncw;dorm;resident;2026-01-01;4;;\n"
    )
    made.files["houses.csv"] = (
        "house;area_total;area_common;has_heat_meter;heating_scheme;heating_months\n"
        "H;1000;0;yes;season;01-12\n"
    )
    made.files["house_volumes.csv"] = volumes(20)
    made.agreement("price", "cw", "own")
    for number in ("norm", "same"):
        made.agreement(number, "cw")
    made.agreement("heat", "ht")
    made.agreement("step", "el")
    made.meter("step", "m")
    made.readings("step", "m", METERED)
    made.send()
    for month in (AUGUST, SEPTEMBER):
        code, err = made.bill(month)
        assert code == 0, err
    return made


def volumes(of_august):
    months = {AUGUST: of_august, SEPTEMBER: 20, OCTOBER: 20, NOVEMBER: 20}
    rows = "".join(f"H;ht;{month};{volume}\n" for month, volume in months.items())
    return f"house;service;period;volume\n{rows}"


def corrections(number, month):
    lines = statement("check", number, month)["lines"]
    return [
        (line["volume"], line["rate"], line["amount"], line["corrects"])
        for line in lines
        if line["corrects"]
    ]


def test_each_month_is_corrected_once_for_those_it_concerns(department):
    department.files["tariffs.csv"] = TARIFFS + (
        "cw;own;0;2026-01-01;51;yes;2026-08-31\ncw;own;0;2026-09-01;50;yes;\n"
        "el;;0;2026-09-01;6;yes;\n"
    )
    department.files["norms.csv"] = NORMS + "cw;dorm;resident;2026-01-01;5;;\n"
    department.files["house_volumes.csv"] = volumes(22)
    department.send()
    code, err = department.bill(OCTOBER)
    assert code == 0, err
    # Twelve cubic metres, a rouble dearer in August only: the row has been closed and goes on.
    assert corrections("price", OCTOBER) == [("0.000", "51", "12.00", "2026-08/1")]
    assert corrections("norm", OCTOBER) == [
        ("3.000", "50", "150.00", "2026-08/1"),
        ("3.000", "50", "150.00", "2026-09/1"),
    ]
    # A price of September that nobody knew: 24 days of 31 after it, 77 kWh a rouble dearer.
    assert corrections("step", OCTOBER) == [
        ("77", "6", "462.00", "2026-09"),
        ("-77", "5", "-385.00", "2026-09/1"),
    ]
    # A twentieth of two gigacalories more.
    assert corrections("heat", OCTOBER) == [("0.100000", "2000", "200.00", "2026-08/1")]
    assert corrections("same", OCTOBER) == []
    line = statement("check", "price", OCTOBER, "--explain")["lines"][-1]
    assert [step["value"] for step in line["steps"]] == ["612", "600", "12"]
    # The same files again are nothing new, and what is corrected stays so.
    department.files["house_volumes.csv"] = volumes(22)
    department.files["norms.csv"] = NORMS + "cw;dorm;resident;2026-01-01;5;;\n"
    department.readings("step", "m", {"2026-11-24": 400})
    department.send()
    code, err = department.bill(NOVEMBER)
    assert code == 0, err
    numbers = ("price", "norm", "step", "heat", "same")
    assert [corrections(number, NOVEMBER) for number in numbers] == [[]] * 5
    assert run("audit", "--supplier", "check")[0] == 0


def test_a_row_may_not_end_among_billed_days_with_nothing_after_it(department, tmp_path):
    department.files["tariffs.csv"] = TARIFFS + "el;;0;2026-01-01;5;yes;2026-08-31\n"
    code, _, err = run("import", str(write_bundle(tmp_path / "ended", department.files)))
    assert code == 1
    assert "tariffs.csv, строка 2, столбец valid_to" in err
    assert "продолжает" in err


def test_equal_rows_start_nothing(department):
    department.files["tariffs.csv"] = TARIFFS + "cw;own;0;2026-01-01;50;yes;\n"
    department.files["norms.csv"] = NORMS + "cw;dorm;resident;2026-01-01;4.000;;\n"
    department.files["house_volumes.csv"] = volumes("20.0")
    department.send()
    from abonent.domain.tariffs.models import ParameterChange

    assert not ParameterChange.objects.exists()
    assert department.bill(OCTOBER)[0] == 0
    assert [corrections(number, OCTOBER) for number in ("price", "norm", "heat")] == [[]] * 3
