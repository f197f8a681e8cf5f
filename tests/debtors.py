"""A billing department whose customers owe: balances, payments, and meters that stand still."""

from checker_bundle import Department
from commands import run, statement

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
