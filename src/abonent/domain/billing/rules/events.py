"""Events of accounts: which of them concern which lines (EXCHANGE events.csv). Pure."""

from functools import cache
from typing import Any

import polars as pl

from abonent.common.periods import Period

EVENTS: dict[str, Any] = {
    "event_id": pl.Int64,
    "account_id": pl.Int64,
    "service_id": pl.Int64,  # null: every service
    "meter_id": pl.Int64,
    "kind": pl.String,
    "value": pl.Decimal(38, 6),
    "value2": pl.Decimal(38, 6),
    "act_number": pl.String,
    "claimed_on": pl.Date,
    "from_at": pl.Datetime("us"),
    "to_at": pl.Datetime("us"),
    "from_on": pl.Date,
    "to_on": pl.Date,
}


@cache
def no_events() -> pl.DataFrame:
    """Return no EVENTS."""
    return pl.DataFrame(schema=EVENTS)


def of_points(events: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Return the events by account and service: one without a service concerns them all.

    ``named`` says which of them name their service.
    """
    key = ["account_id", "service_id"]
    all_points = points.select(*key, "service_kind")
    named = events.filter(pl.col("service_id").is_not_null()).join(all_points, on=key)
    general = events.filter(pl.col("service_id").is_null()).drop("service_id")
    of_all = general.join(all_points, on="account_id").select(named.columns)
    return pl.concat(
        [
            named.with_columns(pl.lit(value=True).alias("named")),
            of_all.with_columns(pl.lit(value=False).alias("named")),
        ]
    )


def within(events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the events that are on in the month, on a day of it at least."""
    return events.filter(
        (pl.col("from_on") <= period.last_day)
        & (pl.col("to_on").is_null() | (pl.col("to_on") >= period.first_day))
    )


def raised(points: pl.DataFrame, events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Add ``raised``: a meter is technically possible, and it is not the supplier's delay.

    While the supplier owes the meter (``meter_overdue_supplier`` on any day of the month)
    its norm is charged without the multiplier (RULES 2.1).
    """
    possible = pl.col("meter_possible").fill_null(value=False)
    if points.is_empty() or events.is_empty():
        return points.with_columns(possible.alias("raised"))
    delays = within(events.filter(pl.col("kind") == "meter_overdue_supplier"), period)
    if delays.is_empty():
        return points.with_columns(possible.alias("raised"))
    overdue = of_points(delays, points)
    late = overdue.select("account_id", "service_id", pl.lit(value=True).alias("late")).unique()
    return (
        points.join(late, on=["account_id", "service_id"], how="left", maintain_order="left")
        .with_columns((possible & pl.col("late").is_null()).alias("raised"))
        .drop("late")
    )
