"""Days on which a meter cannot be relied on: its readings are kept and not used. Pure.

Causes of RULES 2.1: ``fault`` (А: broken, lost, verification run out, taken away without
another), ``access`` (В: its inspection was refused). A span names its first and last day.
"""

from functools import cache

import polars as pl

FAULT, ACCESS = "fault", "access"
SPAN = {
    "register_id": pl.Int64,
    "cause": pl.String,
    "from_on": pl.Date,
    "to_on": pl.Date,  # null: not over yet
}
FAULTS = ["fault", "lost"]
REFUSALS = 2  # visits without access that make a refusal (p. 60(3))


@cache
def no_spans() -> pl.DataFrame:
    """Return no spans."""
    return pl.DataFrame(schema=SPAN)


def expired_spans(registers: pl.DataFrame, verifications: pl.DataFrame) -> pl.DataFrame:
    """Return the days between the end of one verification and the next one (RULES 4.4).

    ``registers``: register_id, verified_until (of the card). ``verifications``:
    register_id, verified_on, valid_until (null: no end). A meter is back from the day it
    was verified; before the first known verification nothing is said against it.
    """
    card = registers.filter(pl.col("verified_until").is_not_null()).select(
        "register_id",
        pl.lit(None, pl.Date).alias("verified_on"),
        pl.col("verified_until").alias("valid_until"),
    )
    forever = pl.date(9999, 12, 31)
    rows = (
        pl.concat([card, verifications.select(card.columns)])
        .with_columns(pl.col("valid_until").fill_null(forever))
        .sort("register_id", "verified_on", "valid_until", nulls_last=False)
        .with_columns(
            pl.col("valid_until").cum_max().over("register_id").alias("covered"),
            pl.col("verified_on").shift(-1).over("register_id").alias("next_on"),
        )
    )
    return rows.filter(
        (pl.col("covered") < forever)
        & (pl.col("next_on").is_null() | (pl.col("next_on") > pl.col("covered").dt.offset_by("1d")))
    ).select(
        "register_id",
        pl.lit(FAULT).alias("cause"),
        pl.col("covered").dt.offset_by("1d").alias("from_on"),
        pl.col("next_on").dt.offset_by("-1d").alias("to_on"),
    )


def event_spans(registers: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return the days of faults and refused inspections (EXCHANGE events.csv).

    ``registers``: register_id, account_id, service_id, meter_id. ``events``: account_id,
    service_id and meter_id (null: all of them), kind, from_on, to_on. A refusal lasts until
    the meter is inspected; so does the second visit in a row that found no access.
    """
    if events.is_empty():
        return no_spans()
    known = events.filter(pl.col("account_id").is_not_null()).select(
        "account_id",
        pl.col("service_id").alias("of_service"),
        pl.col("meter_id").alias("of_meter"),
        "kind",
        "from_on",
        "to_on",
    )
    mine = registers.select("register_id", "account_id", "service_id", "meter_id").join(
        known, on="account_id"
    )
    mine = mine.filter(
        (pl.col("of_service").is_null() | (pl.col("of_service") == pl.col("service_id")))
        & (pl.col("of_meter").is_null() | (pl.col("of_meter") == pl.col("meter_id")))
    )
    faults = mine.filter(pl.col("kind").is_in(FAULTS)).select(
        "register_id", pl.lit(FAULT).alias("cause"), "from_on", "to_on"
    )
    return pl.concat([faults, _refused(mine)])


def _refused(mine: pl.DataFrame) -> pl.DataFrame:
    visits = mine.filter(pl.col("kind").is_in(["refusal", "no_access", "inspected"])).sort(
        "register_id", "from_on"
    )
    inspected = pl.col("kind") == "inspected"
    visits = visits.with_columns(inspected.cum_sum().over("register_id").alias("since"))
    weight = pl.when(pl.col("kind") == "refusal").then(REFUSALS).otherwise(1)
    counted = visits.filter(~inspected).with_columns(
        weight.cum_sum().over("register_id", "since").alias("refusals")
    )
    began = (
        counted.filter(pl.col("refusals") >= REFUSALS)
        .group_by("register_id", "since", maintain_order=True)
        .first()
    )
    ends = visits.filter(inspected).select(
        "register_id",
        (pl.col("since") - 1).alias("since"),
        pl.col("from_on").dt.offset_by("-1d").alias("ended_on"),
    )
    return began.join(ends, on=["register_id", "since"], how="left").select(
        "register_id",
        pl.lit(ACCESS).alias("cause"),
        "from_on",
        pl.min_horizontal("to_on", "ended_on").alias("to_on"),
    )


def removal_spans(meters: pl.DataFrame) -> pl.DataFrame:
    """Return the days from a meter's removal to the next one's start (RULES 1.7).

    ``meters``: register_id, account_id, service_id, serial, installed_on, removed_on, all
    meters of the accounts. Only where no other meter stood on the day after.
    """
    key = ["account_id", "service_id"]
    if meters["removed_on"].null_count() == meters.height:
        return no_spans()
    gone = meters.filter(pl.col("removed_on").is_not_null())
    others = meters.select(
        *key,
        pl.col("serial").alias("other"),
        pl.col("installed_on").alias("put_on"),
        pl.col("removed_on").alias("taken_on"),
    ).unique()
    pairs = gone.join(others, on=key).filter(pl.col("other") != pl.col("serial"))
    stays = pl.col("taken_on").is_null() | (pl.col("taken_on") > pl.col("removed_on"))
    early = pl.col("put_on").is_null() | (pl.col("put_on") <= pl.col("removed_on"))
    covered = pairs.filter(stays & early).select("register_id").unique()
    following = (
        pairs.filter(pl.col("put_on") > pl.col("removed_on"))
        .group_by("register_id")
        .agg(pl.col("put_on").min())
    )
    return (
        gone.join(covered, on="register_id", how="anti")
        .join(following, on="register_id", how="left")
        .select(
            "register_id",
            pl.lit(FAULT).alias("cause"),
            pl.col("removed_on").dt.offset_by("1d").alias("from_on"),
            pl.col("put_on").alias("to_on"),
        )
    )


def merged(spans: pl.DataFrame) -> pl.DataFrame:
    """Join overlapping spans of a register; the cause that began first names the whole."""
    if spans.is_empty():
        return spans
    forever = pl.date(9999, 12, 31)
    rows = spans.with_columns(pl.col("to_on").fill_null(forever)).sort("register_id", "from_on")
    rows = rows.filter(pl.col("to_on") >= pl.col("from_on")).with_columns(
        pl.col("to_on").cum_max().shift(1).over("register_id").alias("reached")
    )
    apart = (
        pl.col("reached").is_null() | (pl.col("from_on") > pl.col("reached").dt.offset_by("1d"))
    ).cast(pl.Int64)
    return (
        rows.with_columns(apart.cum_sum().over("register_id").alias("group"))
        .group_by("register_id", "group", maintain_order=True)
        .agg(pl.col("cause").first(), pl.col("from_on").first(), pl.col("to_on").max())
        .with_columns(
            pl.when(pl.col("to_on") < forever).then("to_on").otherwise(None).alias("to_on")
        )
        .select(list(SPAN))
    )
