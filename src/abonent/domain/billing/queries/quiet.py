"""Which meters of a range did not speak in their month, and what stands in for them."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.queries.silence import LOOK_BACK, Silence, billed_frame, silence
from abonent.domain.billing.rules.estimates import no_shares
from abonent.domain.billing.rules.late_readings import nothing_anew
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.shapes import stacked
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries import silence as metering_silence
from abonent.domain.metering.rules.reliance import (
    event_spans,
    expired_spans,
    merged,
    no_spans,
    removal_spans,
)

REGISTER = pl.DataFrame(schema={"register_id": pl.Int64})
REMOVED = 36  # months in which a meter's removal still matters


@dataclass(frozen=True)
class Quiet:
    """The month's intervals with estimates among them, and what no rule stands in for."""

    intervals: pl.DataFrame
    missing: pl.DataFrame
    shares: pl.DataFrame
    anew: pl.DataFrame


def quiet_meters(
    *,
    span: dict[str, Any],
    people: pl.DataFrame,
    agreements: pl.DataFrame,
    events: pl.DataFrame,
    registers: pl.DataFrame,
    fast: tuple[pl.DataFrame, pl.DataFrame],
    published: metering.Published,
    parameters: Parameters,
    horizon: Period,
    extra: pl.DataFrame | None,
    unbilled: pl.DataFrame,
) -> Quiet:
    """Replace what the plain differences say of the meters that need a longer look.

    ``fast``: intervals and missing of the month. Such meters are those of households
    without a reading, those that could not be relied on, those whose difference covers
    months that have been billed already, and those with readings of such months that have
    come since. A month calculated again (``horizon`` is later) looks longer at all of them.
    """
    intervals, missing = fast
    period = parameters.period
    gone = _gone(span, people, agreements, registers, period)
    everyone = registers if gone.is_empty() else pl.concat([registers, gone], how="diagonal")
    spans = _spans(everyone, people, agreements, events, period)
    # A month calculated again looks longer at everyone.
    longest = everyone if horizon > period else _late(span, everyone, published, period, unbilled)
    normed = registers.clear()
    if registers["normed_month"].null_count() < registers.height:
        normed = registers.filter(pl.col("normed_month").is_not_null())
    wanted = stacked(
        REGISTER,
        (
            # A firm's later reading may have counted a month that is calculated again.
            missing if horizon > period else _households(missing, people),
            spans,
            # The days under the norm are no days of the meter that came after it.
            normed,
            _spanning(intervals, horizon),
            longest,
        ),
    )
    if wanted.is_empty():
        return Quiet(intervals, missing, no_shares(), nothing_anew())
    longer = _described(
        everyone.join(wanted, on="register_id", how="semi"), registers, _excused(events, period)
    )
    found = silence(
        registers=longer,
        spans=spans,
        extra=extra,
        published=published,
        parameters=parameters,
        horizon=horizon,
    )
    return _replaced(intervals, missing, longer, found)


def _replaced(
    intervals: pl.DataFrame, missing: pl.DataFrame, longer: pl.DataFrame, found: Silence
) -> Quiet:
    """Put what the longer look found in the place of the plain differences."""
    homes = longer.filter(pl.col("account_kind") == "household").select("register_id")
    plain = intervals.join(longer, on="register_id", how="anti", maintain_order="left")
    return Quiet(
        intervals=pl.concat([plain, found.intervals], how="diagonal_relaxed"),
        missing=missing.join(
            pl.concat([homes, found.intervals.select("register_id")]),
            on="register_id",
            how="anti",
        ),
        shares=found.shares,
        anew=found.anew,
    )


def _late(
    span: dict[str, Any],
    registers: pl.DataFrame,
    published: metering.Published,
    period: Period,
    unbilled: pl.DataFrame,
) -> pl.DataFrame:
    """Return the registers with readings of billed months that came after the last bills."""
    earlier = {month: at for month, at in published.months.items() if month < period.first_day}
    if not earlier:
        return registers.clear()
    fresh = metering_silence.fresh_late_registers(
        first_id=span["first_id"], last_id=span["last_id"],
        since=max(min(earlier), period.plus(-LOOK_BACK).first_day),
        before=period.first_day, received_after=max(earlier.values()),
        unbilled=unbilled["account_id"].to_list(),
    )  # fmt: skip
    return fresh if fresh.is_empty() else registers.join(fresh, on="register_id", how="semi")


