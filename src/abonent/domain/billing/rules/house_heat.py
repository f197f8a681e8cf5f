"""What a house's heat meter says of a month: counted, estimated, last year's, or nothing. Pure.

PP 354 p. 59(1), 42(1), App. 2; RULES 2.3.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from abonent.common.periods import MONTHS, Period

KEY = ["house_id", "service_id"]
HISTORY = {
    "house_id": pl.Int64,
    "service_id": pl.Int64,
    "period": pl.Date,
    "volume": pl.Int64,
    "metered_volume": pl.Int64,
    "metered_area": pl.Int64,
    "state": pl.String,
}
# Mean outdoor temperatures of months in 1/100 °C.
MEANS = {"locality": pl.String, "month": pl.Date, "mean": pl.Int64}
OWN = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "volume": pl.Int64}
CHARGED = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "month": pl.Date,
    "rule": pl.String,
    "volume": pl.Int64,
    "amount": pl.Int64,
}
FAILED = "failed"
MORE_PERIODS_SINCE = date(2025, 3, 1)  # ПП 1176
LIMIT, LIMIT_BEFORE = 6, 3
FEWEST = 3  # heating months that an average needs
WARM, WARM_COLD_REGION = 1800, 2000  # 1/100 °C of a room


@cache
def no_history() -> pl.DataFrame:
    """Return no rows of HISTORY."""
    return pl.DataFrame(schema=HISTORY)


@cache
def no_means() -> pl.DataFrame:
    """Return no rows of MEANS."""
    return pl.DataFrame(schema=MEANS)


@cache
def no_own() -> pl.DataFrame:
    """Return no rows of OWN."""
    return pl.DataFrame(schema=OWN)


@cache
def no_charged() -> pl.DataFrame:
    """Return no rows of CHARGED."""
    return pl.DataFrame(schema=CHARGED)


@dataclass(frozen=True)
class HeatHistory:
    """What the heat of a month may rest on besides the month.

    ``volumes``: HISTORY of the houses up to two years before. ``means``: MEANS. ``own``:
    OWN, what the rooms' own heat meters counted by months of the readings. ``charged``:
    CHARGED, the heat of published bills, of the last year and of this year's corrections.
    ``again``: the month is published and calculated once more.
    """

    volumes: pl.DataFrame = field(default_factory=no_history)
    means: pl.DataFrame = field(default_factory=no_means)
    own: pl.DataFrame = field(default_factory=no_own)
    charged: pl.DataFrame = field(default_factory=no_charged)
    again: bool = False


def season(months: str, month: pl.Expr | int) -> tuple[pl.Expr, pl.Expr]:
    """Return (is the month in the heating season, how many months the season has).

    ``months`` names a column with texts such as ``10-05``; both ends are heating months.
    """
    first = pl.col(months).str.slice(0, 2).cast(pl.Int64, strict=False)
    last = pl.col(months).str.slice(3, 2).cast(pl.Int64, strict=False)
    length = (last - first) % MONTHS + 1
    return (month - first) % MONTHS < length, length


def is_heated(months: str | None, month: int) -> bool:
    """Return whether a month is in the season; without named months every one is."""
    if not months:
        return True
    first, last = int(months[:2]), int(months[3:])
    return (month - first) % MONTHS <= (last - first) % MONTHS


def known_volumes(houses: pl.DataFrame, history: HeatHistory, period: Period) -> pl.DataFrame:
    """Return HISTORY with ``way`` (ok, estimate, norm, no_temperature) and ``note``.

    ``houses``: KEY, locality, cold_region, heating_months and the volumes of the month
    itself. A month of a meter that failed gets its estimate as volume, or none.
    """
    now = houses.filter(pl.col("volume").is_not_null() | (pl.col("state") == FAILED)).select(
        *KEY, pl.lit(period.first_day).alias("period"), "volume", "metered_volume",
        "metered_area", "state",
    )  # fmt: skip
    before = history.volumes.filter(pl.col("period") != period.first_day)
    rows = pl.concat([before.select(list(HISTORY)), now.select(list(HISTORY))]).sort(*KEY, "period")
    broken = rows.filter(pl.col("state") == FAILED).select(KEY).unique()
    plain = rows.with_columns(
        pl.when(pl.col("volume").is_not_null()).then(pl.lit("ok")).alias("way"),
        pl.lit(None, pl.String).alias("note"),
    )
    if broken.is_empty():
        return plain
    sound = plain.join(broken, on=KEY, how="anti")
    facts = {
        (row["house_id"], row["service_id"]): row
        for row in houses.join(broken, on=KEY, how="semi").iter_rows(named=True)
    }
    means = {(row[0], row[1]): row[2] for row in history.means.select(list(MEANS)).iter_rows()}
    mended: list[dict[str, Any]] = []
    for key, part in plain.join(broken, on=KEY, how="semi").group_by(KEY, maintain_order=True):
        if key in facts:
            mended += _mended(part.to_dicts(), facts[key], means)
    return pl.concat([sound, pl.DataFrame(mended, schema=plain.schema)])


def _mended(
    rows: list[dict[str, Any]], house: dict[str, Any], means: dict[tuple[str, date], int]
) -> list[dict[str, Any]]:
    """Estimate the failed months of one house, given in the order of its months."""
    months = house.get("heating_months")
    heated = [row for row in rows if is_heated(months, row["period"].month)]
    in_row, begun = 0, date.min
    for row in heated:
        if row["state"] != FAILED:
            in_row = 0
            continue
        in_row += 1
        begun = row["period"] if in_row == 1 else begun
        limit = LIMIT if row["period"] >= MORE_PERIODS_SINCE else LIMIT_BEFORE
        year_before = Period.of(begun).plus(-MONTHS).first_day
        base = [
            one for one in heated
            if one["state"] != FAILED and one["volume"] is not None
            and year_before <= one["period"] < begun
        ]  # fmt: skip
        row["volume"] = None
        if in_row > limit or len(base) < FEWEST:
            row["way"] = "norm"
        else:
            row.update(_estimate(row["period"], base, house, means))
            if row["way"] == "estimate":
                row["note"] = row["note"].replace("}", f',"k":{in_row},"of":{limit}}}')
    return rows


def _estimate(
    month: date,
    base: list[dict[str, Any]],
    house: dict[str, Any],
    means: dict[tuple[str, date], int],
) -> dict[str, Any]:
    """Return volume, way and note of a failed month, from the heated months before.

    V = (ΣV / ΣD) × D × (t_room − t_month) / (t_room − t_base)
    """
    place = house.get("locality") or ""
    wanted = [month, *(one["period"] for one in base)]
    lacking = [day for day in wanted if (place, day) not in means]
    if lacking:
        return {"volume": None, "way": "no_temperature", "note": f"{place} {lacking[0]:%m.%Y}"}
    room = WARM_COLD_REGION if house.get("cold_region") else WARM
    days = {day: Period.of(day).days for day in wanted}
    all_days = sum(days[one["period"]] for one in base)
    used = sum(one["volume"] for one in base)
    cold = _half_up(
        sum(means[place, one["period"]] * days[one["period"]] for one in base), all_days
    )
    now = means[place, month]
    if room <= cold:
        return {"volume": None, "way": "norm", "note": None}
    volume = _half_up(used * days[month] * max(0, room - now), all_days * (room - cold))
    note = (
        f'{{"v":{used},"w":{all_days},"p":{days[month]},"room":{room},"now":{now},"base":{cold}}}'
    )
    return {"volume": volume, "way": "estimate", "note": note}


def _half_up(top: int, bottom: int) -> int:
    """Divide with halves away from zero; the divisor is positive."""
    sign = -1 if top < 0 else 1
    return sign * ((abs(top) * 2 + bottom) // (bottom * 2))


def year_sums(known: pl.DataFrame, houses: pl.DataFrame, years: Iterable[int]) -> pl.DataFrame:
    """Return KEY, year, volume, metered_volume, metered_area of whole calendar years.

    A year is whole when each month of the season is known; of a house without named
    months, when all twelve are.
    """
    rows = known.filter(pl.col("period").dt.year().is_in(list(years))).join(
        houses.select(*KEY, "heating_months"), on=KEY
    )
    inside, length = season("heating_months", pl.col("period").dt.month().cast(pl.Int64))
    counted = pl.col("volume").is_not_null()
    return (
        rows.with_columns(
            (inside.fill_null(value=True) & counted).alias("counts"),
            length.fill_null(MONTHS).alias("needed"),
            pl.col("period").dt.year().alias("year"),
        )
        .group_by(*KEY, "year", maintain_order=True)
        .agg(
            pl.col("volume").sum(),
            pl.col("metered_volume").filter(counted).fill_null(0).sum(),
            pl.col("metered_area").drop_nulls().last(),
            (pl.col("counts").sum() >= pl.col("needed").first()).alias("whole"),
        )
        .filter("whole")
        .drop("whole")
    )


def month_basis(houses: pl.DataFrame, history: HeatHistory, period: Period) -> pl.DataFrame:
    """Return the houses with what the month's heat is divided by.

    In place of the month's volumes: volume, metered_volume, metered_area, ``divisor`` (12
    where they are last year's), ``way`` (ok, estimate, year, norm, no_temperature; null:
    nothing is known) and ``note``.
    """
    known = known_volumes(houses, history, period)
    month = known.filter(pl.col("period") == period.first_day).drop("period", "state")
    last = year_sums(known, houses, [period.year - 1]).drop("year")
    counts = known.filter(pl.col("volume").is_not_null()).select(KEY).unique()
    plain = houses.drop("volume", "metered_volume", "metered_area", "state")
    by_year = (pl.col("scheme") == "year").fill_null(value=False)
    rows = (
        plain.join(counts.with_columns(pl.lit(value=True).alias("counted")), on=KEY, how="left")
        .join(month, on=KEY, how="left")
        .join(last, on=KEY, how="left", suffix="_year")
        .with_columns(by_year.alias("all_year"))
    )
    of_year = pl.col("all_year") & pl.col("volume_year").is_not_null()
    way = (
        pl.when(of_year).then(pl.lit("year")).when("all_year").then(pl.lit("norm")).otherwise("way")
    )
    chosen = [
        pl.when("all_year").then(f"{name}_year").otherwise(name).alias(name)
        for name in ("volume", "metered_volume", "metered_area")
    ]
    return rows.with_columns(
        *chosen,
        way.alias("way"),
        pl.when("all_year").then(None).otherwise("note").alias("note"),
        pl.when(of_year).then(MONTHS).otherwise(1).cast(pl.Int64).alias("divisor"),
        pl.col("has_meter").fill_null(pl.col("counted")),
    ).drop("counted", "volume_year", "metered_volume_year", "metered_area_year")
