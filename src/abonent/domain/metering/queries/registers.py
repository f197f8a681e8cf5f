"""Meters, readings and volumes as an exchange bundle knows them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.invariants import Invariant, measure
from abonent.common.partitions import months_of
from abonent.domain.metering.rules import ReadingSource

METER_IDS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "meter_id": pl.Int64,
}  # fmt: skip
METERS = {
    "meter_id": pl.Int64, "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
    "contract_number": pl.String, "zones": pl.String, "int_digits": pl.Int64,
    "frac_digits": pl.Int64, "ratio": pl.Decimal(38, 4), "installed_on": pl.Date,
    "verified_until": pl.Date, "removed_on": pl.Date, "parent_account_id": pl.Int64,
    "parent_serial": pl.String,
}  # fmt: skip
REGISTERS = {
    "meter_id": pl.Int64, "zone": pl.String, "initial": pl.Int64, "final": pl.Int64,
}  # fmt: skip
VERIFICATIONS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String,
    "verified_on": pl.Date, "valid_until": pl.Date, "arshin_number": pl.String,
}  # fmt: skip
READINGS = {
    "account_id": pl.Int64, "serial": pl.String, "zone": pl.String, "taken_on": pl.Date,
    "source": pl.Int16, "value": pl.Int64, "comment": pl.String, "late": pl.Boolean,
}  # fmt: skip
_READING = {
    "account_id": pl.Int64, "register_id": pl.Int64, "taken_on": pl.Date, "source": pl.Int16,
    "sequence": pl.Int16, "value": pl.Int64, "comment": pl.String, "late": pl.Boolean,
}  # fmt: skip
_VOLUME = pl.Decimal(38, 6)
HOUSE_VOLUMES = {
    "house_id": pl.Int64, "service_id": pl.Int64, "period": pl.Date, "volume": _VOLUME,
    "metered_volume": _VOLUME, "metered_area": pl.Decimal(38, 4),
    "nonresidential_volume": _VOLUME, "production_volume": _VOLUME, "state": pl.String,
}  # fmt: skip
PAST_VOLUMES = {
    "account_id": pl.Int64, "service_id": pl.Int64, "zone": pl.String, "period": pl.Date,
    "volume": _VOLUME, "method": pl.String,
}  # fmt: skip
EVENTS = {
    "account_id": pl.Int64, "house_id": pl.Int64, "service_id": pl.Int64,
    "meter_serial": pl.String, "kind": pl.String, "from": pl.String, "to": pl.String,
    "value": _VOLUME, "value2": _VOLUME, "act_number": pl.String, "claimed_on": pl.Date,
    "comment": pl.String,
}  # fmt: skip
TEMPERATURES = {"locality": pl.String, "date": pl.Date, "mean_c": pl.Decimal(38, 4)}
FOREVER = date(9999, 12, 31)


def meter_ids(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the meters of these accounts by account, service and serial."""
    return read_frame(
        """SELECT account_id, service_id, serial, id FROM metering_meter
            WHERE account_id = ANY(%(ids)s)""",
        METER_IDS,
        {"ids": list(account_ids)},
    )


def meters_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the meters of these accounts with what meters.csv says of them."""
    return read_frame(
        """SELECT m.id, m.account_id, m.service_id, m.serial, m.contract_number, m.zones,
                  m.int_digits, m.frac_digits, m.ratio, m.installed_on, m.verified_until,
                  m.removed_on, p.account_id, coalesce(p.serial, '')
             FROM metering_meter m LEFT JOIN metering_meter p ON p.id = m.parent_id
            WHERE m.account_id = ANY(%(ids)s)""",
        METERS,
        {"ids": list(account_ids)},
    )


def registers_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return what the dials of these accounts' meters showed at first and at last, millionths."""
    return read_frame(
        """SELECT meter_id, zone, initial, final FROM metering_register
            WHERE account_id = ANY(%(ids)s) ORDER BY meter_id, id""",
        REGISTERS,
        {"ids": list(account_ids)},
    )


def verifications_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the verifications of these accounts' meters."""
    return read_frame(
        """SELECT m.account_id, m.service_id, m.serial, v.verified_on, v.valid_until,
                  v.arshin_number
             FROM metering_meterverification v JOIN metering_meter m ON m.id = v.meter_id
            WHERE m.account_id = ANY(%(ids)s)""",
        VERIFICATIONS,
        {"ids": list(account_ids)},
    )


def readings_register(
    *,
    account_ids: Sequence[int],
    published: Mapping[date, datetime],
    through: date | None = None,
) -> pl.DataFrame:
    """Return the readings of these accounts, the last one of each day and channel.

    ``published``: when the bills of a month came out; what came later is ``late``.
    ``through`` is the first day of the last month wanted. Final readings belong to the
    meter and are not among them.
    """
    months = [month.first_day for month in months_of("metering_reading")]
    found = [
        # The table's key begins with the month: without it every reading would be looked at.
        read_frame(
            """SELECT account_id, register_id, taken_on, source, sequence, value, comment,
                      coalesce(received_at > %(published)s::timestamptz, false)
                 FROM metering_reading
                WHERE period = %(month)s AND account_id = ANY(%(ids)s)
                  AND source <> %(final)s""",
            _READING,
            {
                "ids": list(account_ids),
                "final": int(ReadingSource.FINAL),
                "month": month,
                "published": published.get(month),
            },
        )
        for month in months
        if month <= (through or FOREVER)
    ]
    if not found:
        return pl.DataFrame(schema=READINGS)
    scales = read_frame(
        """SELECT r.id, m.serial, r.zone
             FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
            WHERE r.account_id = ANY(%(ids)s) AND m.account_id = ANY(%(ids)s)""",
        {"register_id": pl.Int64, "serial": pl.String, "zone": pl.String},
        {"ids": list(account_ids)},
    )
    once = ["account_id", "register_id", "taken_on", "source"]
    last = pl.concat(found).sort("sequence").unique(once, keep="last")
    return last.join(scales, on="register_id").select(list(READINGS))


