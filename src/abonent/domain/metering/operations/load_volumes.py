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
PUBLISHED_VOLUME = Reason(
    "period",
    "за этот месяц уже выставлены счета, объём дома не меняется",
    "верните прежние значения, разницу учтите в объёме следующего месяца",
)
PUBLISHED_PAST = Reason(
    "period",
    "по средним этого месяца уже выставлены счета, история не меняется",
    "верните прежнее значение",
)


@requires_transaction
def load_house_volumes(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the volumes of houses those of the rows, by house, service and month.

    Columns are those of HOUSE_VOLUME; ``closed_through`` is the last day of the published
    months. Refuses another volume of a published month. Source: EXCHANGE
    house_volumes.csv; RULES 2.3.
    """
    target = Target(
        "metering_housevolume",
        ("house_id", "service_id", "period"),
        tuple(HOUSE_VOLUME)[3:],
        {"supplier_id": supplier_id},
    )
    return _load("stage_house_volume", HOUSE_VOLUME, target, rows, closed_through, PUBLISHED_VOLUME)


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
    return _load("stage_past_volume", PAST_VOLUME, target, rows, closed_through, PUBLISHED_PAST)


def _load(  # noqa: PLR0917 (private, called in one way)
    name: str,
    columns: dict[str, str],
    target: Target,
    rows: Rows,
    closed_through: date | None,
    reason: Reason,
) -> Loaded:
    """Stage and merge rows of months; standing ones of published months must be equal."""

    def check() -> None:
        if closed_through is not None:
            execute(
                f"UPDATE {name} s SET refused = 1 FROM {target.table} t "
                f"WHERE {target.same_key()} AND s.period <= %(closed)s "
                f"AND {target.different(rows.has(target.values))}",
                {"closed": closed_through},
            )

    if target.is_empty(target.fixed["supplier_id"]):
        return load_all(name, columns, target, rows, empty=True)
    loaded = load_all(name, columns, target, rows, check=check)
    return replace(loaded, refused=refused_rows(name, [reason]))
