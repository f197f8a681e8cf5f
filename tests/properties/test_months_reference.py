"""Months billed through the commands equal a naive account of them, on invented worlds."""

import os
from decimal import Decimal

import pytest
from django.core.management import call_command

from bundles import write_bundle
from commands import night_after, run, statement
from naive_months import History, named
from worlds import MONTHS, START, first_files, homes, payments_of, readings_of, supplier_only

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
# A world takes most of a minute. More of them: WORLDS="2:full 3:none 8:". Each is a seed and a policy of late readings.
WORLDS = [one.split(":") for one in os.environ.get("WORLDS", "1:").split()]
HOMES, MOVED_AFTER = 12, 4  # months; then the supplier moves into an empty installation


def told(line):
    corrected = line["corrects"][:7] if line["corrects"] else None
    return (line["method"], line["zone"], line["band"], D(line["volume"]), D(line["rate"]),
            D(line["amount"]), corrected)  # fmt: skip


class Department:
    """A supplier's department that sends its world month by month."""

    def __init__(self, folder, seed, policy):
        self.folder = folder
        self.world = homes(seed, HOMES, policy or "average_only")
        self.files = first_files(self.world, "world", policy)
        self.due = {}
        self.histories = {
            (home.account, kind): History(supply)
            for home in self.world
            for kind, supply in home.supplies.items()
        }

    def command(self, *arguments):
        code, out, err = run(*arguments)
        assert code == 0, err
        return out

    def send(self, month):
        known = [month] if month > START else list(range(START + 1))
        sent = self.files if month == START else supplier_only(self.files)
        sent["readings.csv"] = readings_of(self.world, known)
        sent["payments.csv"] = payments_of(self.world, month)
        self.command("import", str(write_bundle(self.folder / named(month), sent)))

    def bill(self, month):
        self.command("bill", "--supplier", "world", "--period", named(month), "--publish")

    def move(self):
        """Take everything into an installation that never saw it."""
        self.command("export", str(self.folder / "all"), "--supplier", "world")
        call_command("flush", interactive=False, verbosity=0)
        self.command("import", str(self.folder / "all"))

    def wrong(self, month):
        """Compare the month's bills with the naive account; check what they add up to."""
        found = []
        for home in self.world:
            bill = statement("world", home.account, named(month))
            sums = {
                name: D(bill[name]) for name in ("opening", "charged", "penalty", "paid", "due")
            }
            assert sums["charged"] == sum(D(line["amount"]) for line in bill["lines"])
            assert sums["opening"] == self.due.get(home.account, 0)
            assert sums["paid"] == home.payments.get(month, 0)
            owed = sums["opening"] + sums["charged"] + sums["penalty"] - sums["paid"]
            assert sums["due"] == owed
            self.due[home.account] = owed
            for kind in home.supplies:
                ours = [told(line) for line in bill["lines"] if line["service"] == kind]
                naive = [
                    (*row[:6], named(row[6]) if row[6] else None)
                    for row in self.histories[home.account, kind].bill(month)
                ]
                if sorted(ours, key=str) != sorted(naive, key=str):
                    found.append(self.said(home, kind, month, ours, naive))
        return found

    def said(self, home, kind, month, ours, naive):
        text = [f"{home.account} {kind} {named(month)}", f"  ours  {ours}", f"  naive {naive}"]
        text += [
            f"  {scale.zone} "
            + " ".join(
                f"{one.day}={one.value}{'c' if one.control else ''}@{named(one.known)}"
                for one in scale.readings
            )
            for scale in home.supplies[kind].scales
        ]
        return "\n".join(text)


@pytest.mark.parametrize(("seed", "policy"), WORLDS)
def test_months_equal_the_reference(tmp_path, seed, policy):
    department = Department(tmp_path, int(seed), policy)
    for month in range(START, START + MONTHS):
        department.send(month)
        department.bill(month)
        wrong = department.wrong(month)
        assert not wrong, "\n".join(wrong)
        night_after(named(month))
        if month == START + MOVED_AFTER:
            # The same again changes nothing, here and in an installation of its own.
            department.send(month)
            department.bill(month)
            department.move()
    department.command("audit", "--supplier", "world")