def house_volumes_register(*, supplier_id: int, through: date | None = None) -> pl.DataFrame:
    """Return the volumes of houses up to a month."""
    return read_frame(
        """SELECT house_id, service_id, period, volume, metered_volume, metered_area,
                  nonresidential_volume, production_volume, state
             FROM metering_housevolume
            WHERE supplier_id = %(supplier)s AND period <= %(through)s""",
        HOUSE_VOLUMES,
        {"supplier": supplier_id, "through": through or FOREVER},
    )


def past_volumes_register(
    *, account_ids: Sequence[int], through: date | None = None
) -> pl.DataFrame:
    """Return the volumes of these accounts before billing began, up to a month."""
    return read_frame(
        """SELECT account_id, service_id, zone, period, volume, method FROM metering_pastvolume
            WHERE account_id = ANY(%(ids)s) AND period <= %(through)s""",
        PAST_VOLUMES,
        {"ids": list(account_ids), "through": through or FOREVER},
    )


def events_register(*, supplier_id: int, account_ids: Sequence[int] | None) -> pl.DataFrame:
    """Return the events of these accounts, or with None those of houses alone."""
    where = "e.account_id IS NULL" if account_ids is None else "e.account_id = ANY(%(ids)s)"
    return read_frame(
        f"""SELECT e.account_id, e.house_id, e.service_id, coalesce(m.serial, ''), e.kind,
                  e.begins, e.ends, e.value, e.value2, e.act_number, e.claimed_on, e.comment
             FROM metering_serviceevent e LEFT JOIN metering_meter m ON m.id = e.meter_id
            WHERE e.supplier_id = %(supplier)s AND {where}""",
        EVENTS,
        {"supplier": supplier_id, "ids": list(account_ids or [])},
    )


def temperatures_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the outdoor temperatures by locality and day; °C."""
    return read_frame(
        """SELECT locality, day, mean_c FROM metering_outdoortemperature
            WHERE supplier_id = %(supplier)s ORDER BY locality COLLATE "C", day""",
        TEMPERATURES,
        {"supplier": supplier_id},
    )


def register_invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Return what foreign keys would guard if the load could afford them (ADR 0006)."""
    given = {"supplier": supplier_id}
    mine = "(%(supplier)s::bigint IS NULL OR {0}.supplier_id = %(supplier)s)"
    return [
        measure(
            code="I13",
            text="У каждой шкалы есть прибор того же лицевого счёта",
            query=f"""SELECT 'шкала ' || r.id FROM metering_register r
                       WHERE {mine.format("r")} AND NOT EXISTS (
                              SELECT 1 FROM metering_meter m
                               WHERE m.id = r.meter_id AND m.account_id = r.account_id
                                 AND m.supplier_id = r.supplier_id)""",
            parameters=given,
        ),
        measure(
            code="I13",
            text="У каждого показания есть шкала того же лицевого счёта",
            query=f"""SELECT 'показание шкалы ' || x.register_id || ' от ' || x.taken_on
                        FROM metering_reading x
                       WHERE {mine.format("x")} AND NOT EXISTS (
                              SELECT 1 FROM metering_register r
                               WHERE r.id = x.register_id AND r.account_id = x.account_id
                                 AND r.supplier_id = x.supplier_id)""",
            parameters=given,
        ),
        measure(
            code="I13",
            text="Один ключ передачи дал одну передачу, и её показания – того же счёта",
            query=f"""SELECT 'передача ' || x.submission_id FROM metering_reading x
                       WHERE x.submission_id IS NOT NULL AND {mine.format("x")} AND NOT EXISTS (
                              SELECT 1 FROM metering_meterreading s
                               WHERE s.id = x.submission_id AND s.account_id = x.account_id
                                 AND s.supplier_id = x.supplier_id)
                      UNION ALL
                      SELECT 'ключ ' || s.key FROM metering_meterreading s
                       WHERE {mine.format("s")} GROUP BY s.supplier_id, s.key HAVING count(*) > 1
                      UNION ALL
                      SELECT 'нет уникального индекса submission_key_once' WHERE NOT EXISTS (
                             SELECT FROM pg_index
                              WHERE indexrelid = to_regclass('submission_key_once')
                                AND indisunique AND indisvalid)""",
            parameters=given,
        ),
        measure(
            code="I13",
            text="Все зоны прибора заведены шкалами",
            query=f"""SELECT 'прибор ' || m.serial FROM metering_meter m
                       WHERE {mine.format("m")} AND
                             (SELECT count(*) FROM metering_register r WHERE r.meter_id = m.id)
                             <> cardinality(string_to_array(m.zones, '+'))""",
            parameters=given,
        ),
    ]
