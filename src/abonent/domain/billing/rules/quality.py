"""Breaks and low quality of a service (PP 354 p. 98–113, App. 1; RULES 2.7). Pure.

What a month's fee is reduced by is a share of it; minutes are exact, also across midnight,
the night's border and the borders of months.
"""

from datetime import datetime, time, timedelta

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.events import of_points, within
from abonent.domain.tariffs.rules.pricing import UNIT

KEY = ["account_id", "service_id"]
HOUR = 60
NIGHT = 5 * HOUR  # the night lasts from midnight to five
PER_HOUR = 10_000 * HOUR  # a share of 1/10000 for an hour, in minutes
BREAK_PER_HOUR = 15
# Steps of a deviation: their size in degrees, what each takes off in 1/10000 for an hour.
HEAT_STEP, HEAT_PER_HOUR = 1, 15
WATER_STEP, WATER_PER_HOUR = 3, 10
PRESSURE_PER_HOUR = 10
HEAT_DEGREES, HEAT_DEGREES_COLD = 18, 20
HEAT_NIGHT, HEAT_ABOVE = 3, 4
WATER_LOW, WATER_HIGH, WATER_COLD = 60, 75, 40
WATER_DAY, WATER_AT_NIGHT = 3, 5
# Allowed hours of breaks: in all and at once; None: no limit in all.
LIMITS = {"cold_water": (8, 4), "hot_water": (8, 4), "heat": (24, 16)}
DEAD_END = (24, 24)
SOURCES_ONE, SOURCES_TWO = 24, 2
# Limits of pressure in MPa and of voltage in V (230 V and a tenth), in millionths.
BOUNDS = {
    "cold_water": (30_000, 600_000),
    "hot_water": (30_000, 450_000),
    "electricity": (207_000_000, 253_000_000),
}
TEMPERATURE_OF = ("heat", "hot_water")
SHARE = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "rule": pl.String,
    "p": pl.Int64,  # the part of the fee in 1/PER_HOUR
    "whole": pl.Int64,  # minutes that are not paid at all
    "cold": pl.Int64,  # minutes that are paid at the price of cold water
    "parts": pl.String,  # JSON rows of what was counted, for the explanation
}


def month_span(period: Period) -> tuple[datetime, datetime]:
    """Return the first moment of a month and the first one after it, local time."""
    start = datetime.combine(period.first_day, time.min)
    return start, datetime.combine(period.last_day, time.min) + timedelta(days=1)


