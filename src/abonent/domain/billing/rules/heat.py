"""Heat of a house of flats (RULES 2.3; PP 354 App. 2, formulas 2 and 3). Pure."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from abonent.domain.billing.rules.volumes import AREA_SCALE, norms_for, problems_of
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.pricing import WIDE

if TYPE_CHECKING:
    from abonent.domain.billing.rules.lines import Inputs, Parameters


def season(months: str, month: int) -> tuple[pl.Expr, pl.Expr]:
    """Return (is the month in the heating season, how many months the season has).

    ``months`` names a column with texts such as ``10-05``; both ends are heating months.
    """
    first = pl.col(months).str.slice(0, 2).cast(pl.Int64, strict=False)
    last = pl.col(months).str.slice(3, 2).cast(pl.Int64, strict=False)
    length = (last - first) % 12 + 1
    inside = (month - first) % 12 < length
    return inside, length


def heat_parts(points: pl.DataFrame, month_end: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge heating by the house: H1 to H4 in the season, H1 also over twelve months.

    ``points``: account_id, service_id, area, house_id, total, common, excluded (1/10000
    m²), has_meter, scheme, heating_months, volume and metered_volume (millionths of Gcal,
    null when absent), metered_area, state, individual (heated by itself), own_volume (own
    meter's, null when none), norm, norm_id. Sources: RULES 2.3; PP 354 App. 2, formulas
    2, 2(1), 3, 3(1), 3(3) with 3(6), 3(7). All volumes stay exact fractions.
    """
    inside, length = season("heating_months", month_end.month)
    counted = pl.col("volume").is_not_null()
    rows = points.with_columns(
        pl.col("has_meter").fill_null(pl.when(counted).then(pl.lit(value=True))),
    ).with_columns(
        # A house without named months is heated in the months that its meter counted.
        inside.fill_null(pl.when(pl.col("has_meter")).then(counted)).alias("in_season"),
        length.alias("season_months"),
        (pl.col("scheme") == "year").fill_null(value=False).alias("all_year"),
        pl.col("excluded").fill_null(0),
    )
    rows = rows.with_columns(_heat_problem().alias("problem"))
    good = rows.filter(pl.col("problem").is_null() & (pl.col("in_season") | pl.col("all_year")))
    by_norm = _heat_by_norm(good.filter(~pl.col("has_meter")))
    by_house = _heat_by_house(good.filter(pl.col("has_meter")))
    both = pl.concat([by_norm, by_house]).with_columns(
        pl.lit("single").alias("zone"),
        pl.lit(month_end).alias("day"),
        pl.lit(1, pl.Int64).alias("months"),
        pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
    )
    return both, problems_of(rows, pl.lit(""))


def _heat_problem() -> pl.Expr:
    """Name the first thing that the account's formula needs and does not have."""
    counted = pl.col("in_season") | pl.col("all_year")
    return (
        pl.when(pl.col("house_id").is_null())
        .then(pl.lit("no_house"))
        .when(pl.col("area").is_null() & ~pl.col("individual"))
        .then(pl.lit("no_area"))
        .when(pl.col("has_meter").is_null())
        .then(pl.lit("no_house_volume"))
        .when(pl.col("in_season").is_null())
        .then(pl.lit("no_scheme"))
        .when(pl.col("all_year") & pl.col("has_meter"))
        .then(pl.lit("year_scheme"))
        .when(counted & pl.col("has_meter") & pl.col("total").is_null())
        .then(pl.lit("no_house_area"))
        .when(counted & pl.col("has_meter") & (pl.col("excluded") > 0) & pl.col("common").is_null())
        .then(pl.lit("no_house_area"))
        .when(
            counted
            & pl.col("has_meter")
            & (pl.col("volume").is_null() | (pl.col("state") == "failed"))
        )
        .then(pl.lit("no_house_volume"))
        .when(counted & ~pl.col("has_meter") & pl.col("norm").is_null())
        .then(pl.lit("no_norm"))
    )


