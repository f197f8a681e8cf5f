"""What a month cannot be billed from: named by account, parameter and day, the rest is billed."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2027-01"
READ = {"2026-12-24": 1000, "2027-01-24": 1100}
TARIFFS = "service;category;from_quantity;valid_from;valid_to;rate;vat_included\n"
# Who is left out: the service, the parameter and the day that are named.
NAMED = {
    "gap": ("el", "нет цены single gap", "09.01.2027"),
    "norm": ("cw", "нет норматива dorm", "31.01.2027"),
    "area": ("ht", "area_total", "31.01.2027"),
    "digits": ("el", "mdigits", "31.01.2027"),
    "backwards": ("el", "mbackwards", "31.01.2027"),
    "late": ("el", "key_rate", "31.01.2027"),
}


class January(Department):
    def start(self):
        super().start()
        self.files["supplier.toml"] = self.files["supplier.toml"].replace("2026-08", MONTH)


@pytest.fixture
def department(tmp_path):
    made = January(tmp_path)
    made.files["tariffs.csv"] = TARIFFS + (
        "el;flat;0;2026-01-01;;6.47;yes\nel;gap;0;2026-01-01;2026-12-31;6;yes\n"
        "el;gap;0;2027-01-10;;7;yes\ncw;;0;2026-01-01;;48.31;yes\nht;;0;2026-01-01;;2000;yes\n"
    )
    made.files["accounts.csv"] = "account;kind;category;residents;house;area\n" + "".join(
        f"{number};household;{'dorm' if number == 'norm' else 'mkd'};3;{house};50\n"
        for number, house in {**dict.fromkeys(NAMED, ""), "area": "h1", "fine": "h2"}.items()
    )
    made.files["houses.csv"] = (
        "house;area_total;area_common;has_heat_meter;heating_scheme;heating_months\n"
        "h1;;10;yes;season;10-05\nh2;1000;0;yes;season;10-05\n"
    )
    made.files["house_volumes.csv"] = (
        f"house;service;period;volume\nh1;ht;{MONTH};20\nh2;ht;{MONTH};20\n"
    )
    for number in ("area", "fine"):
        made.agreement(number, "ht")
    made.agreement("norm", "cw")
    for number in ("gap", "digits", "backwards", "late", "fine"):
        made.agreement(number, "el", "gap" if number == "gap" else "flat")
        digits = {"int_digits": "" if number == "digits" else 6}
        made.meter(number, f"m{number}", **digits)
        values = {**READ, "2027-01-24": 900} if number in {"digits", "backwards"} else READ
        made.readings(number, f"m{number}", values)
    made.files["balances.csv"] = (
        "account;service;period;part;amount\nlate;el;2026-09;principal;500\n"
    )
    return made


def test_each_is_named_and_the_rest_is_billed(department):
    department.send()
    code, err = department.bill(MONTH)
    assert code == 1
    said = [line for line in err.splitlines() if line.startswith("Лицевой счёт")]
    assert len(said) == len(NAMED)
    for number, (service, parameter, day) in NAMED.items():
        [line] = [one for one in said if one.startswith(f"Лицевой счёт {number}, ")]
        assert line.startswith(f"Лицевой счёт {number}, {service}, ")
        assert parameter in line
        assert day in line
        assert not department.is_billed(number, MONTH)
    # 20 Gcal × 50 / 1000, and 100 kWh.
    found = statement("check", "fine", MONTH)
    assert [line["amount"] for line in found["lines"]] == ["647.00", "2000.00"]
    assert run("audit", "--supplier", "check")[0] == 0


def test_what_was_put_right_is_billed_by_the_next_command(department):
    department.send()
    department.bill(MONTH)
    department.files |= {
        "tariffs.csv": TARIFFS + "el;gap;0;2027-01-01;2027-01-09;6.5;yes\n",
        "norms.csv": "service;category;per;valid_from;volume\ncw;dorm;resident;2026-01-01;3\n",
        "houses.csv": "house;area_total\nh1;990\n",
        "rates.csv": "kind;value;valid_from\nkey_rate;14;2026-12-21\n",
    }
    for number in ("digits", "backwards"):
        department.readings(number, f"m{number}", {"2027-01-25": 900}, channel="control")
    department.send()
    code, err = department.bill(MONTH)
    assert (code, err) == (0, "")
    assert all(department.is_billed(number, MONTH) for number in NAMED)
    assert department.volumes("backwards", MONTH) == [("el", "-100", "-647.00")]
    assert run("audit", "--supplier", "check")[0] == 0


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("house_volumes.csv", f"house;service;period;volume\nh2;ht;{MONTH};-1\n", "volume"),
        ("hourly.csv", "account;service;serial;hour;volume\nfine;el;mfine;2027-01-05 10:00;-1\n", "volume"),
        ("norms.csv", "service;category;per;valid_from;volume\ncw;mkd;resident;2026-01-01;-4\n", "volume"),
        ("tariffs.csv", TARIFFS + "el;;0;2026-01-01;2026-12-31;6;yes\nel;;0;2026-12-15;;7;yes\n", "valid_from"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_refused_at_the_door(department, tmp_path, file, row, column):
    department.files[file] = row
    code, _, err = run("import", str(write_bundle(tmp_path / "wrong", department.files)))
    assert code == 1
    assert f"{file}, строка " in err
    assert f"столбец {column}" in err