def _households(frame: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty() or (people["kind"] == "household").all():
        return frame
    homes = people.filter(pl.col("kind") == "household").select("account_id")
    return frame.join(homes, on="account_id", how="semi")


def _spanning(intervals: pl.DataFrame, horizon: Period) -> pl.DataFrame:
    """Return the registers whose difference covers months that have a bill already."""
    if not (intervals["months"] > 1).any():
        return REGISTER
    long = intervals.filter((pl.col("months") > 1) & pl.col("from_month").is_not_null())
    billed = billed_frame(accounts=long["account_id"].unique().to_list(), before=horizon.first_day)
    between = (pl.col("period") > pl.col("from_month")) & (pl.col("period") < pl.col("month"))
    return (
        long.select("account_id", "register_id", "from_month", "month")
        .join(billed, on="account_id")
        .filter(between)
        .select("register_id")
        .unique()
    )


def _gone(
    span: dict[str, Any],
    people: pl.DataFrame,
    agreements: pl.DataFrame,
    registers: pl.DataFrame,
    period: Period,
) -> pl.DataFrame:
    """Return the meters of households removed before the month, nothing in their place."""
    found = metering_silence.removed_frame(
        supplier_id=span["supplier_id"],
        first_id=span["first_id"],
        last_id=span["last_id"],
        month=period.first_day,
        since=period.plus(-REMOVED).first_day,
        only=span["only"],
    )
    if found.is_empty():
        return registers.clear()
    policies = registers.select(
        "service_id", "service_kind", "fraction_policy", "window_to_day", "unit", "recalc", "window"
    ).unique("service_id")
    alive = agreements.filter(pl.col("valid_to").is_null()).select("account_id", "service_id")
    return (
        _households(found, people)
        .join(alive, on=["account_id", "service_id"], how="semi")
        .join(
            people.select(
                "account_id", pl.col("kind").alias("account_kind"), "premises", "closed_on"
            ),
            on="account_id",
        )
        .filter(pl.col("closed_on").is_null())
        .join(policies, on="service_id")
        .with_columns(
            pl.lit(None, pl.Int64).alias("usual"), pl.lit(None, pl.Date).alias("normed_month")
        )
        .select(registers.columns)
    )


def _spans(
    registers: pl.DataFrame,
    people: pl.DataFrame,
    agreements: pl.DataFrame,
    events: pl.DataFrame,
    period: Period,
) -> pl.DataFrame:
    """Return the days of the month and the one before on which meters were not relied on."""
    mine = _households(registers, people)
    last = period.last_day
    expired = no_spans()
    if (mine["verified_until"] < last).any():
        over = mine.filter(pl.col("verified_until") < last)
        known = metering.verifications_frame(registers=over["register_id"].to_list())
        expired = expired_spans(over, known)
    removed = removal_spans(mine)
    if not removed.is_empty():
        ending = pl.concat(
            [
                people.filter(pl.col("closed_on") <= last).select("account_id"),
                agreements.filter(pl.col("valid_to") <= last).select("account_id"),
            ]
        )
        ends = mine.join(ending, on="account_id", how="semi")
        removed = removed.join(ends, on="register_id", how="anti")
    found = merged(stacked(no_spans(), (expired, event_spans(mine, events), removed)))
    if found.is_empty():
        return found
    near = pl.col("to_on").is_null() | (pl.col("to_on") >= period.plus(-1).first_day)
    return found.filter((pl.col("from_on") <= last) & near)


def _excused(events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the accounts whose meter the supplier itself is late to put on (electricity)."""
    lasts = pl.col("to_on").is_null() | (pl.col("to_on") >= period.last_day)
    return events.filter(
        (pl.col("kind") == "meter_overdue_supplier") & pl.col("account_id").is_not_null() & lasts
    ).select("account_id", pl.lit(value=True).alias("late_supplier"))


def _described(
    longer: pl.DataFrame, registers: pl.DataFrame, excused: pl.DataFrame
) -> pl.DataFrame:
    """Add what the rules of estimates ask of a register."""
    meters = (
        registers.filter((pl.col("zone") != "reactive") & pl.col("removed_on").is_null())
        .group_by("account_id", "service_id")
        .agg(pl.col("serial").n_unique().cast(pl.Int64).alias("meters"))
    )
    first = pl.int_range(pl.len()).over("account_id", "service_id", "serial") == 0
    known = longer.join(excused.unique(), on="account_id", how="left", maintain_order="left")
    return known.join(
        meters, on=["account_id", "service_id"], how="left", maintain_order="left"
    ).with_columns(
        pl.max_horizontal(pl.col("meters").fill_null(1), pl.lit(1)).alias("meters"),
        (pl.col("premises") == "nonresidential").fill_null(value=False).alias("nonresidential"),
        first.alias("zone_first"),
        (
            pl.col("late_supplier").fill_null(value=False)
            & (pl.col("service_kind") == "electricity")
        ).alias("excused"),
    )
