"""Losses of transformers and lines by the formulas of RULES 1.8 (ПП 442 p. 148). Pure.

Few meters have them, so they are counted one by one in exact fractions; the columns get
the finished volumes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.shapes import PROBLEMS
from abonent.domain.tariffs.rules.pricing import UNIT

METER = ["account_id", "service_id", "serial"]
# Losses of a row without k_f2 in its cell: the square of the load curve's form factor.
USUAL_FORM = Fraction(115, 100)
NEEDED = {"transformer": ("p_idle", "p_short", "s_nom"), "line": ("r_ohm", "u_kv")}
DIVISORS = ("s_nom", "u_kv", "hours")
FACTORS = ("p_idle", "p_short", "s_nom", "hours", "k_f2", "r_ohm", "u_kv")
LOSS: dict[str, Any] = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "kind": pl.String,
    "valid_from": pl.Date, "valid_to": pl.Date, **dict.fromkeys(FACTORS, pl.Decimal(38, 6)),
    "installed_on": pl.Date, "removed_on": pl.Date, "has_reactive": pl.Boolean,
}  # fmt: skip
MeterKey = tuple[int, int, str]


@cache
def no_losses() -> pl.DataFrame:
    """Return no rows of LOSS."""
    return pl.DataFrame(schema=LOSS)


@dataclass(frozen=True)
class Energy:
    """What a meter counted: active kWh, reactive kvarh, and the months that it covers."""

    active: Fraction
    reactive: Fraction
    months: int


class NotGiven(Exception):
    """A parameter of the formula is missing; the text names it."""


def transformer_losses(of: Mapping[str, Fraction], energy: Energy) -> Fraction:
    """ΔW = ΔP_idle × T + k_f² × ΔP_short × (W_a² + W_r²) / (S_n² × T), kWh."""
    load = of["k_f2"] * of["p_short"] * (energy.active**2 + energy.reactive**2)
    return of["p_idle"] * of["hours"] + load / (of["s_nom"] ** 2 * of["hours"])


def line_losses(of: Mapping[str, Fraction], energy: Energy) -> Fraction:
    """ΔW = k_f² × (W_a² + W_r²) × R / (U² × T) × 10⁻³, kWh; R in ohms, U in kV."""
    load = of["k_f2"] * (energy.active**2 + energy.reactive**2) * of["r_ohm"]
    return load / (of["u_kv"] ** 2 * of["hours"] * 1000)


FORMULAS = {"transformer": transformer_losses, "line": line_losses}


@dataclass(frozen=True)
class Lost:
    """The losses of one row of losses.csv with the numbers that they stand on."""

    kind: str
    of: Mapping[str, Fraction]
    energy: Energy
    volume: Fraction

    @property
    def basis(self) -> dict[str, str]:
        """Return the numbers as texts, for the explanation."""
        numbers = {name: self.of[name] for name in (*NEEDED[self.kind], "k_f2", "hours")}
        numbers |= {"active": self.energy.active, "reactive": self.energy.reactive}
        numbers["lost"] = self.volume
        return {"kind": self.kind} | {name: _text(value) for name, value in numbers.items()}


def _text(value: Fraction) -> str:
    return format(Decimal(half_up(value * UNIT)).scaleb(-6).normalize(), "f")


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def lost(rows: Sequence[Mapping[str, Any]], energy: Energy, month: date, end: date) -> list[Lost]:
    """Return the losses of one meter in a month; raises NotGiven.

    ``rows``: LOSS, those in force on some day of the month. Of each kind the latest one
    counts, and it must hold for all the days that the meter stood: a month of two
    formulas has no meter reading between them.
    """
    latest = {row["kind"]: row for row in sorted(rows, key=lambda row: row["valid_from"])}
    return [_lost(row, energy, month, end) for _, row in sorted(latest.items())]


def _lost(row: Mapping[str, Any], energy: Energy, month: date, end: date) -> Lost:
    put_on, taken_off = row["installed_on"], row["removed_on"]
    first = max(month, put_on) if put_on else month
    last = min(end, taken_off) if taken_off else end
    if row["valid_from"] > first or (row["valid_to"] and row["valid_to"] < last):
        text = f"строка losses.csv с {row['valid_from']:%d.%m.%Y} действует не весь месяц"
        raise NotGiven(text)
    of = {name: Fraction(row[name]) for name in FACTORS if row[name] is not None}
    of.setdefault("k_f2", USUAL_FORM)
    if "hours" in of:
        of["hours"] *= energy.months
    else:
        began = Period.of(month).plus(1 - energy.months).first_day
        # A meter counts from the day after it was put on to the day it was taken off.
        fresh = put_on is not None and put_on >= began
        days = (last - (put_on if fresh else began)).days + (0 if fresh else 1)
        of["hours"] = Fraction(days * 24)
    absent = [name for name in NEEDED[row["kind"]] if name not in of]
    absent += [name for name in DIVISORS if name in of and of[name] <= 0]
    if absent:
        text = f"в losses.csv не указано {absent[0]}"
        raise NotGiven(text)
    return Lost(row["kind"], of, energy, FORMULAS[row["kind"]](of, energy))


def formula_losses(
    rows: pl.DataFrame, reactive: pl.DataFrame, losses: pl.DataFrame, month: date, end: date
) -> tuple[dict[MeterKey, list[Lost]], pl.DataFrame]:
    """Return the losses of the month by meter, and what is missing (PROBLEMS).

    ``rows`` and ``reactive``: METER, volume (millionths), months, of the intervals of the
    month. The reactive energy of a meter without such a register counts as none.
    """
    found: dict[MeterKey, list[Lost]] = {}
    missing: list[tuple[int, int, str, str]] = []
    mine = losses.join(rows.select(METER).unique(), on=METER, how="semi")
    for (account, service, serial), of_meter in mine.group_by(METER, maintain_order=True):
        key = (int(account), int(service), str(serial))
        given = of_meter.to_dicts()
        names = dict(zip(METER, key, strict=True))
        active = _of(rows, names)
        turned = _of(reactive, names)
        if given[0]["has_reactive"] and turned.is_empty():
            missing.append((*key[:2], "no_reading", f"{serial} (реактивная энергия)"))
            continue
        energy = Energy(
            Fraction(int(active["volume"].sum()), UNIT),
            Fraction(int(turned["volume"].sum()), UNIT),
            int(active["months"].max()),  # type: ignore[arg-type]  # a number: polars says any value
        )
        try:
            found[key] = lost(given, energy, month, end)
        except NotGiven as absent:
            missing.append((*key[:2], "no_losses", f"{serial}: {absent}"))
    return found, pl.DataFrame(missing, schema=PROBLEMS.schema, orient="row")


def _of(rows: pl.DataFrame, names: Mapping[str, Any]) -> pl.DataFrame:
    return rows.filter(pl.all_horizontal(pl.col(name) == value for name, value in names.items()))
