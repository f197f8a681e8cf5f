"""Readings of a bundle: found their registers, given their months, merged as a set."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

import polars as pl

from abonent.common.bulk import Loaded, Reason, Rows, count, refused_rows, stage
from abonent.common.frames import copy_frame, execute, read_frame
from abonent.common.periods import Period
from abonent.common.transactions import requires_transaction
from abonent.domain.metering.operations.fill_meters import ensure_months
from abonent.domain.metering.rules import (
    MICRO,
    ReadingQuality,
    ReadingSource,
    period_for,
)

READING = {
    "account_id": "bigint", "serial": "varchar", "zone": "varchar", "taken_on": "date",
    "source": "smallint", "value": "bigint", "comment": "varchar", "late": "boolean",
}  # fmt: skip
REASONS = [
    Reason(
        "meter_serial",
        "такого прибора у лицевого счёта нет ни в наборе, ни в базе",
        "проверьте account и meter_serial или добавьте прибор в meters.csv",
    ),
    Reason(
        "zone",
        "у прибора нет такой зоны",
        "укажите одну из зон, названных в meters.csv в столбце zones",
    ),
    Reason(
        "meter_serial",
        "у лицевого счёта два прибора с этим номером и одинаковой зоной по разным услугам",
        "дайте приборам разные номера",
    ),
    Reason(
        "reading",
        "по этому показанию уже выставлен счёт, и оно не меняется",
        "верните прежнее значение, ошибку исправляет новое показание, лучше контрольное",
    ),
]
_JOINED = """stage_reading s
    JOIN metering_meter m ON m.account_id = s.account_id AND m.serial = s.serial
    JOIN metering_register r ON r.meter_id = m.id AND r.zone = s.zone"""
# Bills of an export are restored as of now; what came after them stays later than they are.
_RECEIVED = "%(now)s::timestamptz + CASE WHEN s.late THEN interval '1 second' ELSE '0' END"
_MONTH = """JOIN stage_month p
      ON p.service_id = m.service_id AND p.taken_on = s.taken_on AND p.source = s.source"""


@requires_transaction
def load_readings(
    *,
    supplier_id: int,
    rows: Rows,
    windows: Mapping[int, int],
    closed_through: date | None,
    now: datetime,
) -> Loaded:
    """Accept the readings of the rows, by register, day and channel (EXCHANGE 1).

    Columns are those of READING: ``source`` is a ReadingSource, ``value`` in millionths.
    ``late``: after the bills of its month. ``windows`` gives the last day of each service's
    window, ``closed_through`` the last day of the published months. Checks of size only mark
    a reading as doubtful. Refuses an unknown meter or zone, a serial of two meters, another
    value where a bill rests on the reading; new late readings are welcome. Source: EXCHANGE
    readings.csv; RULES 4.1.
    """
    kinds: set[tuple[date, int]] = set()
    staged = stage("stage_reading", READING, _noting(rows.frames, kinds))
    if not staged:
        return Loaded()
    _refuse_serials_of_two(supplier_id)
    months = _give_months(kinds, windows)
    ensure_months(months=months)
    standing = _any_standing(supplier_id, months)
    if standing:
        _mark_standing(months, closed_through)
    inserted = _insert(supplier_id, now, "AND s.standing IS NULL" if standing else "")
    if inserted == staged:
        return Loaded(inserted)
    updated = _update(supplier_id, now) if standing else 0
    same = count("stage_reading WHERE refused IS NULL AND standing = 'same'") if standing else 0
    if inserted + updated + same < count("stage_reading WHERE refused IS NULL"):
        _refuse_unknown()
    return Loaded(inserted, updated, same, refused_rows("stage_reading", REASONS))


def _noting(frames: Iterable[pl.DataFrame], kinds: set[tuple[date, int]]) -> Iterator[pl.DataFrame]:
    """Pass the frames on, noting which days and channels occur: they give the months."""
    for frame in frames:
        kinds.update(frame.select("taken_on", "source").unique().iter_rows())
        yield frame


def _refuse_serials_of_two(supplier_id: int) -> None:
    """Mark readings whose serial stands for meters of two services with the same zone."""
    twice = """SELECT account_id, serial FROM metering_meter
                WHERE supplier_id = %(supplier)s GROUP BY account_id, serial HAVING count(*) > 1"""
    if not count(f"({twice.replace('%(supplier)s', str(supplier_id))} LIMIT 1) d"):
        return
    execute(
        f"""UPDATE stage_reading SET refused = 3 WHERE at_line IN (
              SELECT s.at_line FROM {_JOINED} JOIN ({twice}) d
                  ON d.account_id = s.account_id AND d.serial = s.serial
               GROUP BY s.at_line HAVING count(*) > 1)""",
        {"supplier": supplier_id},
    )


def _give_months(kinds: set[tuple[date, int]], windows: Mapping[int, int]) -> list[Period]:
    """Keep the month of each (service, day, channel) that occurs; returns the months."""
    found = [
        (service, taken_on, source, period_for(taken_on, ReadingSource(source), last_day).first_day)
        for service, last_day in windows.items()
        for taken_on, source in sorted(kinds)
    ]
    schema = {
        "service_id": pl.Int64, "taken_on": pl.Date, "source": pl.Int16, "period": pl.Date,
    }  # fmt: skip
    execute("DROP TABLE IF EXISTS stage_month")
    execute(
        "CREATE TEMPORARY TABLE stage_month (service_id bigint, taken_on date, source smallint, "
        "period date) ON COMMIT DROP"
    )
    frame = pl.DataFrame(found, schema=schema, orient="row")
    copy_frame("stage_month", frame)
    execute("ANALYZE stage_month")
    return [Period.of(month) for month in sorted(set(frame["period"]))]


def _any_standing(supplier_id: int, months: list[Period]) -> bool:
    """Say whether the supplier has any reading in these months or beside them."""
    if not months:
        return False
    found = read_frame(
        """SELECT EXISTS (SELECT 1 FROM metering_reading WHERE supplier_id = %(supplier)s
                           AND period BETWEEN %(first)s AND %(last)s)""",
        {"found": pl.Boolean},
        {"supplier": supplier_id, **_around(months)},
    )
    return bool(found["found"][0])


def _mark_standing(months: list[Period], closed_through: date | None) -> None:
    """Tell the staged readings that are there already: the same, or to be changed.

    The month of a reading that stands is its own, also when the window has moved since.
    """
    execute(
        "ALTER TABLE stage_reading ADD standing varchar, ADD at_period date, ADD at_place smallint"
    )
    execute(
        f"""UPDATE stage_reading g SET at_period = f.period, at_place = f.sequence,
                   standing = CASE WHEN f.value = f.given AND f.comment = f.said THEN 'same'
                                   WHEN f.submission_id IS NULL THEN 'change' ELSE 'after' END,
                   refused = CASE WHEN f.period <= %(closed)s AND f.value <> f.given THEN 4 END
              FROM (SELECT DISTINCT ON (s.at_line) s.at_line, s.value AS given, s.comment AS said,
                           x.period, x.sequence, x.value, x.comment, x.submission_id
                      FROM {_JOINED}
                      JOIN metering_reading x
                        ON x.account_id = r.account_id AND x.register_id = r.id
                       AND x.taken_on = s.taken_on AND x.source = s.source
                       AND x.period BETWEEN %(first)s AND %(last)s
                       AND x.period BETWEEN date_trunc('month', s.taken_on)
                                        AND date_trunc('month', s.taken_on) + interval '1 month'
                     WHERE s.refused IS NULL
                     ORDER BY s.at_line, x.sequence DESC) f
             WHERE g.at_line = f.at_line""",
        {"closed": closed_through, **_around(months)},
    )


def _around(months: list[Period]) -> dict[str, date]:
    """Return the months and their neighbours as bounds: the others need not be opened."""
    return {"first": months[0].plus(-1).first_day, "last": months[-1].plus(1).first_day}


def _quality() -> str:
    """Return the quality of a value: doubtful when the dial cannot show it (RULES 4.2)."""
    accepted, doubtful = int(ReadingQuality.ACCEPTED), int(ReadingQuality.DOUBTFUL)
    # Powers of ten by index: arithmetic on numerics would cost more than the insert.
    powers = ", ".join(str(10**place) for place in range(19))
    power = f"('{{{powers.replace(' ', '')}}}'::bigint[])"
    return (
        f"CASE WHEN s.value >= {power}[m.int_digits + {MICRO + 1}] "
        f"OR mod(s.value, {power}[{MICRO + 1} - m.frac_digits]) <> 0 "
        f"THEN {doubtful} ELSE {accepted} END"
    )


def _insert(supplier_id: int, now: datetime, condition: str) -> int:
    """Insert the new readings in the order of the table's key."""
    return execute(
        f"""INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on,
                    source, sequence, value, quality, received_at, comment)
            SELECT {supplier_id}, r.account_id, r.id, p.period, s.taken_on, s.source, 0, s.value,
                   {_quality()}, {_RECEIVED}, s.comment
              FROM {_JOINED} {_MONTH}
             WHERE s.refused IS NULL {condition}
             ORDER BY p.period, r.account_id, r.id, s.taken_on, s.source""",
        {"now": now},
    )


