"""What a house uses in common, shared by its rooms (PP 354 p. 44–48; RULES 2.5). Pure."""

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from abonent.domain.billing.rules.shapes import PARTS, PROBLEMS
from abonent.domain.billing.rules.volumes import AREA_SCALE, norms_for
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.pricing import WIDE, half_up

if TYPE_CHECKING:
    from abonent.domain.billing.rules.parameters import Parameters

KEY = ["account_id", "service_id"]
HOUSE = ["house_id", "service_id"]
RULE = "common_needs"
CHARGED_IN = ("direct", "none")  # forms of management under which the supplier charges it
# What the houses used in common: volumes in millionths, areas in 1/10000 m², people in
# person-days of the month. ``lacks``: an account whose volume is not known, or null.
SHARED: dict[str, Any] = {
    "house_id": pl.Int64,
    "service_id": pl.Int64,
    "house": pl.Int64,  # null: the house's meter says nothing
    "metered": pl.Int64,
    "unmetered": pl.Int64,
    "nonresidential": pl.Int64,
    "production": pl.Int64,
    "people": pl.Int64,
    "total": pl.Int64,
    "common": pl.Int64,
    "lacks": pl.String,
}


@cache
def no_shared() -> pl.DataFrame:
    """Return no rows of SHARED."""
    return pl.DataFrame(schema=SHARED)


