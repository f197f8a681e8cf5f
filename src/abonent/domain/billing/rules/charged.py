"""From parts of volume to lines of a bill: components, bands, rates, sums. Pure."""

from collections.abc import Callable

import polars as pl

from abonent.domain.billing.rules.shapes import FEES, PROBLEMS
from abonent.domain.tariffs.rules.force import rows_in_force
from abonent.domain.tariffs.rules.pricing import UNIT, WIDE, banded, half_up, priced

LINE = [
    "account_id", "service_id", "component", "zone", "band", "method", "unit", "volume",
    "rate", "multiplier", "amount", "vat", "rule", "basis",
]  # fmt: skip


# Gives the prices in force (``rates_for``) of service_id, category and day.
Find = Callable[[pl.DataFrame], pl.DataFrame]


def rates_for(wanted: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Return the prices in force for service_id, category and day, their bands numbered."""
    rates = _from_zero(rows_in_force(wanted, prices, ["service_id"], "category"))
    return rates.with_columns(
        pl.col("from_quantity")
        .rank("dense")
        .over("service_id", "category", "day", "component", "zone")
        .cast(pl.Int16)
        .alias("band")
    )


def charged(
    parts: pl.DataFrame, find: Find, heating: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give parts their components, bands, rates and sums; name the rates that are missing.

    Returns the fees (FEES), which ``finished`` makes lines of, and the problems.

    ``heating``: service_id, norm_category, norm, norm_id of the heat that warms water.
    """
    if parts.is_empty():
        return FEES, PROBLEMS
    rates = find(parts.select("service_id", "category", "day"))
    split, problems = _components(parts, rates, heating)
    # What a house uses in common fills no bands of a room.
    common = pl.col("rule") == "common_needs"
    if (split["rule"] == "common_needs").any():
        cells = banded(split.filter(~common), rates)
        shared = split.filter(common).with_columns(pl.lit(1, pl.Int16).alias("band"))
        cells = pl.concat([cells, shared.select(cells.columns)])
    else:
        cells = banded(split, rates)
    place = pl.when(common).then(1).otherwise(0).cast(pl.Int8)
    rows = priced(cells, rates).with_columns(place.alias("place"))
    if not rows["rate"].has_nulls() and not rows["vat_hundredths"].has_nulls():
        return rows, problems
    unpriced = rows.filter(pl.col("rate").is_null()).select(
        "account_id",
        "service_id",
        pl.lit("no_rate").alias("problem"),
        _missing(pl.format("{} {} {}", "component", "zone", "category")),
    )
    untaxed = rows.filter(pl.col("vat_hundredths").is_null()).select(
        "account_id", "service_id", pl.lit("no_vat").alias("problem"), pl.lit("").alias("parameter")
    )
    fees = rows.filter(pl.col("rate").is_not_null() & pl.col("vat_hundredths").is_not_null())
    return fees, pl.concat([problems, unpriced, untaxed])


def _missing(price: pl.Expr) -> pl.Expr:
    """Name a price that is missing, with the day on which it is."""
    named = price.str.replace_all(" +", " ").str.strip_chars()
    return pl.format("{} на {}", named, pl.col("day").dt.strftime("%d.%m.%Y")).alias("parameter")


def _from_zero(rates: pl.DataFrame) -> pl.DataFrame:
    """Drop the bands of a tariff whose lowest one is not in force: it is a gap, not a price."""
    of = ["service_id", "category", "day", "component", "zone"]
    return rates.filter(pl.col("from_quantity").min().over(of) == 0)


def _components(
    parts: pl.DataFrame, rates: pl.DataFrame, norms: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split hot water with a two-component price into water and its heat (RULES 2.4)."""
    if (rates["component"] == "").all():
        return parts.with_columns(pl.lit("").alias("component")), PROBLEMS
    keys = ["service_id", "category", "day"]
    components = rates.select(*keys, "component").unique()
    rows = parts.join(components, on=keys, how="left").with_columns(
        pl.col("component").fill_null("")
    )
    # Water without its heat, or heat without its water: the other price has a gap.
    halves = pl.col("component").is_in(["water", "heat"])
    names = components.filter(halves).group_by(keys).agg(pl.col("component").unique())
    lone = names.filter(pl.col("component").list.len() == 1).select(
        *keys, pl.col("component").list.first().replace({"water": "heat", "heat": "water"})
    )
    lost = parts.join(lone, on=keys).select(
        "account_id", "service_id", pl.lit("no_rate").alias("problem"),
        _missing(pl.format("{} {}", "component", "category")),
    )  # fmt: skip
    warm = (pl.col("component") == "heat") & (pl.col("service_kind") == "hot_water")
    heating = norms.select(
        "service_id",
        "norm_category",
        pl.col("norm").alias("heating"),
        pl.col("norm_id").alias("heating_id"),
    )
    rows = rows.join(heating, on=["service_id", "norm_category"], how="left")
    problems = rows.filter(warm & pl.col("heating").is_null()).select(
        "account_id",
        "service_id",
        pl.lit("no_heating_norm").alias("problem"),
        pl.col("norm_category").fill_null("").alias("parameter"),
    )
    factor = pl.when(warm).then("heating").otherwise(1).cast(WIDE)
    divisor = pl.when(warm).then(UNIT).otherwise(1).cast(WIDE)
    rows = rows.filter(~warm | pl.col("heating").is_not_null()).with_columns(
        (pl.col("n") * factor).alias("n"),
        (pl.col("d") * divisor).alias("d"),
        pl.when(warm).then(pl.lit("gcal")).otherwise("unit").alias("unit"),
        pl.when(warm)
        .then(pl.format('{},"heating":{{"norm":{},"id":{}}}', "basis", "heating", "heating_id"))
        .otherwise("basis")
        .alias("basis"),
    )
    return rows, pl.concat([problems, lost])


def finished(rows: pl.DataFrame) -> pl.DataFrame:
    """Order the lines and close their basis: the tariff row and the exact volume."""
    volume = half_up(pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)).cast(pl.Int64)
    organisation = pl.col("kind") == "organisation"
    firm = pl.when(organisation).then(pl.lit('"firm":1,')).otherwise(pl.lit(""))
    exact = pl.format(
        '{{{},{}"n":"{}","d":"{}","rate":{},"day":"{}","months":{},"vat":{},"net":{}}}',
        "basis", firm, pl.col("n").cast(pl.String), pl.col("d").cast(pl.String), "rate_id",
        pl.col("day").cast(pl.String), "months", "vat_hundredths",
        (~pl.col("vat_included")).cast(pl.Int8),
    )  # fmt: skip
    return (
        rows.with_columns(volume.alias("volume"), exact.alias("basis"))
        .sort("account_id", "service_code", "place", "component", "zone", "band", "day", "category")
        .select(LINE)
    )
