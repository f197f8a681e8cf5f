"""What organisations have besides readings: losses, hourly volumes, power; merged as sets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, load_all, merge, refused_rows, stage
from abonent.common.frames import execute
from abonent.common.transactions import requires_transaction

_METER = {"account_id": "bigint", "service_id": "bigint", "serial": "varchar"}
_FACTORS = ("p_idle", "p_short", "s_nom", "hours", "k_f2", "r_ohm", "u_kv")
LOSS = {
    **_METER, "valid_from": "date", "valid_to": "date", "kind": "varchar",
    **dict.fromkeys(_FACTORS, "numeric"),
}  # fmt: skip
HOUR = {**_METER, "hour": "varchar", "volume": "numeric"}
POWER = {
    "account_id": "bigint", "service_id": "bigint", "period": "date", "kw": "numeric",
    "rate": "numeric",
}  # fmt: skip
PUBLISHED_LOSS = Reason(
    "valid_from",
    "по этой строке потерь уже выставлены счета, её значения не меняются",
    "закройте строку днём valid_to после последнего выставленного месяца и добавьте новую "
    "с новым valid_from",
)
PUBLISHED_HOUR = Reason(
    "hour",
    "за этот месяц уже выставлены счета, объём часа не меняется",
    "верните прежнее значение",
)
PUBLISHED_POWER = Reason(
    "period",
    "за этот месяц уже выставлены счета, мощность не меняется",
    "верните прежние значения",
)
# A missing parameter may come later: nothing was billed without it.
_COMPLETED = ("p_idle", "p_short", "s_nom", "r_ohm", "u_kv")


@requires_transaction
def load_losses(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the losses of meters those of the rows, by meter and first day.

    Columns are those of LOSS; the meters exist. ``closed_through`` is the last day of the
    published months. Refuses other values of a row that published bills rest on; a
    parameter that was missing may be added. Source: EXCHANGE losses.csv; RULES 1.8.
    """
    values = ("account_id", "service_id", "kind", "valid_to", *_FACTORS)
    target = Target(
        "metering_meterloss", ("meter_id", "valid_from"), values, {"supplier_id": supplier_id}
    )

    def check() -> None:
        if closed_through is None:
            return
        strict = rows.has(["kind", "hours", "k_f2"])
        added = " OR ".join(
            f"(t.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM t.{name})"
            for name in rows.has(_COMPLETED)
        )
        reopened = (
            "(s.valid_to IS DISTINCT FROM t.valid_to AND least(coalesce(s.valid_to, 'infinity'), "
            "coalesce(t.valid_to, 'infinity')) < %(closed)s)"
            if "valid_to" in rows.given
            else "false"
        )
        execute(
            f"UPDATE stage_loss s SET refused = 1 FROM {target.table} t "
            f"WHERE {target.same_key()} AND s.valid_from <= %(closed)s "
            f"AND ({target.different(strict)} OR {added or 'false'} OR {reopened})",
            {"closed": closed_through},
        )

    _stage_of_meters("stage_loss", LOSS, rows)
    loaded = merge("stage_loss", target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_loss", [PUBLISHED_LOSS]))


@requires_transaction
def load_hourly_volumes(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the hourly volumes of meters those of the rows, by meter and hour.

    Columns are those of HOUR; an hour is named by its beginning. Refuses another volume of
    a published month; a missing hour may be added. Source: EXCHANGE hourly.csv.
    """
    target = Target(
        "metering_hourlyvolume",
        ("account_id", "service_id", "meter_id", "hour"),
        ("volume",),
        {"supplier_id": supplier_id},
    )
    _stage_of_meters("stage_hour", HOUR, rows)
    closed = closed_through.isoformat() if closed_through else None
    check = _frozen("stage_hour", target, ["volume"], "left(s.hour, 10)", closed)
    loaded = merge("stage_hour", target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_hour", [PUBLISHED_HOUR]))


@requires_transaction
def load_power(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the billed power those of the rows, by account, service and month; kW, ₽ a kW.

    Columns are those of POWER. Refuses other values of a published month. Source:
    EXCHANGE power.csv; RULES 1.8.
    """
    target = Target(
        "metering_billedpower",
        ("account_id", "service_id", "period"),
        ("kw", "rate"),
        {"supplier_id": supplier_id},
    )
    values = rows.has(["kw", "rate"])
    check = _frozen("stage_power", target, values, "s.period", closed_through)
    loaded = load_all("stage_power", POWER, target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_power", [PUBLISHED_POWER]))


def _frozen(
    name: str, target: Target, values: Sequence[str], when: str, closed: date | str | None
) -> Callable[[], None]:
    """Return the check that refuses other values of published months; null may be filled."""

    def check() -> None:
        if closed is not None:
            other = " OR ".join(
                f"(t.{value} IS NOT NULL AND s.{value} IS DISTINCT FROM t.{value})"
                for value in values
            )
            execute(
                f"UPDATE {name} s SET refused = 1 FROM {target.table} t "
                f"WHERE {target.same_key()} AND {when} <= %(closed)s AND ({other or 'false'})",
                {"closed": closed},
            )

    return check


def _stage_of_meters(name: str, columns: dict[str, str], rows: Rows) -> None:
    """Stage rows of meters and find the meters by account, service and serial."""
    stage(name, {**columns, "meter_id": "bigint"}, rows.frames)
    execute(
        f"""UPDATE {name} s SET meter_id = m.id FROM metering_meter m
             WHERE m.account_id = s.account_id AND m.service_id = s.service_id
               AND m.serial = s.serial"""
    )
