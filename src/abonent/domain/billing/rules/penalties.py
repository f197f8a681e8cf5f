"""Arrears interest (пени): scales, days, exact sums (RULES 3.1, 3.2). Pure, over columns.

The one definition for the run and for the explanation: a *span* is a run of days on which
the base, the share of the rate and the rate stay the same; its sum is an exact fraction,
and a debt month is rounded once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from abonent.domain.tariffs.rules.pricing import WIDE, half_up

HOUSEHOLD, GENERAL, MANAGER, COOPERATIVE = "household", "general", "manager", "cooperative"
# Day of delay from, to (0: on and on), the daily share of the rate: 1/300, 1/170, 1/130.
SCALES: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    HOUSEHOLD: ((31, 90, 300), (91, 0, 130)),
    GENERAL: ((1, 0, 130),),
    MANAGER: ((1, 60, 300), (61, 90, 170), (91, 0, 130)),
    COOPERATIVE: ((31, 90, 300), (91, 0, 130)),
}
# The least common multiple of the shares; rates are hundredths of a percent.
_COMMON = 66_300
WHOLE = _COMMON * 10_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
# ПП 424: no arrears interest of households; a supplier's own suspensions come beside it.
SHIPPED_SUSPENSION = (date(2020, 4, 6), date(2020, 12, 31))
KEY = ["account_id", "service_id", "month"]
SPAN = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "due_on": pl.Date,
    "from_on": pl.Date, "to_on": pl.Date, "base": pl.Int64, "share": pl.Int64,
    "rate": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """Rates and suspensions, by day.

    ``caps``: (first day, last day, hundredths of a percent), disjoint; ``key_rates``: the
    key rate of the days on which debts were paid, null where it is not loaded;
    ``suspended``: account_id → intervals of days without arrears interest, 0 for all.
    """

    caps: tuple[tuple[date, date, int], ...]
    key_rates: Mapping[date, int | None]
    suspended: Mapping[int, tuple[tuple[date, date], ...]] = field(default_factory=dict)


def scale_of(kind: str, organisation_class: str | None, premises: str | None) -> str:
    """Return the scale of an account; an owner of rooms not to live in is a general consumer."""
    if kind == "organisation":
        known = organisation_class in {MANAGER, COOPERATIVE}
        return str(organisation_class) if known else GENERAL
    return GENERAL if premises == "nonresidential" else HOUSEHOLD


def spans(pieces: pl.DataFrame, calendar: Calendar, as_of: date) -> pl.DataFrame:
    """Return the days that are counted, piece by piece (SPAN; the rate may be null).

    ``pieces``: KEY, scale, due_on, counted_to (imported debts: counted elsewhere, inclusive),
    since, settled_on, amount. A piece counts from the day after it fell due to the day it
    was paid, that day included, or to ``as_of``. Its rate is the key rate of that last day,
    not above the cap; of days under a cap that has ended since, the cap of the day.
    """
    first = pl.max_horizontal("due_on", "since", "counted_to").dt.offset_by("1d")
    paid_on = pl.min_horizontal(pl.col("settled_on"), pl.lit(as_of))
    rows = (
        pieces.with_columns(first.alias("lower"), paid_on.alias("paid_on"))
        .filter(pl.col("lower") <= pl.col("paid_on"))
        .join(_steps(), on="scale")
        .with_columns(
            pl.max_horizontal("lower", _day("from_k")).alias("from_on"),
            pl.min_horizontal("paid_on", _day("to_k")).alias("to_on"),
        )
        .filter(pl.col("from_on") <= pl.col("to_on"))
    )
    rated = _rated(_in_force(rows, calendar), calendar)
    return rated.rename({"amount": "base"}).select(list(SPAN)).cast(pl.Schema(SPAN))


def _steps() -> pl.DataFrame:
    """Return the scales as a table."""
    rows = [(name, *step) for name, steps in SCALES.items() for step in steps]
    schema = {"scale": pl.String, "from_k": pl.Int64, "to_k": pl.Int64, "share": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _day(k: str) -> pl.Expr:
    """Return the k-th day of delay; 0 is no end."""
    day = pl.col("due_on") + pl.duration(days=pl.col(k))
    return pl.when(pl.col(k) > 0).then(day).otherwise(pl.lit(LAST_DAY))


def _in_force(rows: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Cut the days by suspensions and by the caps; suspended days fall out."""
    accounts = rows.select("account_id", (pl.col("scale") == HOUSEHOLD).alias("home")).unique()
    special = [one for one in calendar.suspended if one]
    group = pl.when(pl.col("account_id").is_in(special)).then("account_id").otherwise(0)
    marked = rows.with_columns(group.alias("of"), (pl.col("scale") == HOUSEHOLD).alias("home"))
    groups = accounts.select(group.alias("of"), "home").unique()
    pieces = [
        (of, home, *piece)
        for of, home in groups.iter_rows()
        for piece in _pieces(calendar, of, household=home)
    ]
    table = pl.DataFrame(
        pieces,
        schema={"of": pl.Int64, "home": pl.Boolean, "first": pl.Date, "last": pl.Date,
                "cap": pl.Int64},
        orient="row",
    )  # fmt: skip
    return (
        marked.join(table, on=["of", "home"])
        .with_columns(
            pl.max_horizontal("from_on", "first").alias("from_on"),
            pl.min_horizontal("to_on", "last").alias("to_on"),
        )
        .filter(pl.col("from_on") <= pl.col("to_on"))
    )


