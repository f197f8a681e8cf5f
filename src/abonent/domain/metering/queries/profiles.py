"""What organisations have besides readings: losses, hourly volumes, power, sub-consumers."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.metering.rules import ReadingQuality

_FACTORS = ("p_idle", "p_short", "s_nom", "hours", "k_f2", "r_ohm", "u_kv")
_DECIMAL = pl.Decimal(38, 6)
LOSSES = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
    "valid_from": pl.Date, "kind": pl.String, **dict.fromkeys(_FACTORS, _DECIMAL),
    "valid_to": pl.Date,
}  # fmt: skip
HOURS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "hour": pl.String,
    "volume": _DECIMAL,
}  # fmt: skip
POWER = {
    "account_id": pl.Int64, "service_id": pl.Int64, "period": pl.Date, "kw": _DECIMAL,
    "rate": pl.Decimal(38, 5),
}  # fmt: skip


def kept_besides(*, first_id: int, last_id: int) -> frozenset[str]:
    """Return what a range of accounts has at any time: losses, hours, power, subs."""
    found = read_frame(
        """SELECT EXISTS (SELECT 1 FROM metering_meterloss
                           WHERE account_id BETWEEN %(first)s AND %(last)s),
                  EXISTS (SELECT 1 FROM metering_hourlyvolume
                           WHERE account_id BETWEEN %(first)s AND %(last)s),
                  EXISTS (SELECT 1 FROM metering_billedpower
                           WHERE account_id BETWEEN %(first)s AND %(last)s),
                  EXISTS (SELECT 1 FROM metering_meter p
                            JOIN metering_meter c ON c.parent_id = p.id AND c.id <> p.id
                           WHERE p.account_id BETWEEN %(first)s AND %(last)s)""",
        dict.fromkeys(("losses", "hours", "power", "subs"), pl.Boolean),
        {"first": first_id, "last": last_id},
    )
    return frozenset(name for name in found.columns if found[name][0])


def losses_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the losses of these accounts' meters as losses.csv has them."""
    factors = ", ".join(f"l.{name}" for name in _FACTORS)
    return read_frame(
        f"""SELECT l.account_id, l.service_id, m.serial, l.valid_from, l.kind, {factors}, l.valid_to
              FROM metering_meterloss l JOIN metering_meter m ON m.id = l.meter_id
             WHERE l.account_id = ANY(%(ids)s)""",
        LOSSES,
        {"ids": list(account_ids)},
    )


def losses_frame(*, first_id: int, last_id: int, month: date, month_end: date) -> pl.DataFrame:
    """Return the losses that hold on some day of a month, with the days of their meters.

    Adds installed_on, removed_on and has_reactive: whether the meter counts reactive energy.
    """
    factors = ", ".join(f"l.{name}" for name in _FACTORS)
    return read_frame(
        f"""SELECT l.account_id, l.service_id, m.serial, l.valid_from, l.kind, {factors},
                   l.valid_to, m.installed_on, m.removed_on,
                   EXISTS (SELECT 1 FROM metering_register r
                            WHERE r.meter_id = m.id AND r.zone = 'reactive')
              FROM metering_meterloss l JOIN metering_meter m ON m.id = l.meter_id
             WHERE l.account_id BETWEEN %(first)s AND %(last)s AND l.valid_from <= %(end)s
               AND (l.valid_to IS NULL OR l.valid_to >= %(month)s)
             ORDER BY l.account_id, m.id, l.valid_from""",
        LOSSES | {"installed_on": pl.Date, "removed_on": pl.Date, "has_reactive": pl.Boolean},
        {"first": first_id, "last": last_id, "month": month, "end": month_end},
    )