def common_parts(
    points: pl.DataFrame, parts: pl.DataFrame, parameters: "Parameters"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rooms' shares of what their houses use in common, and the problems.

    ``points``: the usage points with area, people_n / people_d; ``parts``: what the rooms
    themselves used. A share is V × S / S_об, V no more than the norm of common property
    × S_ои. A house whose rooms used more than it got gives the rest back by people, to no
    room more than it used (p. 47).
    """
    shared = parameters.shared
    if shared.is_empty():
        return PARTS, PROBLEMS
    rest = pl.col("house") - pl.sum_horizontal(
        "metered", "unmetered", "nonresidential", "production"
    )
    rows = points.join(shared.with_columns(rest.alias("v")), on=HOUSE, maintain_order="left")
    norms = norms_for(rows, parameters, ["common_m2"]).select(
        "service_id", "norm_category", "norm", "norm_id"
    )
    own = parts.group_by(KEY).agg(
        half_up(pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)).sum().cast(pl.Int64).alias("own")
    )
    rows = rows.join(norms, on=["service_id", "norm_category"], how="left").join(
        own, on=KEY, how="left"
    )
    limit = half_up(
        pl.col("norm").cast(WIDE) * pl.col("common").cast(WIDE), pl.lit(AREA_SCALE).cast(WIDE)
    )
    rows = rows.with_columns(limit.cast(pl.Int64).alias("limit")).with_columns(_problem())
    good = rows.filter(pl.col("problem").is_null() & (pl.col("v") != 0))
    return _shares(good, parameters), rows.filter(pl.col("problem").is_not_null()).select(
        *KEY, "problem", _parameter()
    )


def _problem() -> pl.Expr:
    """Name the first thing that the account's share needs and does not have."""
    more, less = pl.col("v") > 0, pl.col("v") < 0
    return (
        pl.when(pl.col("house").is_null())
        .then(pl.lit("no_house_volume"))
        .when(pl.col("lacks").is_not_null())
        .then(pl.lit("house_unknown"))
        .when(more & (pl.col("area").is_null()))
        .then(pl.lit("no_area"))
        .when(more & (pl.col("total").is_null() | (pl.col("total") <= 0)))
        .then(pl.lit("no_house_area"))
        .when(more & pl.col("common").is_null())
        .then(pl.lit("no_house_area"))
        .when(more & pl.col("norm").is_null())
        .then(pl.lit("no_norm"))
        .when(less & (pl.col("people") <= 0))
        .then(pl.lit("no_residents"))
        .alias("problem")
    )


def _parameter() -> pl.Expr:
    problem = pl.col("problem")
    area = pl.when(pl.col("common").is_null()).then(pl.lit("area_common"))
    return (
        pl.when(problem == "house_unknown")
        .then("lacks")
        .when(problem == "no_house_area")
        .then(area.otherwise(pl.lit("area_total")))
        .when(problem == "no_norm")
        .then(pl.lit("common_m2"))
        .otherwise(pl.lit(""))
        .alias("parameter")
    )


def _shares(rows: pl.DataFrame, parameters: "Parameters") -> pl.DataFrame:
    """Return the parts: by area of what was used, by people of what is given back."""
    more = pl.col("v") > 0
    taken = pl.min_horizontal("v", "limit").cast(WIDE) * pl.col("area").cast(WIDE)
    people = pl.col("people_n").fill_null(0).cast(WIDE) * parameters.period.days
    people //= pl.col("people_d").cast(WIDE)
    given = pl.col("v").cast(WIDE) * people
    own = pl.col("own").fill_null(0).cast(WIDE)
    all_people = pl.max_horizontal("people", pl.lit(1)).cast(WIDE)
    beyond = given + own * all_people < 0
    n = pl.when(more).then(taken).when(beyond).then(-1 * own).otherwise(given)
    d = pl.when(more).then(pl.col("total")).when(beyond).then(1).otherwise(all_people)
    # Example 34 has the price of 6.384 kWh: a share has the digits of its unit (RULES 0.3, 2).
    step = pl.when(pl.col("unit") == "gcal").then(1).otherwise(1000).cast(WIDE)
    share = half_up(n.cast(WIDE), d.cast(WIDE) * step) * step
    counted = ("house", "metered", "unmetered", "nonresidential", "production", "v")
    facts = [
        *counted, "limit", "norm", "norm_id", "common", "total", "area", "people", "own",
    ]  # fmt: skip
    text = [pl.format('"{}":{}'.format(name, "{}"), pl.col(name).fill_null(-1)) for name in facts]
    basis = pl.concat_str(
        [
            pl.lit('"common":{'),
            pl.concat_str(
                [
                    *text,
                    pl.format('"mine":{}', people),
                    pl.format('"share":{}', share.cast(pl.Int64)),
                ],
                separator=",",
            ),
            pl.lit("}"),
        ]
    )
    return rows.select(
        *KEY,
        pl.lit("single").alias("zone"),
        pl.lit(parameters.end).alias("day"),
        share.cast(WIDE).alias("n"),
        pl.lit(1).cast(WIDE).alias("d"),
        pl.lit(1, pl.Int64).alias("months"),
        pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
        pl.lit("house").alias("method"),
        pl.lit(RULE).alias("rule"),
        basis.alias("basis"),
    ).filter(pl.col("n") != 0)


def house_sums(
    used: pl.DataFrame, lacking: pl.DataFrame, rooms: pl.DataFrame, houses: pl.DataFrame
) -> pl.DataFrame:
    """Return SHARED of houses from what their rooms used.

    ``used``: account_id, service_id, volume, metered. ``lacking``: account_id, service_id of
    what is not known. ``rooms``: account_id, service_id, house_id, number, premises and
    person_days. ``houses``: HOUSE, total, common, volume, metered_volume,
    nonresidential_volume, production_volume, state. Where the house's own row says what the
    rooms with meters or the non-residential ones used, it stands before their accounts.
    """
    apart = rooms.join(
        houses.select(*HOUSE, pl.col("nonresidential_volume").is_not_null().alias("apart")),
        on=HOUSE,
    )
    counted = apart.filter(~pl.col("apart") | (pl.col("premises") != "nonresidential"))
    volumes = (
        counted.join(used, on=KEY, how="left")
        .with_columns(pl.col("volume").fill_null(0), pl.col("metered").fill_null(value=False))
        .group_by(HOUSE)
        .agg(
            pl.col("volume").filter(pl.col("metered")).sum().alias("by_meter"),
            pl.col("volume").filter(~pl.col("metered")).sum().alias("unmetered"),
            pl.col("person_days").sum().alias("people"),
        )
    )
    lacks = counted.join(lacking, on=KEY, how="semi").group_by(HOUSE).agg(
        pl.col("number").min().alias("lacks")
    )  # fmt: skip
    failed = (pl.col("state") == "failed").fill_null(value=False)
    return (
        houses.join(volumes, on=HOUSE)
        .join(lacks, on=HOUSE, how="left")
        .select(
            *HOUSE,
            pl.when(failed).then(None).otherwise("volume").alias("house"),
            pl.coalesce("metered_volume", "by_meter").alias("metered"),
            "unmetered",
            pl.col("nonresidential_volume").fill_null(0).alias("nonresidential"),
            pl.col("production_volume").fill_null(0).alias("production"),
            "people",
            "total",
            "common",
            "lacks",
        )
        .cast(pl.Schema(SHARED))
    )