def _heat_by_norm(rows: pl.DataFrame) -> pl.DataFrame:
    """H1: S × N, or S × N × K with K = season months / 12 when paid over the year."""
    months = pl.when(pl.col("all_year")).then("season_months").otherwise(1)
    of = pl.when(pl.col("all_year")).then(12).otherwise(1)
    own = pl.when(pl.col("individual")).then(0).otherwise(1)
    return rows.select(
        "account_id",
        "service_id",
        (pl.col("area").cast(WIDE) * pl.col("norm").cast(WIDE) * months.cast(WIDE) * own).alias(
            "n"
        ),
        (of.cast(WIDE) * AREA_SCALE).alias("d"),
        pl.lit("norm").alias("method"),
        pl.when("all_year").then(pl.lit("heat_h1_year")).otherwise(pl.lit("heat_h1")).alias("rule"),
        _heat_basis().alias("basis"),
    )


def _heat_by_house(rows: pl.DataFrame) -> pl.DataFrame:
    """H2: (V_i + S (V − ΣV)/S_об); H3, H4 with the metered rooms' volume and area.

    With A = S_об − S_инд + S_ои the sum of H2 is S·V·(S_об + S_ои)/(A·S_об), or
    S·V·S_ои/(A·S_об) for a room that heats itself; without such rooms S·V/S_об.
    With M metered on area m it is S·(V·m − M·(S_об − S_инд))/(m·S_об) besides V_i.
    """
    s, v = pl.col("area").cast(WIDE), pl.col("volume").cast(WIDE)
    total, common = pl.col("total").cast(WIDE), pl.col("common").fill_null(0).cast(WIDE)
    excluded = pl.col("excluded").cast(WIDE)
    m_area = pl.col("metered_area").fill_null(0).cast(WIDE)
    m_volume = pl.col("metered_volume").fill_null(0).cast(WIDE)
    own = pl.col("own_volume")
    metered = m_area > 0
    simple = ~metered & (excluded == 0) & ~pl.col("individual")
    divisor = total - excluded + common
    rest = s * (v * m_area - m_volume * (total - excluded))
    mine = (
        pl.when(pl.col("individual"))
        .then(0)
        .when(own.is_not_null())
        .then(own.cast(WIDE) * m_area * total)
        .otherwise(s * m_volume * total)
    )
    n = (
        pl.when(simple)
        .then(s * v)
        .when(metered)
        .then(mine + rest)
        .when(pl.col("individual"))
        .then(s * v * common)
        .otherwise(s * v * (total + common))
    )
    d = pl.when(simple).then(total).when(metered).then(m_area * total).otherwise(divisor * total)
    rule = (
        pl.when(~metered)
        .then(pl.lit("heat_h2"))
        .when(m_area >= total - excluded)
        .then(pl.lit("heat_h4"))
        .otherwise(pl.lit("heat_h3"))
    )
    return rows.select(
        "account_id",
        "service_id",
        n.alias("n"),
        d.alias("d"),
        pl.lit("house").alias("method"),
        rule.alias("rule"),
        _heat_basis().alias("basis"),
    )


def _heat_basis() -> pl.Expr:
    """Keep what the formula used, for the explanation."""
    names = [
        "area", "total", "common", "excluded", "volume", "metered_volume", "metered_area",
        "own_volume", "norm", "norm_id", "season_months",
    ]  # fmt: skip
    fields = [pl.format('"{}":{}'.format(name, "{}"), pl.col(name).fill_null(-1)) for name in names]
    return pl.concat_str([pl.lit('"heat":{'), pl.concat_str(fields, separator=","), pl.lit("}")])


def heated_parts(
    points: pl.DataFrame, inputs: "Inputs", parameters: "Parameters"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge heating; an own meter's volume counts inside the house's (H3, H4)."""
    alone = inputs.intervals.select("account_id", "service_id").unique()
    heat = points.filter(pl.col("service_kind") == "heat")
    # A meter of a building without a house of flats is billed like any other meter.
    rows = heat.filter(pl.col("house_id").is_not_null()).vstack(
        heat.filter(pl.col("house_id").is_null()).join(
            alone, on=["account_id", "service_id"], how="anti"
        )
    )
    norms = norms_for(rows, parameters, ["m2"])
    own = (
        inputs.intervals.filter(pl.col("problem").is_null())
        .group_by("account_id", "service_id")
        .agg(pl.col("volume").sum().alias("own_volume"))
    )
    joined = (
        rows.join(norms, on=["service_id", "norm_category"], how="left")
        .join(inputs.houses, on=["house_id", "service_id"], how="left")
        .join(own, on=["account_id", "service_id"], how="left")
    )
    return heat_parts(joined, parameters.end)
