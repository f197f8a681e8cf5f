"""``abonent bench import``: a supplier's bundle of N accounts against COPY of the same rows.

The bundle is made in a scratch folder: homes, 120 in a house, two meters
a home, three electricity meters in ten with two zones, hence 2.3 readings a home. Ours:
``import_bundle`` as the command calls it, from CSV to committed rows. The limit: COPY of
the very rows it left, binary and in their order, into the same indexed tables.
"""

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.db import connection

from abonent.common import clock
from abonent.domain.exchange import operations as exchange
from abonent.interfaces.jobs.bench.limit import copy_limit

SLICE = 50_000  # accounts written at a time: the bundle's making must not be its memory
IN_A_HOUSE = 120
SUPPLIER = """code = "bench"
name = "АО «Замер»"
inn = "7204000019"
kpp = "720401001"
start_period = "2026-10"
"""
SERVICES = """service;kind;name;unit
electricity;electricity;Электроэнергия;kwh
cold_water;cold_water;Холодная вода;m3
"""
TARIFFS = """service;zone;from_quantity;valid_from;rate
electricity;single;0;2026-01-01;6.47
electricity;day;0;2026-01-01;7.28
electricity;night;0;2026-01-01;3.49
cold_water;single;0;2026-01-01;48.31
"""
TABLES = {
    "accounts_house": "", "accounts_customer": "", "accounts_customeraccount": "",
    "accounts_customeragreement": "", "metering_meter": "", "metering_register": "",
    "metering_reading": " ORDER BY period, account_id, register_id",
}  # fmt: skip
Rows = Callable[[pl.Series], Iterator[pl.DataFrame]]


def measure(accounts: int) -> dict[str, Any]:
    """Write the bundle, import it, COPY its rows; ratio = our wall time / the limit's."""
    with TemporaryDirectory(prefix="abonent-bundle-") as folder:
        size = _write(Path(folder), accounts)
        before, cpu, started = _memory(), _cpu(), time.perf_counter()
        report = exchange.import_bundle(path=Path(folder), now=clock.now())
        ours, cpu = time.perf_counter() - started, _cpu() - cpu
        memory = _memory()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    limit, rows = copy_limit(
        {table: f"SELECT * FROM {table}{order}" for table, order in TABLES.items()}
    )
    counts = {one.file: one.inserted for one in report.counts}
    return {
        "bench": "import",
        "accounts": counts["accounts.csv"],
        "meters": counts["meters.csv"],
        "readings": counts["readings.csv"],
        "bundle_mb": size >> 20,
        "rows": rows,
        "seconds": round(ours, 2),
        "client_cpu_seconds": round(cpu, 2),
        "limit_seconds": round(limit.wall, 2),
        "memory_mb": memory,
        "memory_before_mb": before,
        "ratio": round(ours / limit.wall, 2),
    }


def _write(folder: Path, accounts: int) -> int:
    """Write the bundle into the folder; returns its bytes."""
    for name, text in (
        ("supplier.toml", SUPPLIER), ("services.csv", SERVICES), ("tariffs.csv", TARIFFS)
    ):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    for name, rows in FILES.items():
        with (folder / name).open("wb") as file:
            for first in range(0, accounts, SLICE):
                homes = pl.int_range(first, min(first + SLICE, accounts), eager=True).alias("n")
                for frame in rows(homes):
                    frame.write_csv(file, separator=";", include_header=file.tell() == 0)
    return sum(file.stat().st_size for file in folder.iterdir())


def _number(width: int = 10) -> pl.Expr:
    return pl.col("n").cast(pl.String).str.zfill(width)


def _house() -> pl.Expr:
    return pl.format("H{}", pl.col("n") // IN_A_HOUSE)


def _houses(homes: pl.Series) -> Iterator[pl.DataFrame]:
    yield (
        homes.to_frame()
        .filter(pl.col("n") % IN_A_HOUSE == 0)
        .select(
            _house().alias("house"),
            pl.lit("Тюмень").alias("locality"),
            pl.format("Улица {}-я", pl.col("n") // IN_A_HOUSE // 40 + 1).alias("street"),
            (pl.col("n") // IN_A_HOUSE % 40 + 1).alias("number"),
            pl.lit("6812,5").alias("area_total"),
        )
    )


def _accounts(homes: pl.Series) -> Iterator[pl.DataFrame]:
    yield homes.to_frame().select(
        _number().alias("account"),
        pl.lit("household").alias("kind"),
        _house().alias("house"),
        (pl.col("n") % IN_A_HOUSE + 1).alias("flat"),
        pl.format("{},{}", 30 + pl.col("n") % 60, pl.col("n") % 10).alias("area"),
        (1 + pl.col("n") % 4).alias("residents"),
        pl.format("Абонентов Пётр {}", pl.col("n")).alias("full_name"),
    )


def _agreements(homes: pl.Series) -> Iterator[pl.DataFrame]:
    yield _twice(homes).select(
        _number().alias("account"), "service", pl.lit("2025-01-01").alias("valid_from"),
        _zones().alias("zones"),
    )  # fmt: skip


def _meters(homes: pl.Series) -> Iterator[pl.DataFrame]:
    power = pl.col("service") == "electricity"
    first = pl.col("n") % 90_000 + 1000
    yield _twice(homes).select(
        _number().alias("account"),
        "service",
        _serial().alias("serial"),
        _zones().alias("zones"),
        pl.when(power).then(6).otherwise(5).alias("int_digits"),
        pl.when(power).then(0).otherwise(3).alias("frac_digits"),
        pl.lit("2024-05-14").alias("installed_on"),
        pl.when(_zones() == "day+night")
        .then(pl.format("day={},night={}", first, first // 2))
        .otherwise(first.cast(pl.String))
        .alias("initial"),
        pl.lit("2036-05-13").alias("verified_until"),
    )


def _readings(homes: pl.Series) -> Iterator[pl.DataFrame]:
    meters = _twice(homes).with_columns(_zones().alias("zones"))
    registers = meters.with_columns(pl.col("zones").str.split("+").alias("zone")).explode("zone")
    first = pl.col("n") % 90_000 + 1000
    used = pl.when(pl.col("service") == "electricity").then(150 + pl.col("n") % 200).otherwise(5)
    start = pl.when(pl.col("zone") == "night").then(first // 2).otherwise(first)
    yield registers.select(
        _number().alias("account"),
        _serial().alias("meter_serial"),
        "zone",
        pl.format("{}.10.2026", 15 + pl.col("n") % 10).alias("reading_date"),
        pl.lit("office").alias("channel"),
        (start + used).alias("reading"),
    )


def _twice(homes: pl.Series) -> pl.DataFrame:
    """Return a row for each home and service."""
    services = pl.DataFrame({"service": ["electricity", "cold_water"]})
    return homes.to_frame().join(services, how="cross")


def _zones() -> pl.Expr:
    """Return the zones of a meter: three electricity meters in ten have two."""
    two = (pl.col("service") == "electricity") & (pl.col("n") % 10).is_between(0, 2)
    return pl.when(two).then(pl.lit("day+night")).otherwise(pl.lit("single"))


def _serial() -> pl.Expr:
    return pl.format("{}{}", pl.col("service").str.slice(0, 1), _number(8))


FILES: dict[str, Rows] = {
    "houses.csv": _houses,
    "accounts.csv": _accounts,
    "agreements.csv": _agreements,
    "meters.csv": _meters,
    "readings.csv": _readings,
}


def _memory() -> int:
    """Return the most memory that the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
