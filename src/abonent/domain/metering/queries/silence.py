"""What is read of meters that said nothing in a month: their history, removals, past volumes."""

from datetime import date, datetime

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.metering.queries.frames import (
    LATE,
    MOMENTS,
    READINGS,
    REGISTERS,
    Published,
    priority,
)
from abonent.domain.metering.rules import ReadingQuality, ReadingSource

HISTORY = {"account_id": pl.Int64, **READINGS}
PAST = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "zone": pl.String,
    "period": pl.Date,
    "volume": pl.Int64,
}


def history_frame(
    *, accounts: list[int], registers: list[int], since: date, through: date, published: Published
) -> pl.DataFrame:
    """Return all readings of some registers from one month through another, late ones marked."""
    frame = read_frame(
        f"""SELECT r.account_id, r.register_id, r.period, r.taken_on, r.source, r.sequence,
                   r.value, {LATE}
              FROM metering_reading r {MOMENTS}
             WHERE r.period BETWEEN %(since)s AND %(through)s AND r.account_id = ANY(%(ids)s)
               AND r.register_id = ANY(%(registers)s) AND r.quality <> %(aside)s""",
        HISTORY,
        {"since": since, "through": through, "ids": accounts, "registers": registers,
         "aside": int(ReadingQuality.SET_ASIDE), **published.parameters()},
    )  # fmt: skip
    return frame.with_columns(priority())


def fresh_late_registers(
    *,
    first_id: int,
    last_id: int,
    since: date,
    before: date,
    received_after: datetime,
    unbilled: list[int],
) -> pl.DataFrame:
    """Return the registers with readings of published months that came after the last bills.

    The months from ``since`` and before ``before``; ``unbilled`` are accounts that the last
    bills left out, so that nothing of theirs has been looked at yet.
    """
    return read_frame(
        """SELECT register_id FROM metering_reading
            WHERE period >= %(since)s AND period < %(before)s AND received_at > %(after)s
              AND account_id BETWEEN %(first)s AND %(last)s AND quality <> %(aside)s
           UNION
           SELECT register_id FROM metering_reading
            WHERE period >= %(since)s AND period < %(before)s
              AND account_id = ANY(%(unbilled)s) AND quality <> %(aside)s""",
        {"register_id": pl.Int64},
        {"first": first_id, "last": last_id, "since": since, "before": before,
         "after": received_after, "unbilled": unbilled,
         "aside": int(ReadingQuality.SET_ASIDE)},
    )  # fmt: skip


def first_registers(*, registers: list[int]) -> pl.DataFrame:
    """Return those registers whose meters are the first of their account and service."""
    return read_frame(
        """SELECT r.id FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
            WHERE r.id = ANY(%(ids)s) AND NOT EXISTS (
                  SELECT 1 FROM metering_meter o
                   WHERE o.account_id = m.account_id AND o.service_id = m.service_id
                     AND o.id <> m.id
                     AND (o.installed_on IS NULL
                          OR o.installed_on < date_trunc('month', m.installed_on)))""",
        {"register_id": pl.Int64},
        {"ids": registers},
    )


def removed_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month: date,
    since: date,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the registers removed since a day and before the month, nothing in their place.

    A meter that was put on within the month leaves the days before it without any.
    """
    return read_frame(
        """SELECT r.id, r.account_id, m.service_id, m.serial, r.zone, r.initial, m.installed_on,
                  m.int_digits, (m.ratio * 10000)::bigint, m.verified_until, m.removed_on,
                  m.contract_number, r.meter_id
             FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
            WHERE r.supplier_id = %(supplier)s AND r.account_id BETWEEN %(first)s AND %(last)s
              AND m.account_id BETWEEN %(first)s AND %(last)s
              AND (%(only)s::bigint[] IS NULL OR r.account_id = ANY(%(only)s))
              AND m.removed_on >= %(since)s AND m.removed_on < %(month)s
              AND NOT EXISTS (
                  SELECT 1 FROM metering_meter o
                   WHERE o.account_id = m.account_id AND o.service_id = m.service_id
                     AND o.id <> m.id
                     AND (o.removed_on IS NULL OR o.removed_on > m.removed_on)
                     AND (o.installed_on IS NULL OR o.installed_on <= %(month)s))
            ORDER BY r.account_id, r.id""",
        REGISTERS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "month": month,
         "since": since, "only": only},
    )  # fmt: skip


def past_volumes_frame(*, accounts: list[int], before: date) -> pl.DataFrame:
    """Return the metered volumes of accounts in months before billing began here."""
    return read_frame(
        """SELECT account_id, service_id, zone, period, (volume * 1000000)::bigint
             FROM metering_pastvolume
            WHERE account_id = ANY(%(ids)s) AND period < %(before)s
              AND method IN ('', 'meter')""",
        PAST,
        {"ids": accounts, "before": before},
    )


def control_days_frame(*, accounts: list[int]) -> pl.DataFrame:
    """Return the days on which inspectors read the meters of some accounts."""
    return read_frame(
        """SELECT DISTINCT account_id, taken_on FROM metering_reading
            WHERE account_id = ANY(%(ids)s) AND source = %(control)s""",
        {"account_id": pl.Int64, "inspected_on": pl.Date},
        {"ids": accounts, "control": int(ReadingSource.CONTROL)},
    )


def meter_services_frame(*, meters: list[int]) -> pl.DataFrame:
    """Return the services of some meters: meter_id, of_meter."""
    return read_frame(
        "SELECT id, service_id FROM metering_meter WHERE id = ANY(%(ids)s)",
        {"meter_id": pl.Int64, "of_meter": pl.Int64},
        {"ids": meters},
    )
