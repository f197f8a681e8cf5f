"""The worked table of docs/arithmetic/meters.md, billed row by row through the commands."""

from pathlib import Path

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "arithmetic" / "meters.md"


def table():
    """Return the rows of the page's table of examples by the names of its columns."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    head = next(row for row in rows if row[0] == "example")
    start = rows.index(head) + 2
    return [dict(zip(head, row, strict=True)) for row in rows[start:] if len(row) == len(head)]


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
    rows = table()
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
