"""A card that names another end of a verification: the months billed are counted anew."""

import pytest
from test_silent_meters import AUGUST, NOVEMBER, OCTOBER, SEPTEMBER, USUAL, lines, months

from checker_bundle import Department
from commands import run

pytestmark = pytest.mark.django_db(transaction=True)
# 9.4, 10, 10 and 10 m³ after an average of 5.1.
READ = {"2026-08-24": 140, "2026-09-24": 150, "2026-10-24": 160, "2026-11-24": 170}


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def water(department, *numbers, **given):
    for number in numbers:
        department.metered(number, USUAL | READ, service="cw", frac_digits=3, **given)
    department.send()
    return months(department, numbers[0], AUGUST, SEPTEMBER)


def card(department, number, until):
    department.meter(number, f"m{number}", "cw", frac_digits=3, verified_until=until)


def test_an_end_that_was_known_late_takes_the_readings_back(department):
    assert water(department, "1") == [[("cw", "9.400", "454.11")], [("cw", "10.000", "483.10")]]
    card(department, "1", "2026-07-31")
    department.send()
    months(department, "1", OCTOBER, NOVEMBER)
    assert lines("1", OCTOBER) == [
        ("average", "5.100", "246.38", None),
        ("correction", "-4.300", "-207.73", f"{AUGUST}/1"),
        ("correction", "-4.900", "-236.72", f"{SEPTEMBER}/1"),
    ]
    # Three months by the average are over: the norm of three people, three times.
    assert lines("1", NOVEMBER) == [("norm", "14.235", "2063.08", None)]
    assert run("audit", "--supplier", "check")[0] == 0


def test_a_later_end_lets_the_readings_count(department):
    before = water(department, "1", verified_until="2026-07-31")
    assert before == [[("cw", "5.100", "246.38")]] * 2
    card(department, "1", "2036-07-31")
    department.send()
    months(department, "1", OCTOBER, NOVEMBER)
    assert lines("1", OCTOBER) == [
        ("meter", "10.000", "483.10", None),
        ("correction", "4.300", "207.73", f"{AUGUST}/1"),
        ("correction", "4.900", "236.72", f"{SEPTEMBER}/1"),
    ]
    assert lines("1", NOVEMBER) == [("meter", "10.000", "483.10", None)]


def test_the_end_of_a_new_verification_leaves_the_days_before_it_as_they_were(department):
    water(department, "1", "2", verified_until="2026-07-31")
    for _ in range(2):
        # The second department writes it into the card too; twice the same is once.
        card(department, "2", "2036-10-09")
        for number in "12":
            department.files.setdefault(
                "verifications.csv", "account;service;serial;verified_on;valid_until\n"
            )
            row = f"{number};cw;m{number};2026-10-10;2036-10-09\n"
            department.files["verifications.csv"] += row
        department.send()
    months(department, "1", OCTOBER, NOVEMBER)
    assert [lines("2", month) for month in (OCTOBER, NOVEMBER)] == [
        lines("1", month) for month in (OCTOBER, NOVEMBER)
    ]
    # The seven days of July that August's bill took are known now; September is none of them.
    assert [line[3] for line in lines("2", OCTOBER)] == [None, f"{AUGUST}/1"]
    assert lines("2", NOVEMBER) == [("meter", "10.000", "483.10", None)]
