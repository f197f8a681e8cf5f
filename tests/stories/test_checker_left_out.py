"""Nothing is lost when an account could not be billed, or a reading came too late."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER, OCTOBER = "2026-08", "2026-09", "2026-10"
READ = {"2026-07-24": 0, "2026-08-24": 100, "2026-09-24": 150}


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def price_of_new(department):
    department.add("tariffs", "service;category;from_quantity;valid_from;rate;vat_included")
    department.add("tariffs", "el;new;0;2026-01-01;7;yes")


def without_price(department):
    """An account whose category has no price of its own and no general one."""
    department.files["tariffs.csv"] = department.files["tariffs.csv"].replace(
        "el;;0;", "el;flat;0;"
    )


def test_what_was_left_out_is_billed_when_the_command_is_repeated(department):
    without_price(department)
    department.metered("1", READ, "new")
    department.metered("2", READ, "flat")
    department.send()
    code, err = department.bill(AUGUST)
    assert code == 1
    assert "Лицевой счёт 1, el, 31.08.2026: нет цены" in err
    price_of_new(department)
    department.send()
    before = statement("check", "2", AUGUST)
    assert department.bill(AUGUST)[0] == 0
    assert department.volumes("1", AUGUST) == [("el", "100", "700.00")]
    assert statement("check", "2", AUGUST) == before
    assert department.bill(AUGUST)[0] == 0
    department.bill(SEPTEMBER)
    found = statement("check", "1", SEPTEMBER)
    assert (found["opening"], found["charged"]) == ("700.00", "350.00")
    assert run("audit", "--supplier", "check")[0] == 0


def test_the_next_reading_covers_a_month_that_was_left_out(department):
    without_price(department)
    department.metered("1", READ, "new")
    department.send()
    department.bill(AUGUST)
    price_of_new(department)
    department.send()
    assert department.bill(SEPTEMBER)[0] == 0
    assert department.volumes("1", SEPTEMBER) == [("el", "150", "1050.00")]
    # August is covered now: it is not billed a second time.
    department.bill(AUGUST)
    assert not department.is_billed("1", AUGUST)


def test_a_meter_removed_in_a_month_that_was_left_out_is_still_billed(department):
    without_price(department)
    department.metered(
        "1", {"2026-07-24": 10, "2026-08-24": 100}, "new", removed_on="2026-08-28", final=110
    )
    department.meter("1", "next", installed_on="2026-08-28", initial=5)
    department.readings("1", "next", {"2026-09-24": 65})
    department.send()
    department.bill(AUGUST)
    price_of_new(department)
    department.send()
    department.bill(SEPTEMBER)
    assert department.volumes("1", SEPTEMBER) == [("el", "160", "1120.00")]


def test_a_norm_waits_for_its_own_month(department):
    norms = department.files.pop("norms.csv")
    department.account("1")
    department.agreement("1", "cw")
    department.send()
    department.bill(AUGUST)
    department.files["norms.csv"] = norms
    department.send()
    code, err = department.bill(SEPTEMBER)
    assert code == 1
    assert "Лицевой счёт 1, cw, 30.09.2026: не начислен 08.2026" in err
    assert [department.bill(AUGUST)[0], department.bill(SEPTEMBER)[0]] == [0, 0]
    assert department.volumes("1", AUGUST) == [("cw", "14.235", "687.69")]
    assert statement("check", "1", SEPTEMBER)["opening"] == "687.69"


def test_a_late_reading_is_never_the_base_of_the_next_bill(department):
    department.metered("1", READ)
    department.send()
    department.bill(AUGUST)
    department.readings("1", "m1", {"2026-08-25": 110})
    department.send()
    department.bill(SEPTEMBER)
    assert department.volumes("1", AUGUST) == [("el", "100", "647.00")]
    assert department.volumes("1", SEPTEMBER) == [("el", "50", "323.50")]


def test_a_late_reading_of_an_account_billed_apart_is_not_billed_twice(department):
    department.metered("1", {"2026-07-24": 0})
    department.send()
    assert department.bill(AUGUST)[0] == 1
    department.readings("1", "m1", {"2026-08-24": 70, "2026-09-24": 140})
    department.send()
    assert department.bill(AUGUST)[0] == 0
    department.bill(SEPTEMBER)
    assert department.volumes("1", AUGUST) == [("el", "70", "452.90")]
    assert department.volumes("1", SEPTEMBER) == [("el", "70", "452.90")]


def test_an_account_that_comes_later_begins_with_its_first_reading(department):
    department.metered("1", READ)
    department.send()
    department.bill(AUGUST)
    department.bill(SEPTEMBER)
    department.metered("2", {**READ, "2026-10-24": 190})
    department.readings("1", "m1", {"2026-10-24": 200})
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    assert department.volumes("1", OCTOBER) == [("el", "50", "323.50")]
    # July is history; nothing of August and September has been billed.
    assert department.volumes("2", OCTOBER) == [("el", "190", "1229.30")]


def test_a_meter_put_on_after_the_window_is_read_next_month(department):
    department.metered("1", READ, removed_on="2026-09-28", final=160)
    department.meter("1", "next", installed_on="2026-09-28", initial=0)
    department.readings("1", "next", {"2026-10-24": 30})
    department.send()
    assert [department.bill(month)[0] for month in (AUGUST, SEPTEMBER, OCTOBER)] == [0, 0, 0]
    assert department.volumes("1", SEPTEMBER) == [("el", "60", "388.20")]
    assert department.volumes("1", OCTOBER) == [("el", "30", "194.10")]
