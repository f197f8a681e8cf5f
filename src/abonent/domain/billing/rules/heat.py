"""Heat of a house of flats (RULES 2.3; PP 354 App. 2, formulas 2 and 3). Pure."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from abonent.common.periods import MONTHS, Period
from abonent.domain.billing.rules.house_heat import month_basis, season
from abonent.domain.billing.rules.shapes import PARTS, PROBLEMS
from abonent.domain.billing.rules.volumes import AREA_SCALE, norms_for, problems_of
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.pricing import WIDE

if TYPE_CHECKING:
    from abonent.domain.billing.rules.lines import Inputs
    from abonent.domain.billing.rules.parameters import Parameters


def heat_parts(points: pl.DataFrame, month_end: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge heating by the house: H1 to H4, in the season or over twelve months.

    ``points``: account_id, service_id, area, individual (heated by itself), own_volume (own
    meter's, null when none), norm, norm_id and the house of ``house_heat.month_basis``:
    house_id, total, common, excluded (1/10000 m²), has_meter, all_year, heating_months,
    volume and metered_volume (millionths of Gcal), metered_area, divisor, way, note.
    Sources: RULES 2.3; PP 354 App. 2, formulas 2, 2(1), 3, 3(1), 3(3) with 3(6), 3(7). All
    volumes stay exact fractions.
    """
    inside, length = season("heating_months", month_end.month)
    counted = pl.col("way").is_in(["ok", "estimate"]).fill_null(value=False)
    rows = points.with_columns(
        # A house without named months is heated in the months that its meter counted.
        inside.fill_null(pl.when(pl.col("has_meter")).then(counted)).alias("in_season"),
        length.alias("season_months"),
        pl.col("all_year").fill_null(value=False),
        pl.col("excluded").fill_null(0),
        pl.col("divisor").fill_null(1),
    ).with_columns((pl.col("in_season") | pl.col("all_year")).alias("charged"))
    # Without an average of its meter a house pays by the norm (p. 59(1), 60).
    by_norm = ~pl.col("has_meter").fill_null(value=True) | (pl.col("way") == "norm").fill_null(
        value=False
    )
    rows = rows.with_columns(by_norm.alias("by_norm"))
    rows = rows.with_columns(_heat_problem().alias("problem"))
    good = rows.filter(pl.col("problem").is_null() & pl.col("charged"))
    both = pl.concat(
        [heat_by_norm(good.filter("by_norm")), heat_by_house(good.filter(~pl.col("by_norm")))]
    ).with_columns(
        pl.lit("single").alias("zone"),
        pl.lit(month_end).alias("day"),
        pl.lit(1, pl.Int64).alias("months"),
        pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
    )
    return both, problems_of(rows, _missing())


def _heat_problem() -> pl.Expr:
    """Name the first thing that the account's formula needs and does not have."""
    charged, house = pl.col("charged"), ~pl.col("by_norm")
    metered = pl.col("metered_area").fill_null(0) > 0
    own = pl.col("own_volume").is_not_null()
    return (
        pl.when(pl.col("house_id").is_null())
        .then(pl.lit("no_house"))
        .when(pl.col("area").is_null() & (~pl.col("individual") | house))
        .then(pl.lit("no_area"))
        .when(pl.col("has_meter").is_null())
        .then(pl.lit("no_house_volume"))
        .when(pl.col("in_season").is_null() & (~pl.col("all_year") | pl.col("by_norm")))
        .then(pl.lit("no_scheme"))
        .when(charged & (pl.col("way") == "no_temperature"))
        .then(pl.lit("no_temperature"))
        .when(charged & house & pl.col("volume").is_null())
        .then(pl.lit("no_house_volume"))
        .when(charged & house & (pl.col("total").is_null() | (pl.col("total") <= 0)))
        .then(pl.lit("no_house_area"))
        .when(charged & house & (pl.col("excluded") > 0) & pl.col("common").is_null())
        .then(pl.lit("no_house_area"))
        .when(
            charged & house & (metered ^ pl.col("metered_volume").is_not_null()) & (metered | own)
        )
        .then(pl.lit("no_metered"))
        .when(charged & house & own & ~metered)
        .then(pl.lit("no_metered"))
        .when(charged & metered & (pl.col("way") == "year") & pl.col("own_month") & ~own)
        .then(pl.lit("no_reading"))
        .when(charged & pl.col("by_norm") & pl.col("norm").is_null() & ~pl.col("individual"))
        .then(pl.lit("no_norm"))
    )


