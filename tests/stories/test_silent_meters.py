"""Months without a reading, as RULES 2.1 counts them, through the commands."""

import pytest
from django.core.management import call_command

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
# RULES example 18: 5.2, 4.8, 5.0, 5.6, 4.9, 5.1 m³ in six months.
USUAL = {
    "2026-01-24": 100, "2026-02-24": "105.2", "2026-03-24": 110, "2026-04-24": 115,
    "2026-05-24": "120.6", "2026-06-24": "125.5", "2026-07-24": "130.6",
}  # fmt: skip
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = "2026-08", "2026-09", "2026-10", "2026-11"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["norms.csv"] += "el;mkd;resident;2026-01-01;100;1.5\n"
    return made


def water(department, number="1", values=USUAL, **given):
    department.metered(number, values, service="cw", frac_digits=3, **given)


def months(department, number, *wanted):
    for month in wanted:
        code, err = department.bill(month)
        assert code == 0, err
    return [department.volumes(number, month) for month in wanted]


def lines(number, month):
    return [
        (line["method"], line["volume"], line["amount"], line["corrects"])
        for line in statement("check", number, month)["lines"]
    ]


def test_average_for_three_months_then_the_norm(department):
    water(department)
    department.send()
    assert months(department, "1", AUGUST, SEPTEMBER, OCTOBER, NOVEMBER) == [
        *[[("cw", "5.100", "246.38")]] * 3,
        [("cw", "14.235", "687.69")],
    ]
    found = [statement("check", "1", month)["lines"][0] for month in (OCTOBER, NOVEMBER)]
    assert [(one["method"], one["multiplier"]) for one in found] == [
        ("average", "1"),
        ("norm", "1"),
    ]


def test_a_verification_that_has_run_out_raises_the_norm(department):
    water(department, verified_until="2026-07-31")
    department.readings("1", "m1", {"2026-08-24": 140, "2026-11-24": 160})
    department.send()
    found = months(department, "1", AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)
    assert found[:3] == [[("cw", "5.100", "246.38")]] * 3
    # Example 20: the norm three times.
    assert found[3] == [("cw", "14.235", "2063.08")]


def test_a_month_in_which_the_verification_runs_out(department):
    # Example 21: 1.9 m³ by the reading of the day, then 19 days by the average.
    water(department, verified_until="2026-11-11")
    later = {"2026-08-24": "135.6", "2026-09-24": "140.6", "2026-10-24": "145.6"}
    department.readings("1", "m1", {**later, "2026-11-11": "147.5", "2026-11-24": "149"})
    department.send()
    found = months(department, "1", AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)
    assert found[3] == [("cw", "5.130", "247.83")]


def test_a_late_reading_counts_the_averages_anew(department):
    water(department)
    department.readings("1", "m1", {"2026-11-24": "150.6"})
    department.send()
    months(department, "1", AUGUST, SEPTEMBER, OCTOBER)
    assert department.bill(NOVEMBER)[0] == 0
    found = statement("check", "1", NOVEMBER)["lines"]
    # 20 m³ in 123 days: 38 of July's rest and August, 30, 31, 24.
    assert lines("1", NOVEMBER)[0] == ("meter", "3.902", "188.51", None)
    assert [(one["method"], one["volume"]) for one in found[1:]] == [
        ("correction", "1.079"), ("correction", "-0.222"), ("correction", "-0.059"),
    ]  # fmt: skip
    paid = sum(float(line["amount"]) for line in found) + 3 * 246.38
    assert abs(paid - 20 * 48.31) < 0.03
    assert [one["corrects"][:7] for one in found[1:]] == [AUGUST, SEPTEMBER, OCTOBER]
    department.readings("1", "m1", {"2026-12-24": "155.6"})
    department.send()
    assert department.bill("2026-12")[0] == 0
    assert lines("1", "2026-12") == [("meter", "5.000", "241.55", None)]
    assert run("audit", "--supplier", "check")[0] == 0


def test_a_policy_that_counts_nothing_anew(department):
    department.files["supplier.toml"] += '[policy]\nlate_reading_recalc = "none"\n'
    water(department)
    department.readings("1", "m1", {"2026-11-24": "150.6"})
    department.send()
    months(department, "1", AUGUST, SEPTEMBER, OCTOBER)
    assert department.bill(NOVEMBER)[0] == 0
    assert lines("1", NOVEMBER) == [("meter", "3.902", "188.51", None)]


def test_an_inspector_settles_what_was_estimated(department):
    # Example 23: billed up to 215.000, the inspector reads 260.000, or 190.000.
    history = {"2026-07-24": "199.7"} | {
        f"2026-0{month}-24": f"{199.7 - 5.1 * (7 - month):.3f}" for month in range(1, 7)
    }
    for number, value in (("1", 260), ("2", 190)):
        water(department, number, history)
        department.readings(number, f"m{number}", {"2026-11-18": value}, channel="control")
    department.send()
    months(department, "1", AUGUST, SEPTEMBER, OCTOBER)
    assert department.bill(NOVEMBER)[0] == 0
    assert lines("1", NOVEMBER) == [("meter", "45.000", "2173.95", None)]
    assert lines("2", NOVEMBER) == [("meter", "-25.000", "-1207.75", None)]
    department.readings("2", "m2", {"2026-12-24": 195})
    department.send()
    department.bill("2026-12")
    assert lines("2", "2026-12") == [("meter", "5.000", "241.55", None)]


