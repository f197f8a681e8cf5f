"""Registers, readings and house volumes as frames: what a billing chunk reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.partitions import months_of
from abonent.common.periods import Period
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
    "verified_until": pl.Date,
    "removed_on": pl.Date,
    "contract": pl.String,
    "meter_id": pl.Int64,
}
READINGS = {
    "register_id": pl.Int64,
    "period": pl.Date,
    "taken_on": pl.Date,
    "source": pl.Int16,
    "sequence": pl.Int16,
    "value": pl.Int64,
    "late": pl.Boolean,
}
UNBILLED = {"register_id": pl.Int64, "since": pl.Date}
APART: dict[str, Any] = {
    "account_id": pl.Int64,
    "period": pl.Date,
    "billed_at": pl.Datetime("us", "UTC"),
}
HOUSE_VOLUMES = {
    "house_id": pl.Int64,
    "service_id": pl.Int64,
    "volume": pl.Int64,
    "metered_volume": pl.Int64,
    "metered_area": pl.Int64,
    "state": pl.String,
}

EVENTS: dict[str, Any] = {
    "event_id": pl.Int64,
    "account_id": pl.Int64,
    "house_id": pl.Int64,
    "service_id": pl.Int64,
    "meter_id": pl.Int64,
    "kind": pl.String,
    "begins": pl.String,
    "ends": pl.String,
    "value": pl.Decimal(38, 6),
    "value2": pl.Decimal(38, 6),
    "act_number": pl.String,
    "claimed_on": pl.Date,
}
# Kinds that end with their last day; the others are steps of a state that lasts beyond it.
_AROUND = timedelta(days=31)  # a break may be told of in rows that follow each other
PASSING = ("absence", "quality_break", "quality_temperature", "quality_pressure")


@dataclass(frozen=True)
class Published:
    """When the bills of months came out, and those (APART) of accounts billed after them."""

    months: Mapping[date, datetime] = field(default_factory=dict)
    apart: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=APART))

    def parameters(self) -> dict[str, Any]:
        """Return the arrays that MOMENTS names."""
        return {
            "months": list(self.months),
            "moments": list(self.months.values()),
            "accounts": self.apart["account_id"].to_list(),
            "apart": self.apart["period"].to_list(),
            "apart_at": self.apart["billed_at"].to_list(),
        }


# Joins to a reading r the moment after which no bill of its month could use it.
MOMENTS = """
    LEFT JOIN unnest(%(months)s::date[], %(moments)s::timestamptz[]) AS p (month, at)
      ON p.month = r.period
    LEFT JOIN unnest(%(accounts)s::bigint[], %(apart)s::date[], %(apart_at)s::timestamptz[])
      AS x (account, month, at) ON x.account = r.account_id AND x.month = r.period"""
LATE = "coalesce(r.received_at > coalesce(x.at, p.at), false)"


def registers_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month: date,
    month_end: date,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the registers of a range of accounts whose meters stood in the month.

    ``only`` narrows the range to some of its accounts.
    """
    return read_frame(
        """SELECT r.id, r.account_id, m.service_id, m.serial, r.zone, r.initial, m.installed_on,
                  m.int_digits, (m.ratio * 10000)::bigint, m.verified_until, m.removed_on,
                  m.contract_number,
                  r.meter_id
             FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
            WHERE r.supplier_id = %(supplier)s AND r.account_id BETWEEN %(first)s AND %(last)s
              AND m.account_id BETWEEN %(first)s AND %(last)s
              AND (%(only)s::bigint[] IS NULL OR r.account_id = ANY(%(only)s))
              AND (m.installed_on IS NULL OR m.installed_on <= %(end)s)
              AND (m.removed_on IS NULL OR m.removed_on >= %(month)s)""",
        REGISTERS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "month": month,
         "end": month_end, "only": only},
    ).sort("account_id", "register_id")  # fmt: skip