def subs_frame(*, first_id: int, last_id: int, month: date, month_end: date) -> pl.DataFrame:
    """Return the meters that stood in a month behind the meters of a range of accounts.

    account_id, service_id and serial are those of the head meter.
    """
    return read_frame(
        """SELECT p.account_id, p.service_id, p.serial, c.id, c.account_id, c.service_id, c.serial
             FROM metering_meter p JOIN metering_meter c ON c.parent_id = p.id AND c.id <> p.id
            WHERE c.parent_id IS NOT NULL AND p.account_id BETWEEN %(first)s AND %(last)s
              AND (c.installed_on IS NULL OR c.installed_on <= %(end)s)
              AND (c.removed_on IS NULL OR c.removed_on >= %(month)s)
            ORDER BY 1, 2, 3, 4""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
         "sub_id": pl.Int64, "sub_account_id": pl.Int64, "sub_service_id": pl.Int64,
         "sub_serial": pl.String},
        {"first": first_id, "last": last_id, "month": month, "end": month_end},
    )  # fmt: skip


def last_periods_frame(
    *, accounts: Sequence[int], registers: Sequence[int], before: date
) -> pl.DataFrame:
    """Return the last month before a day in which each register was read."""
    return read_frame(
        """SELECT register_id, max(period) FROM metering_reading
            WHERE account_id = ANY(%(accounts)s) AND register_id = ANY(%(registers)s)
              AND period < %(before)s AND quality <> %(aside)s
            GROUP BY register_id""",
        {"register_id": pl.Int64, "period": pl.Date},
        {"accounts": list(accounts), "registers": list(registers), "before": before,
         "aside": int(ReadingQuality.SET_ASIDE)},
    )  # fmt: skip


def accounts_with_hours(*, account_ids: Sequence[int]) -> list[int]:
    """Return those of the accounts that have hourly volumes."""
    frame = read_frame(
        """SELECT id FROM unnest(%(ids)s::bigint[]) AS a (id)
            WHERE EXISTS (SELECT 1 FROM metering_hourlyvolume h WHERE h.account_id = a.id)""",
        {"id": pl.Int64},
        {"ids": list(account_ids)},
    )
    return frame["id"].to_list()


def hours_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the hourly volumes of these accounts as hourly.csv has them."""
    return read_frame(
        """SELECT h.account_id, h.service_id, m.serial, h.hour, h.volume
             FROM metering_hourlyvolume h JOIN metering_meter m ON m.id = h.meter_id
            WHERE h.account_id = ANY(%(ids)s)""",
        HOURS,
        {"ids": list(account_ids)},
    )


def power_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the billed power of these accounts as power.csv has it."""
    return read_frame(
        """SELECT account_id, service_id, period, kw, rate FROM metering_billedpower
            WHERE account_id = ANY(%(ids)s)""",
        POWER,
        {"ids": list(account_ids)},
    )


def hours_frame(*, first_id: int, last_id: int, month: date) -> pl.DataFrame:
    """Return what the meters of a range counted in each hour of a month, millionths."""
    return read_frame(
        """SELECT h.account_id, h.service_id, m.serial, m.contract_number, h.hour,
                  (h.volume * 1000000)::bigint
             FROM metering_hourlyvolume h JOIN metering_meter m ON m.id = h.meter_id
            WHERE h.account_id BETWEEN %(first)s AND %(last)s
              AND h.hour >= %(from)s AND h.hour < %(after)s""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
         "contract": pl.String, "hour": pl.String, "volume": pl.Int64},
        {"first": first_id, "last": last_id, "from": month.isoformat(),
         "after": f"{month:%Y-%m}-32"},
    )  # fmt: skip


def power_frame(*, first_id: int, last_id: int, month: date) -> pl.DataFrame:
    """Return the power that a range of accounts pays for in a month: 10⁻⁶ kW, 10⁻⁵ ₽."""
    return read_frame(
        """SELECT account_id, service_id, (kw * 1000000)::bigint, (rate * 100000)::bigint
             FROM metering_billedpower
            WHERE account_id BETWEEN %(first)s AND %(last)s AND period = %(month)s""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "kw": pl.Int64, "rate": pl.Int64},
        {"first": first_id, "last": last_id, "month": month},
    )
