"""Meters of organisations whose verification ran out or that failed (RULES 1.9, 4.4)."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
READ = {"2026-07-24": 100, "2026-08-24": 200, "2026-09-24": 300, "2026-10-24": 410,
        "2026-11-24": 530}  # fmt: skip
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
YEAR_AGO = {"2025-09": 71, "2025-10": 82, "2025-11": 93}


def test_days_of_distrust_are_months_without_readings(tmp_path):
    department = Department(tmp_path)
    department.files["past_volumes.csv"] = "account;service;zone;period;volume;method\n"
    department.files["verifications.csv"] = (
        "account;service;serial;verified_on;valid_until\nverified;el;mverified;2026-09-20;2042-09-19\n"
    )
    department.files["events.csv"] = (
        "account;service;kind;from;to\nfailed;el;fault;2026-09-03;2026-10-10\n"
        "begun;el;lost;2026-08-02;2026-08-10\nrefused;el;refusal;2026-09-03;\n"
    )
    until = {"ran out": "2026-09-11", "verified": "2026-09-11", "after the reading": "2026-09-28"}
    for number in (*until, "failed", "begun", "refused", "late"):
        department.account(number, "organisation")
        department.agreement(number, max_power_kw="15", hours_per_day="8")
        given = {"initial": 0} if number == "begun" else {}
        department.meter(number, f"m{number}", verified_until=until.get(number, ""), **given)
        department.readings(number, f"m{number}", READ)
        for month, volume in YEAR_AGO.items():
            department.add("past_volumes", f"{number};el;single;{month};{volume};meter")
    department.add("past_volumes", "begun;el;single;2025-08;60;meter")
    department.send()
    said = {month: department.bill(month) for month in MONTHS[:2]}
    department.add("events", "account;service;kind;from;to\nlate;el;fault;2026-09-03;2026-09-10")
    department.send()
    said |= {month: department.bill(month) for month in MONTHS[2:]}

    def volumes(number):
        lines = [statement("check", number, month)["lines"] for month in MONTHS]
        return [[(line["volume"], line["rule"]) for line in month] for month in lines]

    # The reading of the 24th of September is none; from the third month on by the power.
    assert volumes("ran out") == [
        [("100", "meter")], [("71", "last_year")], [("82", "last_year")], [("3600", "max_power")],
    ]  # fmt: skip
    assert volumes("verified") == [
        [("100", "meter")], [("71", "last_year")], [("110", "meter")], [("120", "meter")],
    ]  # fmt: skip
    assert volumes("after the reading") == [
        [("100", "meter")], [("100", "meter")], [("82", "last_year")], [("93", "last_year")],
    ]  # fmt: skip
    # Mended on the 10th of October: that month's reading is the new base.
    assert volumes("failed") == [
        [("100", "meter")], [("71", "last_year")], [("82", "last_year")], [("120", "meter")],
    ]  # fmt: skip
    # Neither what it showed before nor what it began with is a base afterwards.
    assert volumes("begun") == [
        [("60", "last_year")], [("100", "meter")], [("110", "meter")], [("120", "meter")],
    ]  # fmt: skip
    # A fault that was entered after the bill: what the law says minus what was billed.
    assert volumes("late") == [
        [("100", "meter")], [("100", "meter")], [("110", "meter"), ("-29", "correction")],
        [("120", "meter")],
    ]  # fmt: skip
    # Who may not be inspected: RULES do not tell, so the account is named.
    assert [code for code, _ in said.values()] == [0, 1, 1, 1]
    assert "Лицевой счёт refused" in said["2026-09"][1]
    assert run("audit", "--supplier", "check")[0] == 0
