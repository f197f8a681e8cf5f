"""The yearly correction of heat that was paid evenly over twelve months (RULES 2.3). Pure.

In the first quarter a room pays the difference between its share of what the house's meter
counted in the year, each month at its own price, and what it was charged for that year.
"""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from abonent.common.periods import MONTHS, Period
from abonent.domain.billing.rules.heat import heat_by_house, heat_by_norm
from abonent.domain.billing.rules.house_heat import (
    KEY as HOUSE,
)
from abonent.domain.billing.rules.house_heat import (
    known_volumes,
    season,
    year_sums,
)
from abonent.domain.billing.rules.shapes import FEES, PROBLEMS
from abonent.domain.billing.rules.volumes import norms_for
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.force import rows_in_force
from abonent.domain.tariffs.rules.pricing import WIDE, half_up, summed

if TYPE_CHECKING:
    from abonent.domain.billing.rules.lines import Inputs
    from abonent.domain.billing.rules.parameters import Parameters

QUARTER = 3
RULE = "heat_year"
KEY = ["account_id", "service_id"]
SEGMENT = [*KEY, "rate_id"]


def corrected_years(
    points: pl.DataFrame, rates: pl.DataFrame, inputs: "Inputs", parameters: "Parameters"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the priced corrections (one for each price of the year) and the problems.

    Once in a quarter: in its first month whose bill knows every month of the year. A year
    that is not known by March is a problem with a name.
    """
    period, heat = parameters.period, inputs.homes.heat
    year, since = period.year - 1, parameters.billed_since
    # A year that was billed elsewhere is settled elsewhere.
    if period.month > QUARTER or since is None or since.year > year:
        return FEES, PROBLEMS
    due = _due(points, inputs, period)
    if due.is_empty():
        return FEES, PROBLEMS
    known = known_volumes(inputs.houses, heat, period)
    whole = year_sums(known, inputs.houses, [year]).select(HOUSE)
    late = due.join(whole, on=HOUSE, how="anti")
    late = late.clear() if period.month < QUARTER else late
    problems = _problem(late, "no_house_volume", str(year))
    rooms = due.join(whole, on=HOUSE, how="semi", maintain_order="left")
    months = _priced_months(rooms, rates, year)
    priced = months.group_by("service_id", "category").len().filter(pl.col("len") == MONTHS)
    priceless = rooms.join(priced, on=["service_id", "category"], how="anti")
    problems = pl.concat([problems, _problem(priceless, "no_rate", str(year))])
    rooms = rooms.join(priced.drop("len"), on=["service_id", "category"], how="semi",
                       maintain_order="left")  # fmt: skip
    if rooms.is_empty():
        return FEES, problems
    actual = _actual(rooms, months, known, inputs, year)
    charged = _charged(rooms, months, known, inputs, parameters)
    return _difference(actual, charged, year), problems


def _problem(rooms: pl.DataFrame, problem: str, parameter: str) -> pl.DataFrame:
    return rooms.select(
        *KEY, pl.lit(problem).alias("problem"), pl.lit(parameter).alias("parameter")
    )


def _due(points: pl.DataFrame, inputs: "Inputs", period: Period) -> pl.DataFrame:
    """Return the rooms with a house meter that paid evenly and are not corrected yet."""
    charged = inputs.homes.heat.charged
    this_year = pl.col("month").dt.year() == period.year
    done = charged.filter((pl.col("rule") == RULE) & this_year)
    others = done.filter(pl.col("month") != period.first_day).select(KEY).unique()
    evenly = charged.filter(pl.col("rule").str.ends_with("_year") & ~this_year).select(KEY)
    houses = inputs.houses.with_columns(
        (pl.col("scheme") == "year").fill_null(value=False).alias("by_year")
    )
    # An even share by the norm of a house without a meter has nothing to be compared with.
    counted = pl.col("has_meter").fill_null(pl.col("volume").is_not_null())
    rows = points.join(houses.filter(counted), on=HOUSE)
    mark = evenly.unique().with_columns(pl.lit(value=True).alias("evenly"))
    rows = rows.join(mark, on=KEY, how="left", maintain_order="left").filter(
        pl.col("by_year") | pl.col("evenly").fill_null(value=False)
    )
    rows = rows.join(others, on=KEY, how="anti", maintain_order="left")
    if inputs.homes.heat.again:
        mine = done.filter(pl.col("month") == period.first_day).select(KEY).unique()
        rows = rows.join(mine, on=KEY, how="semi", maintain_order="left")
    fit = pl.col("area").is_not_null() & (pl.col("total") > 0)
    return rows.filter(fit).with_columns(pl.col("excluded").fill_null(0))


def _priced_months(rooms: pl.DataFrame, rates: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return service_id, category, month, last day and the price of each month of the year."""
    days = pl.DataFrame({
        "month": [date(year, month, 1) for month in range(1, MONTHS + 1)],
        "day": [Period(year, month).last_day for month in range(1, MONTHS + 1)],
    })  # fmt: skip
    wanted = rooms.select("service_id", "category").unique().join(days, how="cross")
    prices = rows_in_force(wanted, rates, ["service_id"], "category").filter(
        (pl.col("component") == "") & (pl.col("zone") == "single")
        & (pl.col("from_quantity") == 0)
    )  # fmt: skip
    return wanted.join(
        prices.select("service_id", "category", "day", "rate", "rate_id", "vat_included"),
        on=["service_id", "category", "day"],
    )


def _of_months(rooms: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Return the rooms for each month of the year in which their account was open."""
    rows = rooms.join(months, on=["service_id", "category"])
    opened = pl.col("opened_on").is_null() | (pl.col("opened_on") <= pl.col("day"))
    return rows.filter(opened) if "opened_on" in rows.columns else rows


def _actual(
    rooms: pl.DataFrame,
    months: pl.DataFrame,
    known: pl.DataFrame,
    inputs: "Inputs",
    year: int,
) -> pl.DataFrame:
    """Return each room's share of what the house's meter counted, by the year's prices."""
    counted = known.filter(
        (pl.col("period").dt.year() == year) & pl.col("volume").is_not_null()
    ).select(*HOUSE, pl.col("period").alias("month"), "volume", "metered_volume", "metered_area")
    facts = ["volume", "metered_volume", "metered_area"]
    rows = (
        _of_months(rooms.drop(facts), months)
        .join(counted, on=[*HOUSE, "month"])
        .join(
            inputs.homes.heat.own.rename({"volume": "own"}), on=[*KEY, "month"], how="left"
        )
    )  # fmt: skip
    summed_up = rows.group_by(SEGMENT, maintain_order=True).agg(
        pl.col("volume").sum(),
        pl.col("metered_volume").sum(),
        pl.col("metered_area").drop_nulls().last(),
        pl.when(pl.col("own").is_not_null().any()).then(pl.col("own").sum()).alias("own_volume"),
        pl.col("day").max(),
        pl.col("rate", "vat_included", "category").first(),
    )
    once = rooms.drop(*facts, "category").unique(KEY, maintain_order=True)
    ready = once.join(summed_up, on=KEY).with_columns(
        pl.lit(1, pl.Int64).alias("divisor"),
        pl.lit(value=True).alias("all_year"),
        pl.lit(None, pl.Int64).alias("norm"),
        pl.lit(None, pl.Int64).alias("norm_id"),
        pl.lit(None, pl.Int64).alias("season_months"),
        pl.lit("year").alias("way"),
        pl.lit(None, pl.String).alias("note"),
    )
    return pl.concat(
        [
            ready.select(pl.exclude("n", "d", "method", "rule", "basis")),
            heat_by_house(ready).select("n", "d", "basis"),
        ],
        how="horizontal",
    ).with_columns(pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"))


def _charged(
    rooms: pl.DataFrame,
    months: pl.DataFrame,
    known: pl.DataFrame,
    inputs: "Inputs",
    parameters: "Parameters",
) -> pl.DataFrame:
    """Return SEGMENT, was (kopecks), was_volume: what was charged for the year's months.

    Months before billing began here count as charged by the same rule.
    """
    since = parameters.billed_since or date.min
    rows = _of_months(rooms, months)
    billed = (
        inputs.homes.heat.charged.filter(pl.col("rule") != RULE)
        .group_by(*KEY, "month")
        .agg(pl.col("amount").sum().alias("was"), pl.col("volume").sum().alias("was_volume"))
    )
    ours = rows.filter(pl.col("month") >= since).join(billed, on=[*KEY, "month"])
    before = rows.filter(pl.col("month") < since)
    parts = [ours.select(*SEGMENT, "was", "was_volume")]
    if not before.is_empty():
        theirs = _evenly(before, known, inputs, parameters)
        parts.append(theirs.select(*SEGMENT, "was", "was_volume"))
    return pl.concat(parts).group_by(SEGMENT).agg(pl.col("was", "was_volume").sum())


def _evenly(
    rows: pl.DataFrame, known: pl.DataFrame, inputs: "Inputs", parameters: "Parameters"
) -> pl.DataFrame:
    """Charge months as twelfths of the year before them, or by the norm."""
    year = parameters.period.year - 2
    sums = year_sums(known, inputs.houses, [year]).drop("year")
    own = inputs.homes.heat.own.filter(pl.col("month").dt.year() == year)
    own = own.group_by(KEY).agg(pl.col("volume").sum().alias("own_volume"))
    norms = norms_for(rows, parameters, ["m2"])
    _, length = season("heating_months", 1)
    facts = ["volume", "metered_volume", "metered_area"]
    ready = (
        rows.drop(facts)
        .join(sums, on=HOUSE, how="left", maintain_order="left")
        .join(own, on=KEY, how="left", maintain_order="left")
        .join(norms, on=["service_id", "norm_category"], how="left", maintain_order="left")
        .with_columns(
            pl.lit(MONTHS, pl.Int64).alias("divisor"),
            pl.lit(value=True).alias("all_year"),
            length.alias("season_months"),
            pl.lit("year").alias("way"),
            pl.lit(None, pl.String).alias("note"),
        )
    )
    halves = []
    for part, formula in (
        (ready.filter(pl.col("volume").is_not_null()), heat_by_house),
        (ready.filter(pl.col("volume").is_null()), heat_by_norm),
    ):
        halves.append(
            pl.concat([part.select(*SEGMENT, "rate", "vat_included", "vat_hundredths"),
                       formula(part).select("n", "d")], how="horizontal")
        )  # fmt: skip
    priced = pl.concat(halves).drop_nulls(["n"])
    priced = summed(priced.with_columns(pl.lit(MULTIPLIER, pl.Int64).alias("multiplier")))
    volume = half_up(pl.col("n"), pl.col("d")).cast(pl.Int64)
    return priced.with_columns(pl.col("amount").alias("was"), volume.alias("was_volume"))


def _difference(actual: pl.DataFrame, charged: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the corrections: what the year costs minus what was charged for it."""
    rows = summed(actual).join(charged, on=SEGMENT, how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("was", "was_volume").fill_null(0))
    basis = pl.format(
        '{},"year":{{"of":{},"n":"{}","d":"{}","was":{},"was_volume":{}}}',
        "basis", pl.lit(year), pl.col("n").cast(pl.String), pl.col("d").cast(pl.String), "was",
        "was_volume",
    )  # fmt: skip
    amount = pl.col("amount") - pl.col("was")
    percent = pl.col("vat_hundredths").cast(WIDE)
    vat = half_up(amount.cast(WIDE) * percent, 10_000 + percent).cast(pl.Int64)
    less = pl.col("was_volume").cast(WIDE) * pl.col("d")
    return rows.with_columns(
        basis.alias("basis"),
        amount.alias("amount"),
        vat.alias("vat"),
        (pl.col("n") - less).alias("n"),
        pl.lit("").alias("component"),
        pl.lit("single").alias("zone"),
        pl.lit(1, pl.Int16).alias("band"),
        pl.lit(1, pl.Int64).alias("months"),
        pl.lit("correction").alias("method"),
        pl.lit(RULE).alias("rule"),
        pl.lit(1, pl.Int8).alias("place"),
        pl.lit(value=True).alias("vat_included"),
    ).filter((pl.col("amount") != 0) | (pl.col("n") != 0))