def _pieces(calendar: Calendar, of: int, *, household: bool) -> list[tuple[date, date, int | None]]:
    """Cut all of time into the days that count, with the cap on them."""
    off = [*calendar.suspended.get(0, ()), *(calendar.suspended.get(of, ()) if of else ())]
    if household:
        off.append(SHIPPED_SUSPENSION)
    edges = {FIRST_DAY}
    for first, last in [*off, *((first, last) for first, last, _ in calendar.caps)]:
        edges |= {first, *([last + timedelta(days=1)] if last < LAST_DAY else [])}
    starts = sorted(edge for edge in edges if edge >= FIRST_DAY)
    ends = [start - timedelta(days=1) for start in starts[1:]] + [LAST_DAY]
    return [
        (start, end, _cap(calendar, start))
        for start, end in zip(starts, ends, strict=True)
        if not any(first <= start <= last for first, last in off)
    ]


def _cap(calendar: Calendar, day: date) -> int | None:
    return next((rate for first, last, rate in calendar.caps if first <= day <= last), None)


def _rated(rows: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Give each run of days its rate: the key rate of the day of payment, under the cap."""
    days = rows["paid_on"].unique().to_list()
    table = pl.DataFrame(
        [(day, calendar.key_rates.get(day), _cap(calendar, day)) for day in days],
        schema={"paid_on": pl.Date, "key_rate": pl.Int64, "paid_cap": pl.Int64},
        orient="row",
    )
    # min_horizontal passes over nulls: no cap, or a key rate that nobody needs.
    cap = pl.coalesce("cap", "paid_cap")
    return rows.join(table, on="paid_on").with_columns(
        pl.when(cap.is_null())
        .then("key_rate")
        .otherwise(pl.min_horizontal(cap, "key_rate"))
        .alias("rate")
    )


def as_one_line(rows: pl.DataFrame) -> pl.DataFrame:
    """Lay the pieces of a debt over each other: on each day one base, as it was owed (SPAN)."""
    same = [*KEY, "due_on", "share", "rate"]
    edges = pl.concat(
        [
            rows.select(*same, pl.col("from_on").alias("edge")),
            rows.select(*same, pl.col("to_on").dt.offset_by("1d").alias("edge")),
        ]
    ).unique()
    cut = (
        edges.sort(*same, "edge")
        .with_columns(pl.col("edge").shift(-1).over(same).dt.offset_by("-1d").alias("until"))
        .filter(pl.col("until").is_not_null())
    )
    laid = (
        cut.join(rows.select(*same, "from_on", "to_on", "base"), on=same, nulls_equal=True)
        .filter((pl.col("from_on") <= pl.col("edge")) & (pl.col("until") <= pl.col("to_on")))
        .group_by(*same, "edge", "until")
        .agg(pl.col("base").sum())
        .sort(*same, "edge")
    )
    new = (
        (pl.col("base") != pl.col("base").shift(1))
        | (pl.col("edge") != pl.col("until").shift(1).dt.offset_by("1d"))
    ).fill_null(value=True)
    return (
        laid.with_columns(new.cum_sum().over(same).alias("run"))
        .group_by(*same, "run")
        .agg(
            pl.col("edge").min().alias("from_on"),
            pl.col("until").max().alias("to_on"),
            pl.col("base").first(),
        )
        .select(list(SPAN))
        .sort(*KEY, "from_on", "due_on", "share", "rate")
    )


def span_sum() -> pl.Expr:
    """Return the exact sum of a span, in kopecks times WHOLE."""
    days = (pl.col("to_on") - pl.col("from_on")).dt.total_days() + 1
    return (
        pl.col("base").cast(WIDE)
        * days.cast(WIDE)
        * pl.col("rate").cast(WIDE)
        * (_COMMON // pl.col("share")).cast(WIDE)
    )


def counted(found: pl.DataFrame) -> pl.DataFrame:
    """Add up the spans of each service and month of debt, rounded once: KEY, counted."""
    return (
        found.group_by(KEY)
        .agg(span_sum().sum().alias("exact"))
        .select(
            *KEY, half_up(pl.col("exact"), pl.lit(WHOLE).cast(WIDE)).cast(pl.Int64).alias("counted")
        )
        .sort(KEY)
    )


def in_parts(pieces: pl.DataFrame, instalments: pl.DataFrame) -> pl.DataFrame:
    """Let debts under an agreement fall due by its parts (рассрочка).

    ``instalments``: KEY, part_due, part_amount. Payments fill the parts in the order of
    their days, after what the agreement does not cover: that keeps its own day.
    """
    agreed = pieces.join(instalments.select(KEY).unique(), on=KEY, how="semi")
    if agreed.is_empty():
        return pieces
    order = pieces.columns
    until = pl.col("amount").cum_sum().over(KEY)
    paid = agreed.sort(*KEY, "settled_on", "since", nulls_last=True).with_columns(
        (until - pl.col("amount")).alias("low"),
        until.alias("high"),
        pl.col("amount").sum().over(KEY).alias("whole"),
    )
    part_until = pl.col("part_amount").cum_sum().over(KEY)
    # What the parts do not cover was owed before them and is paid before them.
    start = (pl.col("whole") - pl.col("part_amount").sum().over(KEY)).clip(0)
    parts = (
        instalments.join(paid.select(*KEY, "whole").unique(), on=KEY)
        .sort(*KEY, "part_due")
        .with_columns(
            (start + part_until - pl.col("part_amount")).alias("part_low"),
            (start + part_until).alias("part_high"),
        )
    )
    before = parts.group_by(KEY).agg(
        pl.lit(None, pl.Date).alias("part_due"),
        pl.lit(0, pl.Int64).alias("part_low"),
        pl.col("part_low").min().alias("part_high"),
    )
    places = pl.concat(
        [frame.select(*KEY, "part_due", "part_low", "part_high") for frame in (before, parts)]
    )
    cut = (
        paid.join(places, on=KEY)
        .with_columns(
            (pl.min_horizontal("high", "part_high") - pl.max_horizontal("low", "part_low")).alias(
                "amount"
            ),
            pl.coalesce("part_due", "due_on").alias("due_on"),
        )
        .filter(pl.col("amount") > 0)
    )
    alone = pieces.join(agreed.select(KEY).unique(), on=KEY, how="anti")
    return pl.concat([alone, cut.select(order)])
