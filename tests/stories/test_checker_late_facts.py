"""Facts about a billed month that come later: one correction in the next bill, no second one."""

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
LATE = {
    "absence": ("events.csv", ("account;service;kind;from;to;value;claimed_on\n"
                "1;cw;absence;2026-08-04;2026-08-17;2;2026-09-10\n"), "-177.47"),
    "residents": ("residents.csv", "account;from;residents\n1;2026-08-11;5\n", "310.57"),
    "benefit": ("benefits.csv", ("account;service;from;persons;percent;funded;to\n"
                "1;cw;2026-08-01;1;50;in_kind;2026-08-31\n"), "-114.62"),
    "break": ("events.csv", ("account;service;kind;from;to\n"
              "1;cw;quality_break;2026-08-10 08:00;2026-08-10 18:00\n"), "-6.19"),
    # Another category from the first day on, and an agreement that had ended on the 10th.
    "agreement": ("agreements.csv", ("account;service;valid_from;tariff_category;meter_possible\n"
                  "1;cw;2026-08-01;dear;no\n"), "24.06"),
    "end": ("agreements.csv", ("account;service;valid_from;valid_to\n"
            "1;cw;2015-03-01;2026-08-10\n"), "-465.85"),
}  # fmt: skip


@pytest.mark.parametrize("name", LATE)
def test_a_fact_that_came_late(tmp_path, name):
    file, rows, difference = LATE[name]
    department = Department(tmp_path)
    department.account("1")
    department.agreement("1", "cw")
    department.files["tariffs.csv"] += "cw;dear;0;2026-01-01;50;yes\n"
    department.send()
    assert department.bill("2026-08")[0] == 0
    department.files[file] = rows
    department.send()
    assert department.bill("2026-09")[0] == 0
    lines = statement("check", "1", "2026-09", "--explain")["lines"]
    corrections = [line for line in lines if line["corrects"]]
    assert [(line["method"], line["amount"]) for line in corrections] == [
        ("correction", difference)
    ]
    assert corrections[0]["corrects"].startswith("2026-08")
    assert department.bill("2026-10")[0] == 0
    assert not any(line["corrects"] for line in statement("check", "1", "2026-10")["lines"])
