"""Prices, norms and reference rates of a bundle, merged as sets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
ENDED = Reason(
    "valid_to",
    "за дни после valid_to уже выставлены счета, а другой строки на них нет",
    "добавьте строку, которая продолжает эту со следующего дня, или верните прежний valid_to",
)


@requires_transaction
def load_rates(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,
) -> Loaded:
    """Make the supplier's prices those of the rows; columns are those of RATE.

    ``rate`` is roubles per unit, ``closed_through`` the last day of the published months:
    a change of their days is noted (``ParameterChange``) and corrected by the next bills.
    Refuses an end that leaves published days without a row, and rows of one key whose days
    overlap; a row without a last day ends where the next one begins. Source: EXCHANGE
    tariffs.csv; RULES 0.3, 9.
    """
    key = ("supplier_id", "service_id", "component", "category", "zone", "from_quantity")
    target = Target(
        "tariffs_tariffrate",
        (*key, "valid_from"),
        ("valid_to", "rate", "vat_included", "months"),
        {"supplier_id": supplier_id},
    )
    noted = _Noted("rate", closed_through, now, (*key, "months"))
    return _load("stage_rate", RATE, target, rows, noted)


@requires_transaction
def load_norms(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,
) -> Loaded:
    """Make the supplier's norms those of the rows; columns are those of NORM.

    Notes and refuses as ``load_rates`` does. Source: EXCHANGE norms.csv.
    """
    key = ("supplier_id", "service_id", "category", "per")
    target = Target(
        "tariffs_consumptionnorm",
        (*key, "valid_from"),
        ("valid_to", "volume", "multiplier"),
        {"supplier_id": supplier_id},
    )
    return _load("stage_norm", NORM, target, rows, _Noted("norm", closed_through, now, key))


@requires_transaction
def load_reference_rates(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,
) -> Loaded:
    """Make the supplier's own reference rates those of the rows; percent.

    They override the shipped ones. Columns are those of REFERENCE_RATE. A rate of penalties
    may change for days of published months: each bill counts all days of a debt anew and
    levies the difference. Refuses another VAT of published months, and overlaps. Source:
    EXCHANGE rates.csv.
    """
    key = ("supplier_id", "kind")
    target = Target(
        "tariffs_referencerate",
        (*key, "valid_from"),
        ("valid_to", "value"),
        {"supplier_id": supplier_id},
    )
    noted = _Noted("", closed_through, now, key)
    return _load("stage_reference", REFERENCE_RATE, target, rows, noted)


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


@dataclass(frozen=True)
class _Noted:
    """How changes of published days are told: by which name (empty: refused), and when.

    ``line_of_days``: the columns within which the days of rows line up.
    """

    parameter: str
    closed_through: date | None
    now: datetime
    line_of_days: Sequence[str]


def _load(name: str, columns: dict[str, str], target: Target, rows: Rows, noted: _Noted) -> Loaded:
    """Stage and merge dated rows, noting or refusing what changes published days."""
    stage(name, columns, rows.frames)

    def check() -> None:
        if noted.closed_through is None:
            return
        if not noted.parameter:
            _refuse_published(name, target, rows, noted.closed_through)
            return
        if "valid_to" in rows.given:
            _refuse_ended(name, target, noted)
        _note_changes(name, target, rows, noted)

    overlaps = _overlaps(name, target, noted.line_of_days)
    if not overlaps.is_empty():
        lines = ", ".join(str(line) for line in overlaps[LINE])
        execute(f"UPDATE {name} SET refused = 3 WHERE at_line IN ({lines})")
    loaded = merge(name, target, rows, check=check)
    refused = refused_rows(name, [PUBLISHED, ENDED])
    return replace(loaded, refused=pl.concat([refused, overlaps]))


def _refuse_published(name: str, target: Target, rows: Rows, closed_through: date) -> None:
    """Mark changed rates of VAT of published months."""
    execute(
        f"UPDATE {name} s SET refused = 1 FROM {target.table} t "
        f"WHERE s.refused IS NULL AND s.kind = 'vat' AND {target.same_key()} "
        f"AND s.valid_from <= %(closed)s AND {target.different(rows.has(target.values))}",
        {"closed": closed_through},
    )


def _refuse_ended(name: str, target: Target, noted: _Noted) -> None:
    """Mark rows that now end among published days with nothing that goes on after them."""
    line = [column for column in noted.line_of_days if column not in target.fixed]
    same = " AND ".join(f"f.{column} = s.{column}" for column in line)
    fixed = " AND ".join(f"f.{column} = {value}" for column, value in target.fixed.items())
    follows = f"WHERE f.valid_from = s.valid_to + 1 AND {same}"
    execute(
        f"UPDATE {name} s SET refused = 2 FROM {target.table} t "
        f"WHERE s.refused IS NULL AND {target.same_key()} AND s.valid_to < %(closed)s "
        "AND s.valid_to < coalesce(t.valid_to, 'infinity') "
        f"AND NOT EXISTS (SELECT 1 FROM {name} f {follows}) "
        f"AND NOT EXISTS (SELECT 1 FROM {target.table} f {follows} AND {fixed})",
        {"closed": noted.closed_through},
    )


def _note_changes(name: str, target: Target, rows: Rows, noted: _Noted) -> None:
    """Write down which published days the rows change, with the rows as they were."""
    given = rows.has(target.values)
    values = [value for value in given if value != "valid_to"]
    ends = "s.valid_to" if "valid_to" in rows.given else "t.valid_to"
    last = f"greatest(coalesce({ends}, 'infinity'), coalesce(t.valid_to, 'infinity'))"
    execute(
        f"""INSERT INTO tariffs_parameterchange
                   (supplier_id, service_id, parameter, category, from_on, to_on, was, known_at)
            SELECT {target.fixed["supplier_id"]}, service_id, %(parameter)s, category, from_on,
                   nullif(to_on, 'infinity'), was, %(now)s
              FROM (SELECT s.service_id, s.category, to_jsonb(t) AS was,
                           CASE WHEN t.id IS NULL OR {target.different(values)} THEN s.valid_from
                                ELSE least({ends}, t.valid_to) + 1 END AS from_on,
                           CASE WHEN t.id IS NULL THEN s.valid_to ELSE {last} END AS to_on
                      FROM {name} s LEFT JOIN {target.table} t ON {target.same_key()}
                     WHERE s.refused IS NULL
                       AND (t.id IS NULL OR {target.different(given)})) c
             WHERE from_on <= %(closed)s""",
        {"parameter": noted.parameter, "now": noted.now, "closed": noted.closed_through},
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
