"""What stands in for the readings of organisations that did not come (RULES 1.9). Pure.

Few services have none, so they are counted one by one (``unread_volumes``) and come back
as parts, each with the steps of its explanation.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.contracts import KEY, Terms, tied
from abonent.domain.billing.rules.losses import half_up
from abonent.domain.billing.rules.shapes import KEYS, PROBLEMS, TIED_PARTS
from abonent.domain.billing.rules.unread_volumes import NEEDED, RULES, NotKnown, Silence, Volume
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.pricing import UNIT, ZONE_ORDER

SILENT = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "contract": pl.String,
    "since": pl.Date,  # the first month of those without a reading
}  # fmt: skip
HISTORY = {
    "account_id": pl.Int64, "service_id": pl.Int64, "zone": pl.String, "period": pl.Date,
    "volume": pl.Int64,  # metered, millionths
}  # fmt: skip
WARMTH = {
    "account_id": pl.Int64, "locality": pl.String, "day": pl.Date,
    "mean_c": pl.Int64,  # 1/10000 °C, null: not known
}  # fmt: skip


def counted_readings(readings: pl.DataFrame, spans: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Leave the readings on which a month may rest in spite of days of distrust (RULES 4.4).

    ``readings``: register_id, period, taken_on. ``spans``: register_id, from_on, to_on
    (null: not over yet). What was shown on such a day is no reading; after they are over
    the first reading is the new base, so that the month in which they ended has none of its own.
    """
    first, last = pl.lit(period.first_day), pl.lit(period.last_day)
    over = pl.col("to_on") < last
    within = (pl.col("taken_on") >= pl.col("from_on")) & (
        pl.col("to_on").is_null() | (pl.col("taken_on") <= pl.col("to_on"))
    )
    before = over & (pl.col("taken_on") < pl.col("from_on"))
    returned = over & (pl.col("to_on") >= first) & (pl.col("period") == first)
    key = ["register_id", "period", "taken_on"]
    bad = readings.join(spans, on="register_id").filter(within | before | returned)
    return readings.join(bad.select(key).unique(), on=key, how="anti", maintain_order="left")


