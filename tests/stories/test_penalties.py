"""Arrears interest through the commands (EXCHANGE 3, RULES 3): a debtor's months."""

import pytest

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
BALANCES = "account;service;period;part;amount;due_on;penalty_counted_to\n"
PAYMENTS = (
    "channel;external_id;account;paid_on;amount;purpose_period;purpose_part;credited_on;kind\n"
)


class Office(Department):
    def start(self):
        super().start()
        self.files["supplier.toml"] = self.files["supplier.toml"].replace("2026-08", self.first)

    first = "2026-08"

    def owes(self, number, period, amount, due="", counted="", part="principal", service="el"):
        self.files.setdefault("balances.csv", BALANCES)
        self.add("balances", f"{number};{service};{period};{part};{amount};{due};{counted}")

    def pays(self, number, on, amount, period="", part="", credited="", kind="payment"):
        self.files.setdefault("payments.csv", PAYMENTS)
        self.count = getattr(self, "count", 0) + 1
        self.add(
            "payments",
            f"bank;{self.count};{number};{on};{amount};{period};{part};{credited};{kind}",
        )

    def home(self, number, **given):
        """An account whose meter stands still: it is charged nothing."""
        self.account(number, **given)
        self.agreement(number)
        self.meter(number, f"m{number}")
        days = [f"2026-{month:02}-20" for month in range(7, 13)]
        days += [f"2027-{month:02}-20" for month in (1, 2, 3)]
        self.readings(number, f"m{number}", dict.fromkeys(days, 100))

    def penalty(self, number, period, *more):
        found = statement(self.code, number, period, *more)
        assert found["charged"] == "0.00"
        return found["penalty"]

    def run(self, period, as_of=""):
        extra = ("--as-of", as_of) if as_of else ()
        return run("bill", "--supplier", self.code, "--period", period, "--publish", *extra)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_examples_39_to_43_of_a_debt_of_may(office):
    for number in ("39", "40a", "40b", "40c", "40d", "41", "43"):
        office.home(number)
        office.owes(number, "2026-05", "1200" if number == "43" else "5000")
    office.owes("43", "2026-06", "1500")
    office.pays("39", "2026-08-20", "5000")
    for number, day in {
        "40a": "2026-07-15",
        "40b": "2026-07-16",
        "40c": "2026-09-13",
        "40d": "2026-09-14",
    }.items():
        office.pays(number, day, "5000")
    office.send()
    assert office.run("2026-08")[0] == 0
    assert office.penalty("39", "2026-08") == "57.00"
    assert office.run("2026-09")[0] == 0
    september = {n: statement("check", n, "2026-09")["penalty"] for n in ("40c", "40d", "39")}
    august = {n: statement("check", n, "2026-08")["penalty"] for n in ("40a", "40b", "40c", "43")}
    assert (august["40a"], august["40b"]) == ("0.00", "1.58")
    assert float(august["40c"]) + float(september["40c"]) == pytest.approx(95.00)
    assert september["39"] == "0.00"
    both = float(statement("check", "40d", "2026-08")["penalty"]) + float(september["40d"])
    assert both == pytest.approx(98.65)
    assert office.run("2026-10")[0] == 0
    whole = sum(float(statement("check", "41", f"2026-{m:02}")["penalty"]) for m in (8, 9, 10))
    assert whole == pytest.approx(270.38)
    merged = sum(float(statement("check", "43", f"2026-{m:02}")["penalty"]) for m in (8, 9))
    assert merged == pytest.approx(60.04)
    assert run("audit")[0] == 0, run("audit")
