"""Meters of organisations that could not be relied on, and the readings that count anyway."""

from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.organisation_estimates import counted_readings, read_months
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries import silence
from abonent.domain.metering.queries.frames import Published
from abonent.domain.metering.rules.reliance import (
    FAULT,
    event_spans,
    expired_spans,
    merged,
    no_spans,
)

LOOK_BACK = 26  # months, as far as readings of silent meters are looked for


def distrusted(registers: pl.DataFrame, events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the days (``reliance.SPAN``) on which organisations' meters had run out or failed.

    ``registers``: those of the month with account_kind; ``events``: ``facts.events_of``.
    """
    if not (registers["account_kind"] == "organisation").any():
        return no_spans()
    firms = registers.filter(pl.col("account_kind") == "organisation")
    over = firms.filter(pl.col("verified_until") < period.last_day)
    told = events.join(firms, on="account_id", how="semi")
    if over.is_empty() and told.is_empty():
        return no_spans()
    known = metering.verifications_frame(registers=over["register_id"].to_list())
    failed = event_spans(firms, told).filter(pl.col("cause") == FAULT)
    found = merged(pl.concat([expired_spans(over, known), failed]))
    return found.filter(pl.col("from_on") <= period.last_day)


def without_distrusted(
    registers: pl.DataFrame, readings: pl.DataFrame, spans: pl.DataFrame, period: Period
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the registers and the readings that a month of theirs rests on.

    What a meter began with is no base after days on which it was not relied on.
    """
    if spans.is_empty():
        return registers, readings
    ended = spans.filter(pl.col("to_on") < period.last_day).select("register_id").unique()
    marked = registers.join(
        ended.with_columns(pl.lit(value=True).alias("ended")),
        on="register_id", how="left", maintain_order="left",
    )  # fmt: skip
    cleared = marked.with_columns(
        pl.when(pl.col("ended").is_null()).then("initial").alias("initial")
    ).drop("ended")
    return cleared, counted_readings(readings, spans, period)


def last_read(
    accounts: list[int], spans: pl.DataFrame, before: date, published: Published
) -> pl.DataFrame:
    """Return the last month in which distrusted registers were read all the same."""
    if spans.is_empty():
        return pl.DataFrame(schema={"register_id": pl.Int64, "period": pl.Date})
    since = Period.of(before).plus(-LOOK_BACK).first_day
    history = silence.history_frame(
        accounts=accounts, registers=spans["register_id"].unique().to_list(), since=since,
        through=Period.of(before).plus(-1).first_day, published=published,
    )  # fmt: skip
    return read_months(history, spans)
