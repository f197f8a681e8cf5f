"""Prices, norms and reference rates of a bundle, merged as sets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import polars as pl

from abonent.common.bulk import (
    LINE,
    REFUSED,
    Loaded,
    Reason,
    Rows,
    Target,
    load_all,
    merge,
    refused_rows,
    stage,
)
from abonent.common.frames import execute, read_frame
from abonent.common.transactions import requires_transaction

RATE = {
    "service_id": "bigint", "component": "varchar", "category": "varchar", "zone": "varchar",
    "from_quantity": "numeric", "valid_from": "date", "valid_to": "date", "rate": "numeric",
    "vat_included": "boolean", "months": "varchar",
}  # fmt: skip
NORM = {
    "service_id": "bigint", "category": "varchar", "per": "varchar", "valid_from": "date",
    "valid_to": "date", "volume": "numeric", "multiplier": "numeric",
}  # fmt: skip
REFERENCE_RATE = {
    "kind": "varchar", "valid_from": "date", "valid_to": "date", "value": "numeric",
}  # fmt: skip
HOURLY_PRICE = {
    "service_id": "bigint", "category": "varchar", "hour": "varchar", "price": "numeric",
}  # fmt: skip
PUBLISHED_HOUR = Reason(
    "hour",
    "за этот месяц уже выставлены счета, цена часа не меняется",
    "верните прежнюю цену",
)
PUBLISHED = Reason(
    "valid_from",
    "по этой строке уже выставлены счета, её значения не меняются",
    "закройте строку днём valid_to после последнего выставленного месяца и добавьте новую "
    "с новым valid_from",
)


@requires_transaction
def load_rates(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the supplier's prices those of the rows; columns are those of RATE.

    ``rate`` is roubles per unit, ``closed_through`` the last day of the published months.
    Refuses another value of a row that published bills rest on and rows of one key whose
    days overlap; a row without a last day ends where the next one begins. Source:
    EXCHANGE tariffs.csv.
    """
    key = ("supplier_id", "service_id", "component", "category", "zone", "from_quantity")
    target = Target(
        "tariffs_tariffrate",
        (*key, "valid_from"),
        ("valid_to", "rate", "vat_included", "months"),
        {"supplier_id": supplier_id},
    )
    return _load("stage_rate", RATE, target, rows, closed_through, (*key, "months"))


@requires_transaction
def load_norms(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the supplier's norms those of the rows; columns are those of NORM.

    Refuses as ``load_rates`` does. Source: EXCHANGE norms.csv.
    """
    key = ("supplier_id", "service_id", "category", "per")
    target = Target(
        "tariffs_consumptionnorm",
        (*key, "valid_from"),
        ("valid_to", "volume", "multiplier"),
        {"supplier_id": supplier_id},
    )
    return _load("stage_norm", NORM, target, rows, closed_through, key)


@requires_transaction
def load_reference_rates(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the supplier's own reference rates those of the rows; percent.

    They override the shipped ones. Columns are those of REFERENCE_RATE. Refuses as
    ``load_rates`` does. Source: EXCHANGE rates.csv.
    """
    key = ("supplier_id", "kind")
    target = Target(
        "tariffs_referencerate",
        (*key, "valid_from"),
        ("valid_to", "value"),
        {"supplier_id": supplier_id},
    )
    return _load("stage_reference", REFERENCE_RATE, target, rows, closed_through, key)


@requires_transaction
def load_hourly_prices(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Loaded:
    """Make the prices of hours those of the rows, by service, category and hour.

    Columns are those of HOURLY_PRICE; ``price`` is roubles per unit without VAT. Refuses
    another price of a published month; a missing hour may be added. Source: EXCHANGE
    hourly_prices.csv; RULES 1.8.
    """
    target = Target(
        "tariffs_hourlyprice",
        ("supplier_id", "service_id", "category", "hour"),
        ("price",),
        {"supplier_id": supplier_id},
    )

    def check() -> None:
        if closed_through is not None:
            execute(
                f"UPDATE stage_hourly_price s SET refused = 1 FROM {target.table} t "
                f"WHERE {target.same_key()} AND left(s.hour, 10) <= %(closed)s "
                "AND s.price <> t.price",
                {"closed": closed_through.isoformat()},
            )

    loaded = load_all("stage_hourly_price", HOURLY_PRICE, target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_hourly_price", [PUBLISHED_HOUR]))


def _load(  # noqa: PLR0917 (private, called in one way)
    name: str,
    columns: dict[str, str],
    target: Target,
    rows: Rows,
    closed_through: date | None,
    line_of_days: Sequence[str],
) -> Loaded:
    """Stage and merge dated rows; ``line_of_days`` are the columns within which days line up."""
    stage(name, columns, rows.frames)

    def check() -> None:
        if closed_through is not None:
            _refuse_published(name, target, rows, closed_through)

    overlaps = _overlaps(name, target, line_of_days)
    if not overlaps.is_empty():
        lines = ", ".join(str(line) for line in overlaps[LINE])
        execute(f"UPDATE {name} SET refused = 2 WHERE at_line IN ({lines})")
    loaded = merge(name, target, rows, check=check)
    refused = refused_rows(name, [PUBLISHED])
    return replace(loaded, refused=pl.concat([refused, overlaps]))


def _refuse_published(name: str, target: Target, rows: Rows, closed_through: date) -> None:
    """Mark changed rows of published months; closing a row after them changes no bill."""
    values = [value for value in rows.has(target.values) if value != "valid_to"]
    reopened = (
        "(s.valid_to IS DISTINCT FROM t.valid_to AND least("
        "coalesce(s.valid_to, 'infinity'), coalesce(t.valid_to, 'infinity')) < %(closed)s)"
        if "valid_to" in rows.given
        else "false"
    )
    execute(
        f"UPDATE {name} s SET refused = 1 FROM {target.table} t "
        f"WHERE s.refused IS NULL AND {target.same_key()} AND s.valid_from <= %(closed)s "
        f"AND ({target.different(values)} OR {reopened})",
        {"closed": closed_through},
    )


def _overlaps(name: str, target: Target, line_of_days: Sequence[str]) -> pl.DataFrame:
    """Return the staged rows whose days overlap those of another row of the same line."""
    supplier = target.fixed["supplier_id"]
    names = [column for column in line_of_days if column != "supplier_id"]
    listed = ", ".join(names)
    found = read_frame(
        f"""WITH all_rows AS (
              SELECT at_line, {listed}, valid_from, valid_to FROM {name}
               UNION ALL
              SELECT NULL, {listed}, valid_from, valid_to FROM {target.table} t
               WHERE supplier_id = {supplier}
                 AND NOT EXISTS (SELECT 1 FROM {name} s WHERE {target.same_key()}))
            SELECT b.at_line, a.at_line, b.valid_from::text FROM all_rows a JOIN all_rows b
                ON {" AND ".join(f"a.{column} = b.{column}" for column in names)}
               AND a.valid_from < b.valid_from AND b.valid_from <= a.valid_to
             WHERE b.at_line IS NOT NULL OR a.at_line IS NOT NULL""",
        {"line": pl.Int64, "other": pl.Int64, "day": pl.String},
    )
    rows = []
    for line, other, day in found.iter_rows():
        mine = line if line is not None else other
        against = (
            f"строки {other}" if line is not None and other is not None else "загруженной ранее"
        )
        rule = f"дни этой строки пересекаются с днями {against}, тот же ключ"
        rows.append(
            (mine, "valid_from", day, rule, "исправьте valid_from или valid_to одной из них")
        )
    return pl.DataFrame(rows, schema=REFUSED, orient="row").unique(LINE, maintain_order=True)
