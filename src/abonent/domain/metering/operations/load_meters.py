"""Meters of a bundle with their registers and verifications, merged as sets."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl

from abonent.common.bulk import Loaded, Reason, Rows, Target, count, refused_rows, stage
from abonent.common.frames import execute, read_frame
from abonent.common.periods import Period
from abonent.common.transactions import requires_transaction
from abonent.domain.metering.operations.fill_meters import (
    FINAL,
    KEY,
    METER,
    MOST_ZONES,
    PARENT,
    READ_BY,
    SCALES,
    ensure_months,
    fill_meters,
)
from abonent.domain.metering.operations.meter_changes import note_ends_of_verification
from abonent.domain.metering.rules import ReadingQuality

METER_REASONS = [
    Reason(
        "serial",
        "по показаниям этого прибора уже выставлены счета, его шкалы, разрядность, коэффициент "
        "и начальное показание не меняются",
        "снимите прибор днём removed_on с показанием final и заведите новый",
    ),
    Reason(
        "removed_on",
        "прибор снят в месяце, за который уже выставлены счета",
        "верните прежние removed_on и final; ошибку исправляет контрольное показание",
    ),
    Reason(
        "zones",
        "у зоны, которой больше нет в zones, есть показания",
        "оставьте зону или заведите новый прибор",
    ),
    Reason(
        "parent_serial",
        "вышестоящего прибора нет ни в наборе, ни в базе",
        "проверьте parent_account и parent_serial",
    ),
]


@requires_transaction
def load_meters(
    *, supplier_id: int, rows: Rows, closed_through: date | None, now: datetime
) -> Loaded:
    """Make the meters and their registers those of the rows, by account, service, serial.

    Columns: METER, SCALES and PARENT. ``final`` becomes a reading of the day of removal.
    ``closed_through`` is the last day of the published months. Another end of a verification
    corrects the months that were billed by the former one. Refuses a change of what
    published bills were counted by, a zone left out that has readings, a parent that does
    not exist. Source: EXCHANGE meters.csv; RULES 1.7.
    """
    target = Target("metering_meter", KEY, (*list(METER)[3:], "parent_id"))
    filled, frames = 0, rows.frames
    if target.is_empty(supplier_id):
        filled, frames = fill_meters(supplier_id, rows.frames, now)
    staged = stage(
        "stage_meter",
        {
            **METER, **SCALES, **PARENT, "parent_id": "bigint", "standing": "boolean",
            "meter_id": "bigint DEFAULT nextval('metering_meter_id_seq')",
        },
        frames,
    )  # fmt: skip
    if not staged:
        return Loaded(filled)
    known = not target.is_empty(supplier_id)
    if known:
        execute(
            "UPDATE stage_meter s SET meter_id = t.id, standing = true "
            f"FROM metering_meter t WHERE {target.same_key()}"
        )
    _find_parents()
    if known:
        _refuse_changes(target, rows, closed_through)
        if "verified_until" in rows.given:
            note_ends_of_verification(now)
    loaded = _merge_meters(supplier_id, target, rows, staged)
    _add_final_readings(supplier_id, now)
    refused = refused_rows("stage_meter", METER_REASONS)
    return replace(loaded, inserted=loaded.inserted + filled, refused=refused)


def _find_parents() -> None:
    """Name the parent of sub-consumers: the meter of the same service comes first."""
    if not count("stage_meter WHERE parent_account_id IS NOT NULL"):
        return
    execute(
        """UPDATE stage_meter s SET parent_id = (
             SELECT found.id FROM (
               SELECT t.id, t.service_id FROM metering_meter t
                WHERE t.account_id = s.parent_account_id AND t.serial = s.parent_serial
               UNION ALL
               SELECT p.meter_id, p.service_id FROM stage_meter p
                WHERE p.account_id = s.parent_account_id AND p.serial = s.parent_serial
             ) found ORDER BY (found.service_id = s.service_id) DESC, found.id LIMIT 1)
            WHERE s.parent_account_id IS NOT NULL"""
    )
    execute(
        "UPDATE stage_meter SET refused = 4 "
        "WHERE parent_account_id IS NOT NULL AND parent_id IS NULL"
    )


def _refuse_changes(target: Target, rows: Rows, closed_through: date | None) -> None:
    """Mark the standing meters whose past the rows would change."""
    if "zones" in rows.given:
        execute(
            """UPDATE stage_meter s SET refused = 3 FROM metering_register r
                WHERE s.standing AND r.meter_id = s.meter_id
                  AND NOT r.zone = ANY (string_to_array(s.zones, '+'))
                  AND EXISTS (SELECT 1 FROM metering_reading x
                               WHERE x.account_id = r.account_id AND x.register_id = r.id)"""
        )
    if closed_through is None:
        return
    read_by = target.different(rows.has(READ_BY))
    initial = _other_scale("initial") if "initial" in rows.given else "false"
    execute(
        f"""UPDATE stage_meter s SET refused = 1 FROM metering_meter t
             WHERE s.standing AND t.id = s.meter_id
               AND coalesce(t.installed_on, '-infinity') <= %(closed)s
               AND ({read_by} OR {initial})""",
        {"closed": closed_through},
    )
    removed = target.different(rows.has(["removed_on"]))
    final = _other_scale("final") if "final" in rows.given else "false"
    execute(
        f"""UPDATE stage_meter s SET refused = 2 FROM metering_meter t
             WHERE s.standing AND t.id = s.meter_id
               AND t.removed_on <= %(closed)s AND ({removed} OR {final})""",
        {"closed": closed_through},
    )


def _other_scale(value: str) -> str:
    """Return the condition that a register's value differs from the staged one."""
    places = " OR ".join(
        f"(r.zone = s.zone_{place} AND r.{value} IS DISTINCT FROM s.{value}_{place})"
        for place in range(1, MOST_ZONES + 1)
    )
    return f"EXISTS (SELECT 1 FROM metering_register r WHERE r.meter_id = t.id AND ({places}))"


