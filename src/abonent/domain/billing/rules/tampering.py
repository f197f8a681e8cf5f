"""Unauthorised consumption by an act (PP 354 p. 62; RULES 2.2). Pure.

The power of what was connected for 24 hours of each day, or, where it is not known, ten
norms, from the day of interference to its end. Only an operator's event with the number of
an act is charged, once, in the month in which it ended, as a line of its own.
"""

import json
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.domain.billing.rules.shapes import PARTS, PROBLEMS
from abonent.domain.billing.rules.volumes import AREA_SCALE
from abonent.domain.tariffs.rules import MULTIPLIER

RULE = "tampering"
NORMS = 10  # times the norm, where the power is not known
MONTHS_BACK = 3  # at most, where the day of interference is not known
HOURS = 24
MICRO = 6
# An act in force: account_id, service_id (null: all), the days, power in millionths of a kW.
TAMPERED: dict[str, Any] = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "from_on": pl.Date,
    "to_on": pl.Date,
    "power": pl.Int64,
}


@cache
def nothing_tampered() -> pl.DataFrame:
    """Return no TAMPERED."""
    return pl.DataFrame(schema=TAMPERED)


def interferences(events: pl.DataFrame, inspections: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the acts (TAMPERED) that end in the month.

    ``events``: ``events.EVENTS``. ``inspections``: account_id, inspected_on. A day of
    interference that is not known is the last inspection before its end, at most three
    months back.
    """
    acts = events.filter(
        (pl.col("kind") == RULE)
        & (pl.col("act_number").fill_null("") != "")
        & pl.col("to_on").is_between(period.first_day, period.last_day)
    )
    if acts.is_empty():
        return nothing_tampered()
    checked = (
        acts.select("event_id", "account_id", "to_on")
        .join(inspections, on="account_id")
        .filter(pl.col("inspected_on") <= pl.col("to_on"))
        .group_by("event_id")
        .agg(pl.col("inspected_on").max())
    )
    earliest = pl.col("to_on").dt.offset_by("1d").dt.offset_by(f"-{MONTHS_BACK}mo")
    return acts.join(checked, on="event_id", how="left", maintain_order="left").select(
        "account_id",
        "service_id",
        pl.coalesce("from_on", pl.max_horizontal(earliest, "inspected_on")).alias("from_on"),
        "to_on",
        (pl.col("value") * 10**MICRO).cast(pl.Int64).alias("power"),
    )


def tampered_parts(
    points: pl.DataFrame, acts: pl.DataFrame, norms: pl.DataFrame, month_end: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the parts of acts, and what they lack. ``points``: of the month, with people.

    ``norms``: service_id, norm_category, per, norm, norm_id.
    """
    named = acts.filter(pl.col("service_id").is_not_null())
    general = acts.filter(pl.col("service_id").is_null()).drop("service_id")
    of = points.filter(pl.col("service_kind") != "heat").with_columns(
        pl.col("norm_category").fill_null("")
    )
    key = ["account_id", "service_id"]
    rows = pl.concat(
        [
            named.join(of, on=key),
            general.join(of, on="account_id").select(named.join(of, on=key).columns),
        ]
    )
    known = (
        norms.filter(pl.col("per").is_in(["resident", "m2"]))
        .sort("per", descending=True)
        .unique(["service_id", "norm_category"], keep="first", maintain_order=True)
    )
    rows = rows.join(known, on=["service_id", "norm_category"], how="left")
    parts: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for row in rows.iter_rows(named=True):
        lacks = _lacks(row)
        where = {name: row[name] for name in key}
        if lacks:
            problems.append({**where, "problem": lacks, "parameter": row["norm_category"]})
        else:
            parts.append({**where, "zone": "single", "day": month_end, "method": "norm",
                          "rule": RULE, "category": row["category"], **_volume(row)})  # fmt: skip
    shape = pl.Schema({**PARTS.schema, "category": pl.String()})
    return (
        pl.DataFrame(parts, schema=shape, orient="row"),
        pl.DataFrame(problems, schema=PROBLEMS.schema, orient="row"),
    )


def _by_power(row: dict[str, Any]) -> bool:
    return row["power"] is not None and row["service_kind"] == "electricity"


def _lacks(row: dict[str, Any]) -> str:
    if _by_power(row):
        return ""
    if row["norm"] is None:
        return "no_norm"
    if row["per"] == "resident":
        return "" if row["people_n"] else "no_residents"
    return "" if row["area"] else "no_area"


def _volume(row: dict[str, Any]) -> dict[str, Any]:
    """Return the volume of an act with its steps."""
    first, last = row["from_on"], row["to_on"]
    days = (last - first).days + 1
    months = months_of(first, last)
    term = f"с {first:%d.%m.%Y} по {last:%d.%m.%Y}"
    if _by_power(row):
        steps = [
            _step("Мощность подключённого", from_scale(row["power"], MICRO), "кВт"),
            _step("Часов в сутках", HOURS, "", "×"),
            _step(f"Дней {term}", days, "", "×"),
        ]
        n, d, multiplier = Fraction(row["power"] * HOURS * days), 1, MULTIPLIER
    else:
        by_person = row["per"] == "resident"
        count = Fraction(row["people_n"], row["people_d"]) if by_person else Fraction(
            row["area"], AREA_SCALE
        )  # fmt: skip
        steps = [
            _step("Норматив", from_scale(row["norm"], MICRO), ""),
            _step("Человек" if by_person else "Площадь", _short(count), "", "×"),
            _step(f"Месяцев {term}", _short(months), "", "×"),
        ]
        n, d, multiplier = count * row["norm"] * months, 1, MULTIPLIER * NORMS
        n, d = Fraction(n.numerator), n.denominator
    basis = json.dumps({"estimate": {"steps": steps}}, ensure_ascii=False)[1:-1]
    return {"n": int(n), "d": d, "multiplier": multiplier, "basis": basis,
            "months": max(1, -(-months.numerator // months.denominator))}  # fmt: skip


def months_of(first: date, last: date) -> Fraction:
    """Return how many months the days make: each day is a part of its own month."""
    total, day = Fraction(0), first
    while day <= last:
        month = Period.of(day)
        end = min(month.last_day, last)
        total += Fraction((end - day).days + 1, month.last_day.day)
        day = end + timedelta(days=1)
    return total


def _short(value: Fraction) -> str:
    return f"{float(value):.10f}".rstrip("0").rstrip(".")


def _step(label: str, value: object, unit: str, sign: str = "") -> dict[str, str]:
    return {"label": label, "value": f"{value}", "unit": unit, "sign": sign}