def read_months(history: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the last month of each register that was read: register_id, period.

    ``history``: register_id, period, taken_on of registers that have ``spans``.
    """
    months = history.select("register_id", "period").unique()
    marked = history.join(spans, on="register_id")
    month = pl.col("period")
    bad = marked.filter(
        (
            (pl.col("taken_on") >= pl.col("from_on"))
            & (pl.col("to_on").is_null() | (pl.col("taken_on") <= pl.col("to_on")))
        )
        | pl.col("to_on").is_between(month, month.dt.month_end(), closed="left")
    )
    good = months.join(
        bad.select("register_id", "period"), on=["register_id", "period"], how="anti"
    )
    return good.group_by("register_id").agg(month.max())


@dataclass(frozen=True)
class Estimates:
    """Parts of volumes that stand in for readings, what cannot be, and whose they are."""

    parts: pl.DataFrame
    problems: pl.DataFrame
    handled: pl.DataFrame


@dataclass(frozen=True)
class Known:
    """SILENT, HISTORY and WARMTH of the organisations of a chunk."""

    silent: pl.DataFrame
    history: pl.DataFrame
    warmth: pl.DataFrame


@cache
def known_nothing() -> Known:
    """Return no rows of all three."""
    return Known(
        pl.DataFrame(schema=SILENT), pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=WARMTH)
    )


@cache
def no_estimates() -> Estimates:
    """Return that nobody's readings need anything in their place."""
    return Estimates(TIED_PARTS, PROBLEMS, KEYS)


def organisation_estimates(
    known: Known, points: pl.DataFrame, read: pl.DataFrame, terms: Terms, period: Period
) -> Estimates:
    """Estimate the month of organisations' services without readings.

    ``points``: account_id, service_id, service_kind, category, zones, of organisations,
    with ``metered``. ``read``: account_id, service_id, agreement_id of the meters that were
    read: beside them a silent meter of the same contract is not estimated, the history does
    not tell them apart.
    """
    groups = [*_silent_groups(known.silent, points, read, terms), *_unmetered_groups(points, terms)]
    parts: list[dict[str, Any]] = []
    problems: list[tuple[int, int, str, str]] = []
    of_history = known.history.partition_by(KEY, as_dict=True)
    of_warmth = known.warmth.partition_by("account_id", as_dict=True)
    for row in groups:
        key = (row["account_id"], row["service_id"])
        try:
            of = Silence(
                row["service_kind"], row["serial"], row["since"], row,
                _months(of_history.get(key), row["zones"]), _days(of_warmth.get(key[:1])), period,
                row["shared"],
            )  # fmt: skip
            parts += [_part(row, one, period) for one in _volumes(row, of)]
        except NotKnown as absent:
            problems.append((*key, absent.problem, absent.parameter))
    handled = pl.DataFrame(
        [{name: row[name] for name in KEY} for row in groups],
        schema=KEYS.schema,
    )
    return Estimates(
        pl.DataFrame(parts, schema=TIED_PARTS.schema),
        pl.DataFrame(problems, schema=PROBLEMS.schema, orient="row"),
        handled.unique(maintain_order=True),
    )


def _volumes(row: Mapping[str, Any], of: Silence) -> list[Volume]:
    rule = RULES.get(of.kind)
    if rule is None or row["read"]:
        raise NotKnown("no_reading", of.serial)
    return rule(of)


def _silent_groups(
    silent: pl.DataFrame, points: pl.DataFrame, read: pl.DataFrame, terms: Terms
) -> Iterator[dict[str, Any]]:
    """Yield one row for each service and contract whose meters were not read."""
    rows = silent.join(points.drop("metered"), on=KEY)
    if rows.is_empty():
        return
    bound, loose = tied(rows, terms)
    for row in loose.iter_rows(named=True):
        yield row | {"read": True, "shared": True, "key": None}
    of = [*KEY, "agreement_id"]
    beside = read.select(of).unique().with_columns(pl.lit(value=True).alias("read"))
    contracts = pl.concat([bound.select(of), read.select(of)]).unique()
    shared = contracts.group_by(KEY).agg((pl.len() > 1).alias("shared"))
    terms_of = terms.live.drop("contract", "tariff_category", "zones", "key", "losses", "side")
    marked = (
        bound.join(beside, on=of, how="left", nulls_equal=True)
        .join(shared, on=KEY)
        .join(terms_of.drop(KEY), on="agreement_id", how="left")
        .with_columns(pl.col("read").fill_null(value=False))
        .sort(*KEY, "serial")
    )
    for _, group in marked.group_by(of, maintain_order=True):
        yield group.row(0, named=True) | {
            "serial": ", ".join(group["serial"].unique(maintain_order=True)),
            "since": group["since"].max(),
        }


def _unmetered_groups(points: pl.DataFrame, terms: Terms) -> Iterator[dict[str, Any]]:
    """Yield one row for each contract of a service without a meter that says its load."""
    bare = points.filter(~pl.col("metered"))
    live = bare.drop("category", "zones").join(terms.live, on=KEY)
    nothing = {"serial": "", "since": None, "read": False, "shared": False}
    for row in live.iter_rows(named=True):
        needed = NEEDED.get(row["service_kind"])
        if needed is not None and row[needed] is not None:
            yield row | nothing | {"category": row["key"] or row["tariff_category"] or ""}


def _months(history: pl.DataFrame | None, zones: str) -> dict[date, dict[str, int]]:
    """Return month → zone → volume; a contract of one zone takes the sum of all."""
    months: dict[date, dict[str, int]] = {}
    if history is not None:
        order = pl.col("zone").replace_strict(ZONE_ORDER, default=9)
        for row in history.sort(order).iter_rows(named=True):
            of_month = months.setdefault(row["period"], {})
            zone = "single" if zones == "single" else row["zone"]
            of_month[zone] = of_month.get(zone, 0) + row["volume"]
    return months


def _days(warmth: pl.DataFrame | None) -> list[dict[str, Any]]:
    return warmth.to_dicts() if warmth is not None else []


def _part(row: Mapping[str, Any], one: Volume, period: Period) -> dict[str, Any]:
    steps = [
        {"label": step.label, "value": _text(step.value), "unit": step.unit, "sign": step.sign}
        for step in one.steps
    ]
    told = {"steps": steps, "since": row["since"].isoformat() if row["since"] else ""}
    return {
        "account_id": row["account_id"],
        "service_id": row["service_id"],
        "zone": one.zone,
        "day": period.last_day,
        "n": one.volume.numerator,
        "d": one.volume.denominator,
        "months": 1,
        "multiplier": MULTIPLIER,
        "method": one.method,
        "rule": one.rule,
        "basis": '"estimate":' + json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        "category": row["category"],
        "key": row["key"],
    }


def _text(value: Decimal | Fraction | int) -> str:
    scaled = Decimal(half_up(Fraction(value) * UNIT)).scaleb(-6)
    return format(scaled.normalize(), "f")


def days_of(period: Period) -> list[date]:
    """Return the days of a month."""
    return [period.first_day + timedelta(days=place) for place in range(period.last_day.day)]