def test_days_without_a_meter_are_charged_by_the_average(department):
    # Example 14: 3.4 kWh a day, five days between two meters.
    history = {f"2026-0{month}-24": 1000 + 102 * month for month in range(1, 8)}
    history["2026-08-24"] = 1000 + 102 * 8
    department.metered("1", history, removed_on="2026-09-10", final=1859)
    department.meter("1", "new", installed_on="2026-09-15", initial=3)
    department.readings("1", "new", {"2026-09-24": 58})
    department.send()
    found = months(department, "1", AUGUST, SEPTEMBER)
    assert found == [[("el", "102", "659.94")], [("el", "115", "744.05")]]


def test_a_meter_without_history_is_charged_by_the_norm(department):
    water(department, values={})
    water(department, "2", {"2026-07-24": 10})
    department.send()
    assert months(department, "1", AUGUST) == [[("cw", "14.235", "687.69")]]
    assert department.volumes("2", AUGUST) == [("cw", "14.235", "687.69")]


def test_volumes_before_the_start_are_history(department):
    water(department, values={"2026-07-24": 10})
    department.files["past_volumes.csv"] = "account;service;zone;period;volume;method\n" + "".join(
        f"1;cw;single;2026-0{month};{month};meter\n" for month in range(1, 8)
    )
    department.send()
    # February to July: 2 + 3 + 4 + 5 + 6 + 7 = 27, by six.
    assert months(department, "1", AUGUST) == [[("cw", "4.500", "217.40")]]


def test_a_reading_of_a_zone_that_did_not_come(department):
    department.files["tariffs.csv"] = (
        "service;category;zone;from_quantity;valid_from;rate;vat_included\n"
        "el;;day;0;2026-01-01;5;yes\nel;;night;0;2026-01-01;2;yes\nel;;single;0;2026-01-01;4;yes\n"
    )
    department.account("1")
    department.agreement("1")
    department.files["meters.csv"] = (
        "account;service;serial;zones;int_digits;installed_on\n1;el;z;day+night;6;2019-01-01\n"
    )
    for month in range(1, 8):
        for zone, step in (("day", 100), ("night", 50)):
            department.add("readings", f"1;z;{zone};2026-0{month}-24;file;{step * month}")
    department.send()
    assert months(department, "1", AUGUST) == [[("el", "100", "500.00"), ("el", "50", "100.00")]]


def test_what_was_left_out_or_late_is_so_in_a_restored_installation(department, tmp_path):
    water(department)
    water(department, "2", {**USUAL, "2026-10-24": 145})
    department.metered("3", {"2026-07-24": 0, "2026-08-24": 100}, "none")
    department.files["tariffs.csv"] = department.files["tariffs.csv"].replace("el;;", "el;flat;")
    department.send()
    assert department.bill(AUGUST)[0] == 1
    department.bill(SEPTEMBER)
    department.readings("2", "m2", {"2026-08-24": 137})
    department.add("tariffs", "service;category;from_quantity;valid_from;rate;vat_included")
    department.add("tariffs", "el;none;0;2026-01-01;7;yes")
    department.readings("3", "m3", {"2026-09-24": 150, "2026-10-24": 160})
    department.send()
    bundle = tmp_path / "out"
    assert run("export", str(bundle), "--supplier", "check")[0] == 0
    assert department.bill(OCTOBER)[0] == 0
    billed = [lines(number, OCTOBER) for number in "123"]
    assert billed[2] == [("meter", "160", "1120.00", None)]
    assert [line[3] for line in billed[1]] == [None, "2026-08/1", "2026-09/1"]
    call_command("flush", interactive=False, verbosity=0)
    code, _, err = run("import", str(bundle))
    assert code == 0, err
    assert department.bill(OCTOBER)[0] == 0
    assert [lines(number, OCTOBER) for number in "123"] == billed


@pytest.mark.parametrize(("policy", "corrected"), [("", 3), ("full", 4), ("average_only", 3)])
def test_months_charged_by_the_norm_wait_for_an_inspection(department, policy, corrected):
    if policy:
        department.files["supplier.toml"] += f'[policy]\nlate_reading_recalc = "{policy}"\n'
    water(department)
    department.readings("1", "m1", {"2026-12-24": "155.6"})
    department.send()
    months(department, "1", AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)
    assert department.bill("2026-12")[0] == 0
    found = lines("1", "2026-12")
    # 25 m³ in 153 days; December has 24 of them.
    assert found[0][:2] == ("meter", "3.922")
    assert [line[3][:7] for line in found[1:]] == [AUGUST, SEPTEMBER, OCTOBER, NOVEMBER][:corrected]
