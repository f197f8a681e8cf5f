"""The first meters of a supplier: filled by COPY, there is nothing to compare with."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from abonent.common.bulk import LINE, next_ids
from abonent.common.frames import copy_frame
from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.domain.metering.rules import ReadingQuality, ReadingSource

MOST_ZONES = 4
METER = {
    "account_id": "bigint", "service_id": "bigint", "serial": "varchar",
    "contract_number": "varchar", "zones": "varchar", "int_digits": "smallint",
    "frac_digits": "smallint", "ratio": "numeric", "installed_on": "date",
    "verified_until": "date", "removed_on": "date",
}  # fmt: skip
KEY = ("account_id", "service_id", "serial")
# The zones one by one with what the dial showed at first and at last, in millionths.
SCALES = {
    f"{name}_{place}": kind
    for place in range(1, MOST_ZONES + 1)
    for name, kind in (("zone", "varchar"), ("initial", "bigint"), ("final", "bigint"))
}
PARENT = {"parent_account_id": "bigint", "parent_serial": "varchar"}
READ_BY = ("zones", "int_digits", "ratio", "installed_on")
FINAL = int(ReadingSource.FINAL)


def ensure_months(*, months: Iterable[Period]) -> None:
    """Make sure that readings of these months have their partitions; safe for two at once."""
    ensure_partitions("metering_reading", months)


def fill_meters(
    supplier_id: int, frames: Iterable[pl.DataFrame], now: datetime
) -> tuple[int, list[pl.DataFrame]]:
    """COPY the meters with their registers; returns how many, and the rows left over.

    Left over are sub-consumers: their parents may come later in the stream.
    """
    filled, later = 0, []
    for frame in frames:
        own = frame.filter(pl.col("parent_account_id").is_null())
        if own.height < frame.height:
            later.append(frame.filter(pl.col("parent_account_id").is_not_null()))
        meters = own.with_columns(
            next_ids("metering_meter", own.height).alias("id"),
            pl.lit(supplier_id).alias("supplier_id"),
        )
        filled += copy_frame("metering_meter", meters, ["id", "supplier_id", *METER])
        registers = _registers(meters)
        columns = ["id", "supplier_id", "account_id", "meter_id", "zone", "initial", "final"]
        copy_frame("metering_register", registers, columns)
        _final_readings(registers, now)
    return filled, later


def _registers(meters: pl.DataFrame) -> pl.DataFrame:
    """Return the registers of the meters, in the order of meters and zones."""
    scales = [
        meters.filter(pl.col(f"zone_{place}").is_not_null()).select(
            LINE, "supplier_id", "account_id", pl.col("id").alias("meter_id"), "removed_on",
            pl.lit(place).alias("place"), pl.col(f"zone_{place}").alias("zone"),
            pl.col(f"initial_{place}").alias("initial"), pl.col(f"final_{place}").alias("final"),
        )
        for place in range(1, MOST_ZONES + 1)
    ]  # fmt: skip
    ordered = pl.concat(scales).sort(LINE, "place")
    return ordered.with_columns(next_ids("metering_register", ordered.height).alias("id"))


def _final_readings(registers: pl.DataFrame, now: datetime) -> None:
    """Keep what the dials showed on the day of removal as readings (RULES 1.7)."""
    shown = registers.filter(
        pl.col("final").is_not_null() & pl.col("removed_on").is_not_null()
    ).select(
        "supplier_id",
        "account_id",
        pl.col("id").alias("register_id"),
        pl.col("removed_on").dt.month_start().alias("period"),
        pl.col("removed_on").alias("taken_on"),
        pl.lit(FINAL).alias("source"),
        pl.lit(0).alias("sequence"),
        pl.col("final").alias("value"),
        pl.lit(int(ReadingQuality.ACCEPTED)).alias("quality"),
        pl.lit(now).alias("received_at"),
        pl.lit("").alias("comment"),
    )
    ensure_months(months=[Period.of(month) for month in set(shown["period"])])
    copy_frame("metering_reading", shown)
