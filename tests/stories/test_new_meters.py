"""Meters put on where the norm applied, through the commands (RULES 1.7, PP 354 p. 81)."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = "2026-08", "2026-09", "2026-10", "2026-11"


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def bill(department, *wanted):
    for month in wanted:
        code, err = department.bill(month)
        assert code == 0, err


def billed(number, month):
    lines = statement("check", number, month)["lines"]
    return [(one["method"], one["volume"], one["multiplier"], one["amount"]) for one in lines]


def put_on(department, number, day, readings, **given):
    department.meter(number, f"m{number}", "cw", installed_on=day, frac_digits=3,
                     **({"initial": 10} | given))  # fmt: skip
    department.readings(number, f"m{number}", readings)


NORM = ("norm", "14.235", "1", "687.69")


def test_the_month_of_commissioning_is_charged_by_the_norm(department):
    for number in "1234":
        department.account(number)
        department.agreement(number, "cw", meter_possible="yes" if number == "2" else "no")
    department.send()
    bill(department, AUGUST)
    assert billed("1", AUGUST) == [NORM]
    # A reading in its month is the base; without one the days of September fall away.
    put_on(department, "1", "2026-09-05", {"2026-09-24": 13, "2026-10-24": 18})
    put_on(department, "2", "2026-09-05", {"2026-10-25": 20})
    put_on(department, "3", "2026-09-05", {"2026-09-30": 14, "2026-10-24": 18})
    # Put on when the month is over for readings: billed from November on.
    put_on(department, "4", "2026-10-28", {"2026-11-24": 13})
    department.send()
    bill(department, SEPTEMBER, OCTOBER, NOVEMBER)
    assert billed("1", SEPTEMBER) == [NORM]
    assert billed("2", SEPTEMBER) == [("norm", "14.235", "3", "2063.08")]
    assert billed("1", OCTOBER) == [("meter", "5.000", "1", "241.55")]
    # 10 m³ in 50 days from 5 September, 25 of them in October.
    assert billed("2", OCTOBER) == [("meter", "5.000", "1", "241.55")]
    # The reading of 30 September is of October's window: 25 days and no more of September.
    assert billed("3", OCTOBER) == [("meter", "4.000", "1", "193.24")]
    assert billed("4", SEPTEMBER) == billed("4", OCTOBER) == [NORM]
    # 3 m³ in 27 days, 24 of them in November.
    assert billed("4", NOVEMBER) == [("meter", "2.667", "1", "128.84")]
    assert run("audit", "--supplier", "check")[0] == 0


def test_in_the_first_month_an_older_agreement_says_that_the_norm_applied(department):
    for number, since in (("1", "2015-03-01"), ("2", "2026-08-10")):
        department.account(number)
        department.agreement(number, "cw", valid_from=since)
        put_on(department, number, "2026-08-10", {"2026-08-24": 13})
    department.send()
    bill(department, AUGUST)
    assert billed("1", AUGUST) == [NORM]
    assert billed("2", AUGUST) == [("meter", "3.000", "1", "144.93")]


def test_without_a_norm_or_with_a_meter_before_the_new_one_counts_at_once(department):
    department.account("1")
    department.agreement("1")
    department.meter("1", "m1", installed_on="2026-08-10", initial=100)
    department.readings("1", "m1", {"2026-08-24": 130})
    department.metered("2", {"2026-07-24": 100, "2026-08-10": 104}, service="cw",
                       removed_on="2026-08-10", final=104)  # fmt: skip
    department.meter("2", "new", "cw", installed_on="2026-08-10", initial=0)
    department.readings("2", "new", {"2026-08-24": 2})
    department.send()
    bill(department, AUGUST)
    assert billed("1", AUGUST) == [("meter", "30", "1", "194.10")]
    assert billed("2", AUGUST) == [("meter", "6.000", "1", "289.86")]
