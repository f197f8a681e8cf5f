"""Bundles of the browser tests: the flat of RULES 8 many times over, under a preset."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from commands import DATA

FLATS = DATA / "rules8"
PATTERN = "0010012345"
# What the bill of October comes to at a supplier of everything (RULES 8).
DUE = "5 198,26"
Row = dict[str, str]


def flat_number(place: int) -> str:
    """Return the account number of a flat of a bundle, from 1 on."""
    return f"00100200{place:02d}"


def contract_mail(place: int) -> str:
    """Return the mailbox that stands in the contract of a flat."""
    return f"dogovor-{place}@example.ru"


def write_bundle(
    folder: Path, *, code: str, preset: str, flats: int, services: Iterable[str], branch: str = ""
) -> Path:
    """Write a supplier's bundle: so many flats alike, with a bill of October to come."""
    folder.mkdir()
    wanted = set(services)
    head = (FLATS / "supplier.toml").read_text(encoding="utf-8")
    head = head.replace('code = "demo"', f'code = "{code}"\npreset = "{preset}"')
    (folder / "supplier.toml").write_text(head, encoding="utf-8")
    for path in sorted(FLATS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file, delimiter=";") if _kept(row, wanted)]
        rows = list(_repeated(rows, flats, _own(branch)))
        if rows:
            with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
    return folder


def serial(row_serial: str, place: int) -> str:
    """Return the serial of a flat's meter."""
    return f"{row_serial}{place:02d}"


def _kept(row: Row, services: set[str]) -> bool:
    if "meter_serial" in row:
        electric = row["meter_serial"].startswith("1")
        return "electricity" in services if electric else "cold_water" in services
    return row.get("service", next(iter(services))) in services


def _repeated(rows: Iterable[Row], flats: int, own: Callable[[Row, int], Row]) -> Iterable[Row]:
    for row in rows:
        if row.get("account") != PATTERN:
            yield row
            continue
        for place in range(1, flats + 1):
            yield own(row, place)


def _own(branch: str) -> Callable[[Row, int], Row]:
    def own(row: Row, place: int) -> Row:
        mine = row | {"account": flat_number(place)}
        for name in ("serial", "meter_serial"):
            if name in mine:
                mine[name] = serial(mine[name], place)
        if "external_id" in mine:
            mine["external_id"] += f"-{place}"
        if "full_name" in mine:
            mine |= {
                "flat": str(place), "email": contract_mail(place),
                "phone": f"+791200000{place:02d}", "branch": branch,
            }  # fmt: skip
        return mine

    return own