def readings_frame(
    *,
    first_id: int,
    last_id: int,
    registers: pl.DataFrame,
    unbilled: pl.DataFrame,
    published: Published,
    month: date,
    previous: date,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the month's readings and, for each register, the candidates of its base.

    The month before nearly always holds the base; only registers that have none there
    are looked up further back, one statement for all of them. ``published``: when the
    bills of a month came out; ``unbilled`` (UNBILLED): registers whose account is not
    billed since a month. What no bill rests on is marked as late. ``only``: some accounts of
    the range, for a month that is calculated again: its own readings may be late then.
    """
    near = _between(first_id, last_id, (previous, month), published, only)
    if unbilled.height:
        since = pl.col("since")
        older = _of(first_id, last_id, unbilled, previous)
        near = pl.concat([near, older]).join(
            unbilled, on="register_id", how="left", maintain_order="left"
        )
        # The month's own readings are in time for the bill that is made of it now.
        waits = (pl.col("period") >= since).fill_null(value=False) & (pl.col("period") < month)
        near = near.with_columns(pl.col("late") | waits).drop("since")
    based = near.filter((pl.col("period") < month) & ~pl.col("late"))
    far = registers.join(based, on="register_id", how="anti").select("register_id", "account_id")
    if not far.is_empty():
        before = far.join(unbilled, on="register_id", how="left").with_columns(
            pl.col("since").fill_null(pl.lit(previous))
        )
        near = pl.concat([near, _earlier(before, published)])
    return near.with_columns(priority())


def recent_readings(
    *, first_id: int, last_id: int, registers: list[int], since: date, before: date
) -> pl.DataFrame:
    """Return the readings of some registers in the months before, for their usual volume."""
    frame = _between(first_id, last_id, (since, before), Published())
    return frame.filter(
        pl.col("register_id").is_in(registers) & (pl.col("period") < before)
    ).with_columns(priority())


def priority() -> pl.Expr:
    """Return the rank of a reading's source: a higher one wins (RULES 4.3)."""
    names = {int(source): rank for source, rank in SOURCE_PRIORITY.items()}
    return pl.col("source").replace_strict(names, default=1).alias("priority")


def _between(
    first_id: int,
    last_id: int,
    months: tuple[date, date],
    published: Published,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the readings of months; those of ``end`` are late only if it was published."""
    start, end = months
    late, moments = "false", ""
    if any(start <= month <= end for month in published.months):
        late, moments = LATE, MOMENTS
    return read_frame(
        f"""SELECT r.register_id, r.period, r.taken_on, r.source, r.sequence, r.value, {late}
              FROM metering_reading r {moments}
             WHERE r.period BETWEEN %(start)s AND %(end)s
               AND (%(only)s::bigint[] IS NULL OR r.account_id = ANY(%(only)s))
               AND r.account_id BETWEEN %(first)s AND %(last)s AND r.quality <> %(aside)s""",
        READINGS,
        {"start": start, "end": end, "first": first_id, "last": last_id, "only": only,
         "aside": int(ReadingQuality.SET_ASIDE), **published.parameters()},
    )  # fmt: skip


def _of(first_id: int, last_id: int, unbilled: pl.DataFrame, before: date) -> pl.DataFrame:
    """Return the readings that registers sent while their account was not billed."""
    return read_frame(
        """SELECT r.register_id, r.period, r.taken_on, r.source, r.sequence, r.value, true
             FROM metering_reading r
             JOIN unnest(%(registers)s::bigint[], %(since)s::date[]) AS u (register, since)
               ON u.register = r.register_id AND r.period >= u.since
            WHERE r.period >= %(start)s AND r.period < %(before)s
              AND r.account_id BETWEEN %(first)s AND %(last)s AND r.quality <> %(aside)s""",
        READINGS,
        {"registers": unbilled["register_id"].to_list(), "since": unbilled["since"].to_list(),
         "start": unbilled["since"].min(), "before": before, "first": first_id, "last": last_id,
         "aside": int(ReadingQuality.SET_ASIDE)},
    )  # fmt: skip


def _earlier(registers: pl.DataFrame, published: Published) -> pl.DataFrame:
    """Return the last reading of each register before its ``since``, a billed one if any.

    Nearly all spoke in the month before; only the others are looked for in all months.
    ``registers``: register_id, account_id, since.
    """
    before = Period.of(registers["since"].max())  # type: ignore[arg-type]  # days only
    months = [month for month in months_of("metering_reading") if month < before][::-1]
    found = _last_of(registers, months[:1], published)
    billed = found.filter(~pl.col("late"))
    others = registers.join(billed, on="register_id", how="anti")
    if others.is_empty() or not months[1:]:
        return found
    return pl.concat([billed, _last_of(others, months, published)])


def _last_of(
    registers: pl.DataFrame, months: Sequence[Period], published: Published
) -> pl.DataFrame:
    """Return the last reading of each register within some months, a billed one if any.

    OFFSET 0 keeps the inner look-up whole: the planner would rather read whole months.
    """
    return read_frame(
        f"""SELECT DISTINCT ON (r.register_id)
                  r.register_id, r.period, r.taken_on, r.source, r.sequence, r.value,
                  {LATE} AS late
             FROM unnest(%(registers)s::bigint[], %(of)s::bigint[], %(since)s::date[])
                  AS u (register, account, since)
             JOIN unnest(%(looked)s::date[]) AS m (month) ON m.month < u.since
             CROSS JOIN LATERAL (
                  SELECT * FROM metering_reading
                   WHERE period = m.month AND account_id = u.account
                     AND register_id = u.register AND quality <> %(aside)s OFFSET 0
             ) AS r {MOMENTS}
            ORDER BY r.register_id, late, r.period DESC, r.taken_on DESC, r.source DESC,
                     r.sequence DESC""",
        READINGS,
        {"registers": registers["register_id"].to_list(),
         "of": registers["account_id"].to_list(), "since": registers["since"].to_list(),
         "looked": [month.first_day for month in months],
         "aside": int(ReadingQuality.SET_ASIDE), **published.parameters()},
    )  # fmt: skip


def verifications_frame(*, registers: list[int]) -> pl.DataFrame:
    """Return the verifications of the meters of some registers."""
    return read_frame(
        """SELECT r.id, v.verified_on, v.valid_until
             FROM metering_register r
             JOIN metering_meterverification v ON v.meter_id = r.meter_id
            WHERE r.id = ANY(%(registers)s)""",
        {"register_id": pl.Int64, "verified_on": pl.Date, "valid_until": pl.Date},
        {"registers": registers},
    )


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


def events_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month: date,
    month_end: date,
    houses: Sequence[int],
) -> pl.DataFrame:
    """Return the events of a range of accounts and of their ``houses``, by the month's end.

    Columns are those of EVENTS with ``from_at``, ``to_at`` (local moments, the end not
    included: a bare day lasts to its midnight; null while the event goes on), ``from_on``
    and ``to_on`` (days, the last one included) in place of ``begins`` and ``ends``. An
    event of a house has no account. Passing events (PASSING) are those that touch the
    month or the month before it, states all that began before its end.
    """
    rows = read_frame(
        """SELECT id, account_id, house_id, service_id, meter_id, kind, begins, ends, value,
                  value2, act_number, claimed_on
             FROM metering_serviceevent
            WHERE supplier_id = %(supplier)s
              AND (account_id BETWEEN %(first)s AND %(last)s
                   OR account_id IS NULL AND house_id = ANY(%(houses)s))
              AND left(begins, 10) <= %(end)s
              AND (NOT kind = ANY(%(passing)s) OR ends = '' OR left(ends, 10) >= %(month)s)
            ORDER BY account_id, house_id, begins, id""",
        EVENTS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "houses": list(houses),
         "month": (month - _AROUND).isoformat(), "end": month_end.isoformat(),
         "passing": list(PASSING)},
    )  # fmt: skip
    return _no_events() if rows.is_empty() else _dated(rows)


@cache
def _no_events() -> pl.DataFrame:
    """Return no events in the columns that they have."""
    return _dated(pl.DataFrame(schema=EVENTS))


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Put moments and days in the place of what the file says of them."""
    return rows.with_columns(
        _moment("begins").alias("from_at"),
        _moment("ends").alias("to_at"),
        # An act of interference may not know when that began.
        pl.col("begins").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("from_on"),
        pl.col("ends").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("to_on"),
    ).drop("begins", "ends")


def _moment(name: str) -> pl.Expr:
    """Return the moment a text names; a bare day begins at its midnight and ends at the next."""
    bare = pl.col(name).str.len_chars() == len("2026-10-24")
    day = pl.col(name).str.slice(0, 10).str.to_datetime("%Y-%m-%d", strict=False)
    exact = pl.col(name).str.to_datetime("%Y-%m-%d %H:%M", strict=False)
    whole = day.dt.offset_by("1d") if name == "ends" else day
    return pl.when(bare).then(whole).otherwise(exact)


def temperatures_frame(*, supplier_id: int, since: date, until: date) -> pl.DataFrame:
    """Return the outdoor temperatures of days, the last one included, in 1/10000 °C."""
    return read_frame(
        """SELECT locality, day, (mean_c * 10000)::bigint FROM metering_outdoortemperature
            WHERE supplier_id = %(supplier)s AND day BETWEEN %(since)s AND %(until)s
            ORDER BY locality, day""",
        {"locality": pl.String, "day": pl.Date, "mean_c": pl.Int64},
        {"supplier": supplier_id, "since": since, "until": until},
    )
