"""Registers, readings and house volumes as frames: what a billing chunk reads."""

from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.metering.rules import SOURCE_PRIORITY, ReadingQuality

REGISTERS = {
    "register_id": pl.Int64,
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "serial": pl.String,
    "zone": pl.String,
    "initial": pl.Int64,
    "installed_on": pl.Date,
    "int_digits": pl.Int64,
    "ratio": pl.Int64,
}
READINGS = {
    "register_id": pl.Int64,
    "period": pl.Date,
    "taken_on": pl.Date,
    "source": pl.Int16,
    "sequence": pl.Int16,
    "value": pl.Int64,
}
HOUSE_VOLUMES = {
    "house_id": pl.Int64,
    "service_id": pl.Int64,
    "volume": pl.Int64,
    "metered_volume": pl.Int64,
    "metered_area": pl.Int64,
    "state": pl.String,
}


def registers_frame(
    *, supplier_id: int, first_id: int, last_id: int, month: date, month_end: date
) -> pl.DataFrame:
    """Return the registers of a range of accounts whose meters stood in the month."""
    return read_frame(
        """SELECT r.id, r.account_id, m.service_id, m.serial, r.zone, r.initial, m.installed_on,
                  m.int_digits, (m.ratio * 10000)::bigint
             FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
            WHERE r.supplier_id = %(supplier)s AND r.account_id BETWEEN %(first)s AND %(last)s
              AND (m.installed_on IS NULL OR m.installed_on <= %(end)s)
              AND (m.removed_on IS NULL OR m.removed_on >= %(month)s)
            ORDER BY r.account_id, r.id""",
        REGISTERS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "month": month,
         "end": month_end},
    )  # fmt: skip


def readings_frame(
    *, first_id: int, last_id: int, registers: pl.DataFrame, month: date, previous: date
) -> pl.DataFrame:
    """Return the month's readings and, for each register, the candidates of its base.

    The month before nearly always holds the base; only registers that have none there
    are looked up further back, one statement for all of them.
    """
    near = _between(first_id, last_id, previous, month)
    based = near.filter(pl.col("period") < month).select("register_id").unique()
    far = registers.select("register_id").join(based, on="register_id", how="anti")
    frames = [near]
    if not far.is_empty():
        frames.append(_earlier(first_id, last_id, far["register_id"].to_list(), previous))
    return pl.concat(frames).with_columns(_priority())


def recent_readings(
    *, first_id: int, last_id: int, registers: list[int], since: date, before: date
) -> pl.DataFrame:
    """Return the readings of some registers in the months before, for their usual volume."""
    frame = _between(first_id, last_id, since, before)
    return frame.filter(
        pl.col("register_id").is_in(registers) & (pl.col("period") < before)
    ).with_columns(_priority())


def _priority() -> pl.Expr:
    names = {int(source): rank for source, rank in SOURCE_PRIORITY.items()}
    return pl.col("source").replace_strict(names, default=1).alias("priority")


def _between(first_id: int, last_id: int, start: date, end: date) -> pl.DataFrame:
    return read_frame(
        """SELECT register_id, period, taken_on, source, sequence, value
             FROM metering_reading
            WHERE period BETWEEN %(start)s AND %(end)s
              AND account_id BETWEEN %(first)s AND %(last)s AND quality <> %(aside)s""",
        READINGS,
        {"start": start, "end": end, "first": first_id, "last": last_id,
         "aside": int(ReadingQuality.SET_ASIDE)},
    )  # fmt: skip


def _earlier(first_id: int, last_id: int, registers: list[int], before: date) -> pl.DataFrame:
    return read_frame(
        """SELECT DISTINCT ON (register_id)
                  register_id, period, taken_on, source, sequence, value
             FROM metering_reading
            WHERE period < %(before)s AND account_id BETWEEN %(first)s AND %(last)s
              AND register_id = ANY(%(registers)s) AND quality <> %(aside)s
            ORDER BY register_id, period DESC, taken_on DESC, source DESC, sequence DESC""",
        READINGS,
        {"before": before, "first": first_id, "last": last_id, "registers": registers,
         "aside": int(ReadingQuality.SET_ASIDE)},
    )  # fmt: skip


def house_volumes_frame(*, supplier_id: int, month: date) -> pl.DataFrame:
    """Return what the houses' shared meters counted: millionths, areas in 1/10000 m²."""
    return read_frame(
        """SELECT house_id, service_id, (volume * 1000000)::bigint,
                  (metered_volume * 1000000)::bigint, (metered_area * 10000)::bigint, state
             FROM metering_housevolume
            WHERE supplier_id = %(supplier)s AND period = %(month)s""",
        HOUSE_VOLUMES,
        {"supplier": supplier_id, "month": month},
    )
