"""Facts entered after the bills of their months: the next bill corrects each of them once."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = "2026-08", "2026-09", "2026-10", "2026-11"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    for number in "12":
        made.account(number)
        made.agreement(number, "cw")
    made.send()
    for month in (AUGUST, SEPTEMBER):
        assert made.bill(month)[0] == 0
    return made


def lines(number, month):
    return [
        (line["method"], line["volume"], line["amount"], line["corrects"])
        for line in statement("check", number, month)["lines"]
    ]


def test_people_who_moved_in_are_charged_for_the_months_they_lived(department):
    department.files["residents.csv"] = "account;from;residents\n1;2026-08-01;5\n"
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    # 4.745 m³ for each of five instead of three: 2 × 4.745 × 48.31 for each month.
    assert lines("1", OCTOBER) == [
        ("norm", "23.725", "1146.15", None),
        ("correction", "9.490", "458.46", "2026-08/1"),
        ("correction", "9.490", "458.46", "2026-09/1"),
    ]
    assert lines("2", OCTOBER) == [("norm", "14.235", "687.69", None)]
    assert department.bill(NOVEMBER)[0] == 0
    assert lines("1", NOVEMBER) == [("norm", "23.725", "1146.15", None)]
    assert run("audit", "--supplier", "check")[0] == 0


def test_fewer_people_give_money_back(department):
    department.files["residents.csv"] = "account;from;residents;to\n1;2026-08-01;1;2026-08-31\n"
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    found = statement("check", "1", OCTOBER)
    assert lines("1", OCTOBER)[1] == ("correction", "-9.490", "-458.46", "2026-08/1")
    assert found["charged"] == "229.23"
    # The same rows again are nothing new, and the past is corrected once.
    department.files["residents.csv"] = "account;from;residents;to\n1;2026-08-01;1;2026-08-31\n"
    department.send()
    assert department.bill(NOVEMBER)[0] == 0
    assert lines("1", NOVEMBER) == [("norm", "14.235", "687.69", None)]


def test_a_correction_is_explained(department):
    department.files["residents.csv"] = "account;from;residents\n1;2026-09-01;4\n"
    department.send()
    department.bill(OCTOBER)
    line = statement("check", "1", OCTOBER, "--explain")["lines"][1]
    assert [step["value"] for step in line["steps"]] == ["916.92", "687.69", "229.23"]