def _missing() -> pl.Expr:
    """Name the parameter that a problem of heat is about."""
    problem = pl.col("problem")
    area = pl.when(pl.col("total").is_null()).then(pl.lit("area_total"))
    return (
        pl.when(problem == "no_temperature")
        .then("note")
        .when(problem == "no_house_area")
        .then(area.otherwise(pl.lit("area_common")))
        .when(problem == "no_norm")
        .then("norm_category")
        .when(problem == "no_reading")
        .then(pl.lit("за прошлый год"))
        .otherwise(pl.lit(""))
    )


def heat_by_norm(rows: pl.DataFrame) -> pl.DataFrame:
    """H1: S × N, or S × N × K with K = season months / 12 when paid over the year."""
    months = pl.when(pl.col("all_year")).then("season_months").otherwise(1)
    of = pl.when(pl.col("all_year")).then(MONTHS).otherwise(1)
    volume = pl.col("area").cast(WIDE) * pl.col("norm").cast(WIDE) * months.cast(WIDE)
    return rows.select(
        "account_id",
        "service_id",
        pl.when("individual").then(0).otherwise(volume).cast(WIDE).alias("n"),
        (of.cast(WIDE) * AREA_SCALE).alias("d"),
        pl.lit("norm").alias("method"),
        pl.when("all_year").then(pl.lit("heat_h1_year")).otherwise(pl.lit("heat_h1")).alias("rule"),
        _heat_basis().alias("basis"),
    )


def heat_by_house(rows: pl.DataFrame) -> pl.DataFrame:
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
    ) + pl.when("all_year").then(pl.lit("_year")).otherwise(pl.lit(""))
    return rows.select(
        "account_id",
        "service_id",
        # Where the rooms' meters counted more than the house, nobody's volume is below zero.
        pl.when(n < 0).then(0).otherwise(n).cast(WIDE).alias("n"),
        (d * pl.col("divisor").cast(WIDE)).alias("d"),
        pl.lit("house").alias("method"),
        rule.alias("rule"),
        _heat_basis().alias("basis"),
    )


def _heat_basis() -> pl.Expr:
    """Keep what the formula used, for the explanation."""
    names = [
        "area", "total", "common", "excluded", "volume", "metered_volume", "metered_area",
        "own_volume", "norm", "norm_id", "season_months", "divisor",
    ]  # fmt: skip
    fields = [pl.format('"{}":{}'.format(name, "{}"), pl.col(name).fill_null(-1)) for name in names]
    alone = pl.format('"individual":{}', pl.col("individual").cast(pl.Int8))
    note = pl.when(pl.col("way") == "estimate").then(pl.format(',"estimate":{}', "note"))
    return pl.concat_str(
        [
            pl.lit('"heat":{'),
            pl.concat_str([*fields, alone], separator=","),
            note.otherwise(pl.lit("")),
            pl.lit("}"),
        ]
    )


def heated_parts(
    points: pl.DataFrame, inputs: "Inputs", parameters: "Parameters"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge heating; an own meter's volume counts inside the house's (H3, H4)."""
    if not (points["service_kind"] == "heat").any():
        return PARTS, PROBLEMS
    heat = points.filter(pl.col("service_kind") == "heat")
    alone = inputs.intervals.select("account_id", "service_id").unique()
    # A meter of a building without a house of flats is billed like any other meter.
    rows = heat.filter(pl.col("house_id").is_not_null()).vstack(
        heat.filter(pl.col("house_id").is_null()).join(
            alone, on=["account_id", "service_id"], how="anti"
        )
    )
    norms = norms_for(rows, parameters, ["m2"])
    known = inputs.homes.heat
    houses = month_basis(inputs.houses, known, parameters.period)
    joined = (
        rows.join(norms, on=["service_id", "norm_category"], how="left")
        .join(houses, on=["house_id", "service_id"], how="left")
        .join(_own(inputs), on=["account_id", "service_id"], how="left")
        .join(last_year(known.own, parameters.period), on=["account_id", "service_id"], how="left")
    )
    by_year = pl.when(pl.col("way") == "year").then("own_year").otherwise("own_volume")
    return heat_parts(
        joined.with_columns(
            pl.col("own_volume").is_not_null().alias("own_month"), by_year.alias("own_volume")
        ),
        parameters.end,
    )


def _own(inputs: "Inputs") -> pl.DataFrame:
    """Return what the rooms' own meters counted in the month."""
    good = inputs.intervals.filter(pl.col("problem").is_null())
    return good.group_by("account_id", "service_id").agg(pl.col("volume").sum().alias("own_volume"))


def last_year(own: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return what the rooms' own meters counted in the year before."""
    before = own.filter(pl.col("month").dt.year() == period.year - 1)
    return before.group_by("account_id", "service_id").agg(pl.col("volume").sum().alias("own_year"))
