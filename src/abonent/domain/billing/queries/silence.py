"""Gather what is known of meters that did not speak in their month, and let the rules count."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.billing.rules.averages import averages
from abonent.domain.billing.rules.estimates import (
    SHARES,
    average_rows,
    norm_shares,
    regimes,
    silent,
)
from abonent.domain.billing.rules.late_readings import base_month, kept, placed, settled
from abonent.domain.billing.rules.lines import SPLIT_DIGITS
from abonent.domain.billing.rules.months import between
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.timeline import pieces, points, timeline, usable
from abonent.domain.billing.rules.usage import split_days
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries import silence as metering_silence

LOOK_BACK = 26  # months: two years of history, and the month before


@dataclass(frozen=True)
class Silence:
    """What stands in for the readings that did not come in a month.

    intervals: in the columns of ``differences`` with estimate and note. shares: services
    charged by a share of the norm (SHARES). anew: months that a later reading has counted
    anew (ANEW), with what ``account_id`` and service they concern.
    """

    intervals: pl.DataFrame
    shares: pl.DataFrame
    anew: pl.DataFrame


def silence(
    *,
    registers: pl.DataFrame,
    spans: pl.DataFrame,
    extra: pl.DataFrame | None,
    published: metering.Published,
    parameters: Parameters,
    horizon: Period,
) -> Silence:
    """Return the volumes of meters whose month has no reading of its own.

    ``registers``: those meters, with the policies of their services (account_id, kind,
    premises, meters, recalc, window). ``spans``: ``metering.rules.reliance``. Readings
    known by ``horizon`` count; ``extra`` are readings that are not stored.
    """
    month, end = parameters.period.first_day, parameters.period.last_day
    readings = _history(registers, extra, published, parameters.period, horizon)
    billed = billed_frame(
        accounts=registers["account_id"].unique().to_list(),
        before=horizon.first_day,
    )
    readings = placed(usable(readings, spans), billed, horizon.first_day)
    marks = points(
        registers,
        readings,
        split_days(
            parameters.rates, parameters.period.plus(-LOOK_BACK).first_day, horizon.last_day
        ),
    )
    rows = timeline(marks, registers, month).with_columns(
        pl.col("unit").replace_strict(SPLIT_DIGITS).alias("digits")
    )
    quiet = silent(registers, marks, spans, month, end)
    past = _past(registers, month)
    rows = _with_averages(rows, past, registers)
    charged = charged_frame(accounts=billed["account_id"].unique().to_list())
    left = settled(rows, charged.filter(pl.col("period") < horizon.first_day))
    start, until = parameters.start, horizon.first_day
    cut = pieces(left, spans, billed, start, until)
    parts = kept(cut, charged.filter("norm"), start, until)
    mine = parts.filter(pl.col("part_of") == month)
    quiet = quiet.filter(
        pl.col("last_on").is_not_null()
        | ~pl.col("register_id").is_in(mine["register_id"].unique().to_list())
    ).filter((pl.col("account_kind") == "household") & (pl.col("zone") != "reactive"))
    estimated = regimes(_event_averages(quiet, rows, past, month))
    wrong = rows.filter(pl.col("problem").is_not_null() & (pl.col("month") == month))
    return Silence(
        intervals=pl.concat(
            [_metered(mine), average_rows(estimated, end), _wrong(wrong)], how="diagonal"
        ),
        shares=norm_shares(estimated, end).select(list(SHARES)).cast(pl.Schema(SHARES)),
        anew=parts.filter("anew")
        .select("account_id", "service_id", pl.col("part_of").alias("month"))
        .unique(maintain_order=True),
    )


def _history(
    registers: pl.DataFrame,
    extra: pl.DataFrame | None,
    published: metering.Published,
    period: Period,
    horizon: Period,
) -> pl.DataFrame:
    found = metering_silence.history_frame(
        accounts=registers["account_id"].unique().to_list(),
        registers=registers["register_id"].to_list(),
        since=period.plus(-LOOK_BACK).first_day,
        through=horizon.first_day,
        published=published,
    )
    if extra is None:
        return found
    own = registers.select("register_id", "account_id")
    more = extra.with_columns(pl.lit(value=False).alias("late")).join(own, on="register_id")
    return pl.concat([found, more.select(found.columns).cast(found.schema)])


def billed_frame(*, accounts: list[int], before: date) -> pl.DataFrame:
    """Return the months before a day that accounts have a published bill of."""
    return read_frame(
        """SELECT b.account_id, b.period FROM billing_bill b
             JOIN billing_billingrun r ON r.id = b.run_id AND r.state = 'published'
            WHERE b.account_id = ANY(%(ids)s) AND b.period < %(before)s""",
        {"account_id": pl.Int64, "period": pl.Date},
        {"ids": accounts, "before": before},
    )


def charged_frame(*, accounts: list[int]) -> pl.DataFrame:
    """Return the volumes that bills charged for months, by zone, with the corrections since.

    Water without its heat. ``norm``: the month was charged by the norm.
    """
    return read_frame(
        """SELECT c.account_id, c.service_id,
                  coalesce(to_date(left(c.corrects, 7), 'YYYY-MM'), c.period) AS month, c.zone,
                  sum(c.volume)::bigint, bool_or(c.method = 'norm')
             FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            WHERE c.account_id = ANY(%(ids)s) AND c.component <> 'heat'
              AND c.rule IN ('meter', 'average', 'norm', 'contract_price', 'correction')
            GROUP BY 1, 2, 3, 4""",
        {
            "account_id": pl.Int64,
            "service_id": pl.Int64,
            "period": pl.Date,
            "zone": pl.String,
            "volume": pl.Int64,
            "norm": pl.Boolean,
        },
        {"ids": accounts},
    )


def _past(registers: pl.DataFrame, month: date) -> pl.DataFrame:
    """Return the volumes before billing began, for the scales of single meters."""
    alone = registers.filter(pl.col("meters") == 1)
    rows = metering_silence.past_volumes_frame(
        accounts=alone["account_id"].unique().to_list(), before=month
    )
    key = ["account_id", "service_id", "zone"]
    return rows.join(alone.select("register_id", *key), on=key).select(
        "register_id", "period", "volume"
    )


def _with_averages(rows: pl.DataFrame, past: pl.DataFrame, registers: pl.DataFrame) -> pl.DataFrame:
    """Add to intervals over months that may have been estimated the average before them."""
    before = base_month().dt.offset_by("1mo").alias("before")
    policies = registers.select("register_id", "window", pl.col("recalc").alias("policy"))
    rows = rows.with_columns(before).join(
        policies.select("register_id", "policy"), on="register_id", how="left"
    )
    wanted = (
        rows.filter((between(pl.col("month"), base_month()) > 1) | pl.col("late"))
        .select("register_id", "before", "digits")
        .unique()
        .join(policies.select("register_id", "window"), on="register_id")
    )
    known = averages(rows, past, wanted).select(
        "register_id", "before", pl.col("months").alias("months_known"), "average"
    )
    return rows.join(known, on=["register_id", "before"], how="left", maintain_order="left")


def _event_averages(
    quiet: pl.DataFrame, rows: pl.DataFrame, past: pl.DataFrame, month: date
) -> pl.DataFrame:
    """Add to silent registers the average before their month."""
    quiet = quiet.with_columns(
        pl.lit(month).alias("before"), pl.col("unit").replace_strict(SPLIT_DIGITS).alias("digits")
    )
    wanted = quiet.select("register_id", "before", "window", "digits")
    known = averages(rows, past, wanted).select("register_id", "total", "months", "average")
    return quiet.join(known, on="register_id", how="left", maintain_order="left")


def _metered(mine: pl.DataFrame) -> pl.DataFrame:
    """Return the pieces of a month in the columns of ``differences``."""
    shared = (pl.col("days") != pl.col("all_days")).fill_null(value=False)
    note = (
        pl.when(shared)
        .then(pl.format(',"sd":{},"sw":{}', "days", "all_days"))
        .when(pl.col("estimated_before") != 0)
        .then(pl.format(',"eb":{}', "estimated_before"))
    )
    # What an inspection found is of its own month, at one price (p. 61).
    kind = pl.when("settled").then(pl.lit("settled")).otherwise("kind").alias("kind")
    return mine.with_columns(kind).select(
        *_PLAIN,
        pl.col("part_from").alias("from_on"),
        pl.col("part_to").alias("to_on"),
        pl.col("part").alias("volume"),
        pl.max_horizontal(pl.col("covers").cast(pl.Int64), pl.lit(1)).alias("months"),
        note.fill_null("").alias("note"),
    )


def _wrong(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the intervals that cannot be counted, with their problems."""
    return rows.select(*_PLAIN, "from_on", "to_on", "volume", pl.lit(1, pl.Int64).alias("months"))


_PLAIN: list[Any] = [
    "account_id",
    "service_id",
    "register_id",
    "serial",
    "zone",
    "kind",
    "from_value",
    "to_value",
    "ratio",
    "rolled",
    "problem",
    "contract",
]
