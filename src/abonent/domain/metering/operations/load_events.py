"""Events of a bundle and the outdoor temperatures, merged as sets."""

from dataclasses import replace
from datetime import datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, load_all, merge, refused_rows, stage
from abonent.common.frames import execute
from abonent.common.transactions import requires_transaction

EVENT = {
    "account_id": "bigint", "house_id": "bigint", "service_id": "bigint", "serial": "varchar",
    "kind": "varchar", "begins": "varchar", "ends": "varchar", "value": "numeric",
    "value2": "numeric", "act_number": "varchar", "claimed_on": "date", "comment": "varchar",
}  # fmt: skip
TEMPERATURE = {"locality": "varchar", "day": "date", "mean_c": "numeric"}
_KEY = ("account_id", "house_id", "service_id", "meter_id", "kind", "begins")
UNKNOWN_METER = Reason(
    "meter_serial",
    "такого прибора у лицевого счёта нет ни в наборе, ни в базе",
    "исправьте номер или добавьте прибор в meters.csv",
)
SEVERAL_METERS = Reason(
    "meter_serial",
    "приборов с таким номером у лицевого счёта несколько",
    "укажите услугу (service)",
)


@requires_transaction
def load_events(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the events those of the rows, by account or house, service, meter, kind and start.

    Columns are those of EVENT; ``begins`` and ``ends`` are canonical texts of a day or a
    moment. Refuses an unknown meter, and one that the number alone does not tell apart.
    Source: EXCHANGE events.csv; RULES 2.1, 2.2, 2.6, 2.7.
    """
    stage("stage_event", {**EVENT, "meter_id": "bigint"}, rows.frames)
    execute(
        """UPDATE stage_event s SET meter_id = t.id, refused = t.mark FROM (
             SELECT x.at_line, min(m.id) AS id, CASE WHEN count(*) > 1 THEN 2 END AS mark
               FROM stage_event x JOIN metering_meter m
                 ON m.account_id = x.account_id AND m.serial = x.serial
                AND (x.service_id IS NULL OR m.service_id = x.service_id)
              WHERE x.serial <> '' GROUP BY x.at_line) t
            WHERE t.at_line = s.at_line"""
    )
    execute("UPDATE stage_event SET refused = 1 WHERE serial <> '' AND meter_id IS NULL")
    values = ("ends", "value", "value2", "act_number", "claimed_on", "comment")
    target = Target(
        "metering_serviceevent",
        _KEY,
        values,
        {"supplier_id": supplier_id},
        frozenset(_KEY[:4]),
        known_at=now,
    )
    loaded = merge("stage_event", target, rows)
    return replace(loaded, refused=refused_rows("stage_event", [UNKNOWN_METER, SEVERAL_METERS]))


@requires_transaction
def load_temperatures(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the outdoor temperatures those of the rows, by locality and day; °C.

    Columns are those of TEMPERATURE. Refuses nothing. Source: EXCHANGE temperatures.csv;
    RULES 2.3 (a house meter that failed).
    """
    target = Target(
        "metering_outdoortemperature",
        ("supplier_id", "locality", "day"),
        ("mean_c",),
        {"supplier_id": supplier_id},
    )
    return load_all("stage_temperature", TEMPERATURE, target, rows)
