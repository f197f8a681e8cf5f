"""Subsidies: shown by others, or credited like a payment (RULES 2.8)."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "account;period;amount;transferred\n"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    for number in ("came", "other", "none"):
        made.account(number)
        made.agreement(number, "cw")
    made.files["subsidies.csv"] = f"{HEAD}came;2026-08;150.00;yes\nother;2026-08;150.00;no\n"
    made.send()
    assert made.bill("2026-08")[0] == 0
    return made


def money(number):
    found = statement("check", number, "2026-08")
    return found["charged"], found["paid"], found["due"]


def test_what_was_transferred_is_credited_and_no_line(department):
    assert money("came") == ("687.69", "150.00", "537.69")
    assert money("other") == money("none") == ("687.69", "0.00", "687.69")


def test_the_same_rows_and_an_export_credit_nothing_twice(department, tmp_path):
    department.files["subsidies.csv"] = f"{HEAD}came;2026-08;150.00;yes\n"
    department.send()
    assert run("export", str(tmp_path / "out"), "--supplier", "check")[0] == 0
    files = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    files["supplier.toml"] = files["supplier.toml"].replace('code = "check"', 'code = "again"')
    code, _, err = run("import", str(write_bundle(tmp_path / "again", files)))
    assert code == 0, err
    assert statement("again", "came", "2026-08")["due"] == "537.69"
    assert run("audit", "--supplier", "again")[0] == 0


def test_a_transfer_is_not_changed(department, tmp_path):
    for number, row in enumerate(("came;2026-08;160.00;yes", "came;2026-08;150.00;no")):
        folder = write_bundle(
            tmp_path / f"c{number}",
            {"supplier.toml": 'code = "check"\n', "subsidies.csv": f"{HEAD}{row}\n"},
        )
        code, _, err = run("import", str(folder))
        assert code == 1
        assert "уже перечислена" in err