def _scales(condition: str) -> str:
    """Return the staged registers, one row each, as a sub-select."""
    parts = [
        f"""SELECT s.at_line, s.meter_id, s.account_id, s.removed_on, {place} AS place,
                   s.zone_{place} AS zone, s.initial_{place} AS initial, s.final_{place} AS final
              FROM stage_meter s
             WHERE s.refused IS NULL AND s.zone_{place} IS NOT NULL AND {condition}"""
        for place in range(1, MOST_ZONES + 1)
    ]
    return " UNION ALL ".join(parts)


def _merge_meters(supplier_id: int, target: Target, rows: Rows, staged: int) -> Loaded:
    columns = ", ".join(f'"{name}"' for name in [*METER, "parent_id"])
    inserted = execute(
        f"INSERT INTO metering_meter (id, supplier_id, {columns}) "
        f"SELECT meter_id, {supplier_id}, {columns} FROM stage_meter s "
        "WHERE refused IS NULL AND standing IS NULL ORDER BY at_line"
    )
    execute(
        f"""INSERT INTO metering_register (supplier_id, account_id, meter_id, zone, initial, final)
            SELECT {supplier_id}, account_id, meter_id, zone, initial, final
              FROM ({_scales("s.standing IS NULL")}) n ORDER BY at_line, place"""
    )
    refused = count("stage_meter WHERE refused IS NOT NULL")
    if inserted + refused == staged:
        return Loaded(inserted)
    updated = _update_meters(supplier_id, target, rows)
    return Loaded(inserted, updated, staged - refused - inserted - updated)


def _update_meters(supplier_id: int, target: Target, rows: Rows) -> int:
    """Update the standing meters that differ, with their registers; returns meters."""
    given = set(rows.given)
    if "parent_account_id" in given:
        given.add("parent_id")
    changing = [name for name in target.values if name in given]
    values = [name for name in ("initial", "final") if name in given]
    scales = " OR ".join([_other_scale(value) for value in values] or ["false"])
    execute("DROP TABLE IF EXISTS stage_changed")
    execute(
        "CREATE TEMPORARY TABLE stage_changed ON COMMIT DROP AS SELECT s.at_line "
        "FROM stage_meter s JOIN metering_meter t ON t.id = s.meter_id "
        f"WHERE s.standing AND s.refused IS NULL AND ({target.different(changing)} OR {scales})"
    )
    updated = count("stage_changed")
    if not updated:
        return 0
    mine = "s.at_line IN (SELECT at_line FROM stage_changed)"
    if changing:
        settings = ", ".join(f'"{name}" = s."{name}"' for name in changing)
        execute(
            f"UPDATE metering_meter t SET {settings} FROM stage_meter s "
            f"WHERE t.id = s.meter_id AND {mine}"
        )
    if "zones" in given:
        execute(
            f"""DELETE FROM metering_register r USING stage_meter s
                 WHERE r.meter_id = s.meter_id AND {mine}
                   AND NOT r.zone = ANY (string_to_array(s.zones, '+'))"""
        )
    kept = ", ".join(f"{value} = excluded.{value}" for value in values)
    execute(
        f"""INSERT INTO metering_register (supplier_id, account_id, meter_id, zone, initial, final)
            SELECT {supplier_id}, account_id, meter_id, zone, initial, final
              FROM ({_scales(mine)}) n ORDER BY at_line, place
            ON CONFLICT (meter_id, zone) DO """
        + (f"UPDATE SET {kept}" if kept else "NOTHING")
    )
    # A final reading that is no longer true goes; the right one is added with the others.
    execute(
        f"""DELETE FROM metering_reading x
             USING metering_register r, metering_meter t, stage_meter s
             WHERE t.id = s.meter_id AND {mine} AND r.meter_id = t.id
               AND x.account_id = r.account_id AND x.register_id = r.id AND x.source = {FINAL}
               AND (r.final IS NULL OR t.removed_on IS NULL
                    OR x.taken_on <> t.removed_on OR x.value <> r.final)"""
    )
    return updated


def _add_final_readings(supplier_id: int, now: datetime) -> None:
    """Keep what the dials showed on the day of removal as readings (RULES 1.7)."""
    months = read_frame(
        f"""SELECT DISTINCT date_trunc('month', removed_on)::date
              FROM ({_scales("s.removed_on IS NOT NULL")}) n WHERE final IS NOT NULL""",
        {"month": pl.Date},
    )
    if months.is_empty():
        return
    ensure_months(months=[Period.of(month) for month in months["month"]])
    execute(
        f"""INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on,
                    source, sequence, value, quality, received_at, comment)
            SELECT {supplier_id}, r.account_id, r.id, date_trunc('month', n.removed_on)::date,
                   n.removed_on, {FINAL}, 0, n.final, {int(ReadingQuality.ACCEPTED)}, %(now)s, ''
              FROM ({_scales("s.removed_on IS NOT NULL")}) n
              JOIN metering_register r ON r.meter_id = n.meter_id AND r.zone = n.zone
             WHERE n.final IS NOT NULL
            ON CONFLICT DO NOTHING""",
        {"now": now},
    )
