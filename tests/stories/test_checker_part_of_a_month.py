"""Accounts and agreements that begin or end within a month pay the norm of their days."""

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"


def test_the_norm_of_the_days(tmp_path):
    department = Department(tmp_path)
    for number in ("whole", "closed", "ended", "moved", "opened", "begun", "absent"):
        department.account(number, closed="2026-08-10" if number in {"closed", "absent"} else "")
        to = {"ended": "2026-08-10", "moved": "2026-08-10"}.get(number, "")
        department.agreement(number, "cw", to=to)
    # The same service under another contract from the next day on: a whole month.
    department.agreement("moved", "cw", contract="B")
    files = department.files
    files["accounts.csv"] = files["accounts.csv"].replace(
        "opened;household;mkd;3;;2015-03-01", "opened;household;mkd;3;;2026-08-22"
    )
    files["agreements.csv"] = (
        files["agreements.csv"]
        .replace("begun;cw;;2015-03-01", "begun;cw;;2026-08-22")
        .replace("moved;cw;B;2015-03-01", "moved;cw;B;2026-08-11")
    )
    # Away from the 2nd to the 9th, six full days of the ten.
    files["events.csv"] = (
        "account;service;kind;from;to;value\nabsent;cw;absence;2026-08-02;2026-08-09;1\n"
    )
    department.send()
    assert department.bill(MONTH)[0] == 0
    amounts = {
        number: [amount for _, _, amount in department.volumes(number, MONTH)]
        for number in ("whole", "closed", "ended", "moved", "opened", "begun", "absent")
    }
    ten = ["221.84"]  # 687.69 × 10 / 31
    assert amounts == {
        "whole": ["687.69"], "closed": ten, "ended": ten, "moved": ["687.69"], "opened": ten,
        "begun": ten, "absent": ["221.84", "-44.37"],
    }  # fmt: skip
    steps = statement("check", "closed", MONTH, "--explain")["lines"][0]["steps"]
    assert ("Дней обслуживания", "10") in [(step["label"], step["value"]) for step in steps]
