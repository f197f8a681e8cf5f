"""People who were away: the norm is not charged for their days (PP 354 p. 86–97). Pure."""

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.events import of_points
from abonent.domain.billing.rules.people import people_by_day
from abonent.domain.billing.rules.served import span_served
from abonent.domain.tariffs.rules.pricing import UNIT

KEY = ["account_id", "service_id"]
LONGER_THAN = 5  # full days in a row
CLAIM_WITHIN = "30d"
AT_MOST = "6mo"  # for how long an absence without an end is believed
AWAY = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "away": pl.Int64,  # person-days away
    "there": pl.Int64,  # person-days of all who are registered
}


def away_days(
    events: pl.DataFrame, points: pl.DataFrame, residencies: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return (AWAY) the person-days of absence of each usage point in the month.

    ``points``: those without a meter, with residents and owners. Only where a meter is not
    possible, never for heating. The days of leaving and of coming back are not counted;
    the others are more than five in a row, also across months. A claim comes before or
    within 30 days after the return. ``value``: how many are away, empty: all.
    """
    fit = points.filter(
        (pl.col("service_kind") != "heat") & ~pl.col("meter_possible").fill_null(value=False)
    )
    spans = _spans(of_points(events.filter(pl.col("kind") == "absence"), fit), period)
    if spans.is_empty():
        return pl.DataFrame(schema=AWAY)
    people = fit.join(spans.select("account_id").unique(), on="account_id", how="semi")
    people = people.select("account_id", "residents", "owners").unique("account_id")
    open_days = span_served(fit, period).group_by("account_id").agg(
        pl.col("first").min().alias("opens"), pl.col("last").max().alias("closes")
    )  # fmt: skip
    days = people_by_day(people, residencies, period).join(open_days, on="account_id")
    days = days.filter(pl.col("day").is_between("opens", "closes")).with_columns(
        pl.col("registered").fill_null(0)
    )
    there = days.group_by("account_id").agg(pl.col("people").sum().alias("there"))
    who = pl.min_horizontal(pl.col("who").fill_null(pl.col("registered")), "registered")
    away = (
        spans.join(days, on="account_id")
        .filter(pl.col("day").is_between("first", "last"))
        .with_columns(who.alias("who"))
        .group_by(*KEY, "day")
        .agg(pl.min_horizontal(pl.col("who").sum(), pl.col("registered").first()).alias("away"))
        .group_by(KEY)
        .agg(pl.col("away").sum())
    )
    return (
        away.filter(pl.col("away") > 0)
        .join(there, on="account_id")
        .select(list(AWAY))
        .cast(pl.Schema(AWAY))
        .sort(KEY)
    )


def _spans(events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the full days of each absence that counts in the month: first, last, who."""
    back = pl.col("to_on").fill_null(pl.col("from_on").dt.offset_by(AT_MOST))
    in_time = pl.col("to_on").is_null() | pl.col("claimed_on").is_null()
    in_time |= pl.col("claimed_on") <= pl.col("to_on").dt.offset_by(CLAIM_WITHIN)
    rows = events.filter(in_time).with_columns(
        pl.col("from_on").dt.offset_by("1d").alias("first"),
        back.dt.offset_by("-1d").alias("last"),
        (pl.col("value") * UNIT).cast(pl.Int64).floordiv(UNIT).alias("who"),
    )
    length = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    return rows.filter(
        (length > LONGER_THAN)
        & (pl.col("first") <= period.last_day)
        & (pl.col("last") >= period.first_day)
    ).select(*KEY, "first", "last", "who")
