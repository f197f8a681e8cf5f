"""Volumes of houses and of the past, merged as sets."""

from dataclasses import replace
from datetime import date, datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, load_all, refused_rows
from abonent.common.frames import execute
from abonent.common.transactions import requires_transaction

HOUSE_VOLUME = {
    "house_id": "bigint", "service_id": "bigint", "period": "date", "volume": "numeric",
    "metered_volume": "numeric", "metered_area": "numeric", "nonresidential_volume": "numeric",
    "production_volume": "numeric", "state": "varchar",
}  # fmt: skip
PAST_VOLUME = {
    "account_id": "bigint", "service_id": "bigint", "zone": "varchar", "period": "date",
    "volume": "numeric", "method": "varchar",
}  # fmt: skip
PUBLISHED_PAST = Reason(
    "period",
    "по средним этого месяца уже выставлены счета, история не меняется",
    "верните прежнее значение",
)


@requires_transaction
def load_house_volumes(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the volumes of houses those of the rows, by house, service and month.

    Columns are those of HOUSE_VOLUME. Another volume of a published month is corrected by
    the next bills. Refuses nothing. Source: EXCHANGE house_volumes.csv; RULES 2.3, 2.5.
    """
    target = Target(
        "metering_housevolume",
        ("house_id", "service_id", "period"),
        tuple(HOUSE_VOLUME)[3:],
        {"supplier_id": supplier_id},
        known_at=now,
    )
    empty = target.is_empty(supplier_id)
    return load_all("stage_house_volume", HOUSE_VOLUME, target, rows, empty=empty)


@requires_transaction
def load_past_volumes(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the volumes before billing began those of the rows, by account, service, zone, month.

    Columns are those of PAST_VOLUME. They serve averages and charts and are never billed.
    Refuses another volume of a month that published bills took their averages from.
    Source: EXCHANGE past_volumes.csv.
    """
    target = Target(
        "metering_pastvolume",
        ("account_id", "service_id", "zone", "period"),
        ("volume", "method"),
        {"supplier_id": supplier_id},
    )

    def check() -> None:
        if closed_through is not None:
            execute(
                f"UPDATE stage_past_volume s SET refused = 1 FROM {target.table} t "
                f"WHERE {target.same_key()} AND s.period <= %(closed)s "
                f"AND {target.different(rows.has(target.values))}",
                {"closed": closed_through},
            )

    empty = target.is_empty(supplier_id)
    loaded = load_all("stage_past_volume", PAST_VOLUME, target, rows, check=check, empty=empty)
    return (
        loaded
        if empty
        else replace(loaded, refused=refused_rows("stage_past_volume", [PUBLISHED_PAST]))
    )
