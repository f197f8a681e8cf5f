"""Residents by days, from the bundle to the statement (RULES 2.1; PP 354 p. 56–58)."""

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"


def test_residents_of_the_file_stand_before_the_account(tmp_path):
    department = Department(tmp_path)
    for number in ("same", "grown", "guests", "guests-short", "before"):
        department.account(number)
        department.agreement(number, "cw")
    department.files["residents.csv"] = (
        "account;from;residents;temporary;to\ngrown;2026-08-11;5;;\n"
        "guests;2026-08-10;;2;2026-08-15\nguests-short;2026-08-10;;2;2026-08-14\n"
        "before;2026-01-01;5;;2026-07-31\n"
    )
    department.send()
    assert department.bill(MONTH)[0] == 0
    amounts = {
        number: department.volumes(number, MONTH)[0][2]
        for number in ("same", "grown", "guests", "guests-short", "before")
    }
    # 4,745 × 48,31 × (3 × 10 + 5 × 21) / 31; × (3 × 31 + 2 × 6) / 31
    assert amounts == {
        "same": "687.69", "grown": "998.26", "guests": "776.43", "guests-short": "687.69",
        "before": "687.69",
    }  # fmt: skip
    line = statement("check", "grown", MONTH, "--explain")["lines"][0]
    assert line["method"] == "norm"
    texts = [step["label"] for step in line["steps"]]
    assert texts[0] == "С\u00a001.08.2026 по\u00a010.08.2026: 3\u00a0чел. × 10\u00a0дн."