def break_shares(
    events: pl.DataFrame, points: pl.DataFrame, period: Period
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (SHARE of breaks, keys without a known limit): 0.15 % an hour beyond the limits.

    ``points``: the usage points without a meter with dead_end, power_sources of their
    houses. A break of several rows that touch is one; what of it lies in another month
    has used up its hours at once there.
    """
    start, end = month_span(period)
    rows = of_points(events.filter(pl.col("kind") == "quality_break"), points)
    rows = rows.filter(pl.col("service_kind").is_in([*LIMITS, "electricity"]))
    rows = rows.join(points.select(*KEY, "dead_end", "power_sources"), on=KEY)
    whole = _stretches(rows.with_columns(pl.col("to_at").fill_null(end)))
    whole = whole.filter((pl.col("from_at") < end) & (pl.col("to_at") > start))
    whole = whole.with_columns(_at_once().alias("once"), _in_all().alias("total"))
    unknown = whole.filter(pl.col("once").is_null()).select(KEY).unique()
    limited = whole.filter(pl.col("once").is_not_null())
    until = pl.col("from_at") + pl.duration(minutes=pl.col("once"))
    counted = (
        limited.with_columns(
            _minutes(pl.col("from_at"), pl.col("to_at"), start, end).alias("lost"),
            _minutes(pl.col("from_at"), pl.min_horizontal("to_at", until), start, end).alias(
                "spared"
            ),
        )
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("lost", "spared").sum(), pl.col("total").first())
        .with_columns(pl.min_horizontal("spared", "total").alias("spared"))
        .with_columns((pl.col("lost") - pl.col("spared")).alias("over"))
        .filter(pl.col("over") > 0)
    )
    part = pl.format('["break",{},{},{}]', "lost", "spared", "over")
    return counted.select(
        *KEY,
        pl.lit("break").alias("rule"),
        (pl.col("over") * BREAK_PER_HOUR).alias("p"),
        pl.lit(0, pl.Int64).alias("whole"),
        pl.lit(0, pl.Int64).alias("cold"),
        part.alias("parts"),
    ).cast(pl.Schema(SHARE)), unknown


def _minutes(first: pl.Expr, last: pl.Expr, start: datetime, end: datetime) -> pl.Expr:
    """Return how many minutes from ``first`` to ``last`` lie in the month."""
    inside = pl.min_horizontal(last, pl.lit(end)) - pl.max_horizontal(first, pl.lit(start))
    return inside.dt.total_minutes().clip(lower_bound=0)


def _stretches(rows: pl.DataFrame) -> pl.DataFrame:
    """Join rows that touch or overlap into one break; the coldest of its rooms counts."""
    ordered = rows.sort(*KEY, "from_at", "to_at")
    reached = pl.col("to_at").cum_max().over(KEY).shift(1).over(KEY)
    apart = (pl.col("from_at") > reached).fill_null(value=True)
    return (
        ordered.with_columns(apart.cum_sum().over(KEY).alias("stretch"))
        .group_by(*KEY, "stretch", maintain_order=True)
        .agg(
            pl.col("from_at").min(),
            pl.col("to_at").max(),
            pl.col("value").min(),
            pl.col("service_kind", "dead_end", "power_sources").first(),
        )
    )


def _at_once() -> pl.Expr:
    """Return how many minutes a break may last; null where the house does not say."""
    degrees = pl.col("value")
    heating = (
        pl.when(degrees.is_null() | (degrees >= 12))  # noqa: PLR2004 (degrees of App. 1)
        .then(16)
        .when(degrees >= 10)  # noqa: PLR2004  (degrees of App. 1)
        .then(8)
        .when(degrees >= 8)  # noqa: PLR2004  (degrees of App. 1)
        .then(4)
        .otherwise(0)
    )
    kind = pl.col("service_kind")
    electric = (
        pl.when(pl.col("power_sources") > 1)
        .then(SOURCES_TWO)
        .when(pl.col("power_sources") == 1)
        .then(SOURCES_ONE)
    )
    dead_end = (kind == "hot_water") & pl.col("dead_end").fill_null(value=False)
    hours = (
        pl.when(kind == "heat")
        .then(heating)
        .when(kind == "electricity")
        .then(electric)
        .when(dead_end)
        .then(DEAD_END[1])
        .otherwise(LIMITS["cold_water"][1])
    )
    return hours.cast(pl.Int64) * HOUR


def _in_all() -> pl.Expr:
    """Return how many minutes all breaks of a month may last together."""
    kind = pl.col("service_kind")
    dead_end = (kind == "hot_water") & pl.col("dead_end").fill_null(value=False)
    hours = (
        pl.when(kind == "heat")
        .then(LIMITS["heat"][0])
        .when(kind == "electricity")
        .then(31 * 24)
        .when(dead_end)
        .then(DEAD_END[0])
        .otherwise(LIMITS["cold_water"][0])
    )
    return hours.cast(pl.Int64) * HOUR


def quality_shares(events: pl.DataFrame, points: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return SHARE of the hours with a wrong temperature, pressure or voltage.

    ``points``: usage points with cold_region of their houses. Where rows overlap, the
    larger deviation counts. ``value``: measured °C, MPa or V; ``value2``: the °C that must
    be in the room (a corner room), or the pressure that must be.
    """
    kinds = pl.col("kind").is_in(["quality_temperature", "quality_pressure"])
    rows = of_points(events.filter(kinds), points)
    rows = rows.filter(pl.col("named") & known_quality())
    rows = rows.join(points.select(*KEY, "cold_region"), on=KEY)
    start, end = month_span(period)
    rows = rows.with_columns(
        pl.max_horizontal("from_at", pl.lit(start)).alias("from_at"),
        pl.min_horizontal(pl.col("to_at").fill_null(end), pl.lit(end)).alias("to_at"),
    ).filter(pl.col("from_at") < pl.col("to_at"))
    pieces = _pieces(rows)
    day = pieces.with_columns(pl.lit(value=False).alias("night"))
    night = pieces.with_columns(pl.lit(value=True).alias("night"))
    judged = pl.concat([day, night]).with_columns(_length().alias("minutes"))
    judged = _judged(judged.filter(pl.col("minutes") > 0))
    worst = (
        judged.sort(*KEY, "at", "night", "whole", "cold", "rate", "event_id")
        .group_by(*KEY, "kind", "at", "night", maintain_order=True)
        .last()
        .filter((pl.col("rate") > 0) | pl.col("whole") | pl.col("cold"))
    )
    return _summed(worst)


def known_quality() -> pl.Expr:
    """Return whether Appendix 1 says what such an event takes off the fee of a service."""
    kind = pl.col("service_kind")
    warm = (pl.col("kind") == "quality_temperature") & kind.is_in(TEMPERATURE_OF)
    pressed = (pl.col("kind") == "quality_pressure") & kind.is_in(list(BOUNDS))
    return (warm & pl.col("value").is_not_null()) | pressed


def unknown_events(events: pl.DataFrame, points: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the usage points with events of the month that no rule here reckons with.

    A temperature or a pressure without a service says too little: of which of them?
    """
    quality = within(events, period).filter(pl.col("kind").str.starts_with("quality_"))
    broken = pl.col("kind") == "quality_break"
    found = of_points(quality, points)
    limited = pl.col("service_kind").is_in([*LIMITS, "electricity"])
    named = found.filter(
        pl.col("named") & ~pl.when(broken).then(limited).otherwise(known_quality())
    )
    vague = found.filter(
        ~pl.col("named") & ~broken & pl.col("service_kind").is_in([*BOUNDS, "heat"])
    )
    return pl.concat([named, vague]).select(KEY).unique()


def _pieces(rows: pl.DataFrame) -> pl.DataFrame:
    """Cut the rows of a service at each other's borders, so that no minute counts twice."""
    key = [*KEY, "kind"]
    borders = pl.concat(
        [rows.select(*key, pl.col(name).alias("at")) for name in ("from_at", "to_at")]
    )
    cuts = borders.unique().sort(*key, "at")
    cuts = cuts.with_columns(pl.col("at").shift(-1).over(key).alias("till")).drop_nulls("till")
    return rows.join(cuts, on=key).filter(
        (pl.col("from_at") <= pl.col("at")) & (pl.col("till") <= pl.col("to_at"))
    )


def _night_minutes(moment: pl.Expr) -> pl.Expr:
    """Return the minutes of night before a moment since the epoch."""
    minute = moment.dt.hour().cast(pl.Int64) * HOUR + moment.dt.minute().cast(pl.Int64)
    days = moment.dt.date().cast(pl.Int64)
    return days * NIGHT + pl.min_horizontal(minute, pl.lit(NIGHT))


def _length() -> pl.Expr:
    """Return the minutes of a piece that are night, or that are day."""
    at_night = _night_minutes(pl.col("till")) - _night_minutes(pl.col("at"))
    all_minutes = (pl.col("till") - pl.col("at")).dt.total_minutes()
    return pl.when("night").then(at_night).otherwise(all_minutes - at_night)


def _judged(pieces: pl.DataFrame) -> pl.DataFrame:
    """Add ``rate`` (1/10000 an hour), ``steps`` and whether the minutes are free or cold.

    ``whole``: not paid at all; ``cold``: paid at the price of cold water.
    """
    measured = (pl.col("value") * UNIT).cast(pl.Int64)
    given = (pl.col("value2") * UNIT).cast(pl.Int64)
    rows = pieces.with_columns(measured.alias("is"), given.alias("must"))
    kind, warm = pl.col("service_kind"), pl.col("kind") == "quality_temperature"
    at_tap = warm & (kind == "hot_water")
    cold = at_tap & (pl.col("is") < WATER_COLD * UNIT)
    steps = (
        pl.when(warm & (kind == "heat"))
        .then(_degrees_in_room() // (HEAT_STEP * UNIT))
        .when(at_tap)
        .then(_degrees_at_tap() // (WATER_STEP * UNIT))
        .otherwise(_out_of_bounds().cast(pl.Int64))
    )
    per_step = (
        pl.when(warm & (kind == "heat"))
        .then(HEAT_PER_HOUR)
        .when(at_tap)
        .then(WATER_PER_HOUR)
        .otherwise(PRESSURE_PER_HOUR)
    )
    whole = ~warm & _far_off()
    rows = rows.with_columns(
        cold.fill_null(value=False).alias("cold"), whole.fill_null(value=False).alias("whole")
    )
    counted = ~pl.col("cold") & ~pl.col("whole")
    return rows.with_columns(
        pl.when(counted).then(steps).otherwise(0).cast(pl.Int64).alias("steps"),
        per_step.cast(pl.Int64).alias("per_step"),
    ).with_columns((pl.col("steps") * pl.col("per_step")).alias("rate"))


def _degrees_in_room() -> pl.Expr:
    """Return how far a room is beyond what is allowed: 3 °C less at night, 4 °C above."""
    usual = pl.when(pl.col("cold_region")).then(HEAT_DEGREES_COLD).otherwise(HEAT_DEGREES) * UNIT
    must = pl.coalesce("must", usual)
    less = pl.when("night").then(HEAT_NIGHT * UNIT).otherwise(0)
    return pl.max_horizontal(
        must - less - pl.col("is"), pl.col("is") - must - HEAT_ABOVE * UNIT, pl.lit(0)
    )


def _degrees_at_tap() -> pl.Expr:
    """Return how far hot water is beyond 60–75 °C and the deviation allowed at that time."""
    slack = pl.when("night").then(WATER_AT_NIGHT * UNIT).otherwise(WATER_DAY * UNIT)
    low, high = WATER_LOW * UNIT - slack, WATER_HIGH * UNIT + slack
    return pl.max_horizontal(low - pl.col("is"), pl.col("is") - high, pl.lit(0))


def _bounds() -> tuple[pl.Expr, pl.Expr]:
    low, high = (
        pl.coalesce(
            "must",
            pl.col("service_kind").replace_strict(
                {kind: pair[place] for kind, pair in BOUNDS.items()},
                default=None,
                return_dtype=pl.Int64,
            ),
        )
        for place in (0, 1)
    )
    return low, high


def _out_of_bounds() -> pl.Expr:
    """Return whether a pressure or voltage is wrong; a row without a number says that it is."""
    low, high = _bounds()
    return pl.col("is").is_null() | (pl.col("is") < low) | (pl.col("is") > high)


def _far_off() -> pl.Expr:
    """Return whether a pressure is more than a quarter off: such hours are not paid."""
    low, high = _bounds()
    far = (pl.col("is") * 4 < low * 3) | (pl.col("is") * 4 > high * 5)
    return far & (pl.col("service_kind") != "electricity")


def _summed(worst: pl.DataFrame) -> pl.DataFrame:
    """Sum the pieces of a service; equal deviations are one row of the explanation."""
    like = [*KEY, "kind", "value", "night", "steps", "per_step", "cold", "whole"]
    rows = worst.group_by(like, maintain_order=True).agg(pl.col("minutes").sum())
    word = (
        pl.when("cold")
        .then(pl.lit("cold"))
        .when("whole")
        .then(pl.lit("whole"))
        .otherwise(pl.col("kind").str.strip_prefix("quality_"))
    )
    part = pl.format(
        '["{}",{},{},{},"{}",{}]',
        word,
        "minutes",
        "steps",
        "per_step",
        pl.col("value").cast(pl.String).fill_null(""),
        pl.col("night").cast(pl.Int8),
    )
    taken = pl.col("minutes") * pl.col("steps") * pl.col("per_step")
    return (
        rows.with_columns(part.alias("part"), taken.alias("taken"))
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.lit("quality").alias("rule"),
            pl.col("taken").sum().alias("p"),
            pl.when("whole").then("minutes").otherwise(0).sum().alias("whole"),
            pl.when("cold").then("minutes").otherwise(0).sum().alias("cold"),
            pl.col("part").str.join(",").alias("parts"),
        )
        .cast(pl.Schema(SHARE))
    )
