"""The worked tables of docs/arithmetic/meters.md, billed row by row through the commands."""

import pytest
from test_silent_meters import USUAL

from checker_bundle import Department
from commands import statement
from pages import rows_of, words

pytestmark = pytest.mark.django_db(transaction=True)


def tariffs(service, category, price):
    """Read the column of prices: a change of day, or bands above a quantity."""
    since = "2026-01-01"
    for part in price.split(", "):
        rate, _, rest = part.partition(" ")
        if rest.startswith("to "):
            yield f"{service};{category};0;{since};{rate};yes;{rest[3:]}\n"
            year, month, _ = rest[3:].split("-")
            since = f"{year}-{int(month) + 1:02d}-01"
        else:
            yield f"{service};{category};{rest.removeprefix('above ') or 0};{since};{rate};yes;\n"


def test_every_row_is_what_the_command_bills(tmp_path):
    rows = rows_of("meters", "example", "service")
    assert len(rows) == 12
    department = Department(tmp_path)
    prices = "service;category;from_quantity;valid_from;rate;vat_included;valid_to\n"
    for place, row in enumerate(rows):
        number, service = f"row{place}", row["service"]
        prices += "".join(tariffs(service, number, row["price"]))
        department.metered(
            number,
            {row["from"]: row["was"], row["to"]: row["now"]},
            category=number,
            service=service,
            int_digits=row["digits"],
            frac_digits=3 if service == "cw" else 0,
            ratio=row["ratio"],
        )
    department.files["tariffs.csv"] = prices
    department.send()
    code, err = department.bill("2026-08")
    assert code == 0, err
    for place, row in enumerate(rows):
        found = statement("check", f"row{place}", "2026-08")
        volume = sum(float(line["volume"]) for line in found["lines"])
        assert (row, f"{volume:.3f}", found["charged"]) == (
            row,
            f"{float(row['volume']):.3f}",
            row["sum"],
        )


def test_months_without_readings_are_what_the_command_bills(tmp_path):
    rows = rows_of("meters", "example", "verified to")
    assert len(rows) == 9
    department = Department(tmp_path)
    cases = list(dict.fromkeys((row["verified to"], row["read"]) for row in rows))
    late = {}
    for number, (until, read) in enumerate(cases):
        end = until.replace("–", "")
        department.metered(f"c{number}", USUAL, service="cw", frac_digits=3, verified_until=end)
        for day, value in words(read):
            late.setdefault(day[:7], []).append((f"c{number}", day, value))
    for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
        for number, day, value in late.get(month, ()):
            department.readings(number, f"m{number}", {day: value})
        department.send()
        code, err = department.bill(month)
        assert code == 0, err
    for row in rows:
        number = f"c{cases.index((row['verified to'], row['read']))}"
        lines = {
            (line["corrects"] or "–")[:7]: (line["volume"], line["amount"])
            for line in statement("check", number, row["bill"])["lines"]
        }
        assert (row, lines[row["corrects"]]) == (row, (row["volume"], row["sum"]))