def _update(supplier_id: int, now: datetime) -> int:
    """Change open readings of earlier bundles; what a person sent is followed by a new one."""
    changed = execute(
        f"""UPDATE metering_reading x
               SET value = s.value, comment = s.comment, quality = {_quality()}
              FROM {_JOINED}
             WHERE s.refused IS NULL AND s.standing = 'change' AND x.period = s.at_period
               AND x.account_id = r.account_id AND x.register_id = r.id
               AND x.taken_on = s.taken_on AND x.source = s.source AND x.sequence = s.at_place"""
    )
    followed = execute(
        f"""INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on,
                    source, sequence, value, quality, received_at, comment)
            SELECT {supplier_id}, r.account_id, r.id, s.at_period, s.taken_on, s.source,
                   s.at_place + 1, s.value, {_quality()}, %(now)s, s.comment
              FROM {_JOINED} WHERE s.refused IS NULL AND s.standing = 'after'""",
        {"now": now},
    )
    return changed + followed


def _refuse_unknown() -> None:
    """Mark the readings that found no register: an unknown meter, or an unknown zone."""
    execute(
        f"""UPDATE stage_reading g SET refused = CASE WHEN EXISTS (
                SELECT 1 FROM metering_meter m
                 WHERE m.account_id = g.account_id AND m.serial = g.serial) THEN 2 ELSE 1 END
             WHERE refused IS NULL
               AND NOT EXISTS (SELECT 1 FROM {_JOINED} WHERE s.at_line = g.at_line)"""
    )
