"""What meters counted in a month: readings found, chained, and estimated where none came."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.commissioning import billed_by_meter, with_commissioning
from abonent.domain.billing.queries.distrust import distrusted, without_distrusted
from abonent.domain.billing.queries.quiet import Quiet, quiet_meters
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.rules.carrying import carried
from abonent.domain.metering.rules.consumption import chain, differences

MISSING = ["account_id", "service_id", "serial", "register_id"]


@dataclass(frozen=True)
class Scene:
    """Whose month is calculated, with what is known of them and by when.

    ``span``: supplier_id, first_id, last_id, month, month_end, only. ``behind``: months
    that left accounts out. ``extra``: readings that are not stored.
    """

    span: dict[str, Any]
    people: pl.DataFrame
    agreements: pl.DataFrame
    events: pl.DataFrame
    behind: pl.DataFrame
    parameters: Parameters
    horizon: Period
    extra: pl.DataFrame | None

    @cached_property
    def unbilled(self) -> pl.DataFrame:
        """Return the accounts that no bill has covered since a month."""
        month = self.parameters.period.first_day
        if self.behind.is_empty():
            return pl.DataFrame(schema={"account_id": pl.Int64, "since": pl.Date})
        return (
            self.behind.filter(~pl.col("covered"))
            .group_by("account_id")
            .agg(pl.col("period").min().alias("since"))
            .filter(pl.col("since") < month)
        )

    @cached_property
    def published(self) -> metering.Published:
        """Return when the bills of each month came out, those billed apart among them."""
        if self.behind.is_empty():
            return metering.Published(self.parameters.published)
        apart = self.behind.filter(pl.col("billed_at").is_not_null())
        return metering.Published(self.parameters.published, apart.select(list(metering.APART)))


@dataclass(frozen=True)
class Consumption:
    """The registers of a month, and their differences with the estimates among them.

    ``distrusted``: the days on which organisations' meters were not relied on.
    """

    standing: pl.DataFrame
    quiet: Quiet
    distrusted: pl.DataFrame


def consumption(scene: Scene) -> Consumption:
    """Return what the meters of the scene counted in its month."""
    period, span = scene.parameters.period, scene.span
    standing = _standing(span, scene.unbilled)
    registers = with_commissioning(
        _registers(standing, scene.people, scene.parameters),
        scene.people,
        scene.agreements,
        scene.parameters,
    )
    registers = billed_by_meter(registers, period.first_day)
    # Under a norm the meter that was put on in the month does not stand yet.
    standing = standing.join(registers, on="register_id", how="semi", maintain_order="left")
    readings = _readings(registers, scene)
    if scene.extra is not None:
        more = scene.extra.select(pl.col(name).cast(kind) for name, kind in readings.schema.items())
        readings = pl.concat([readings, more])
    spans = distrusted(registers, scene.events, period)
    registers, readings = without_distrusted(registers, readings, spans, period)
    points = chain(registers, readings, period.first_day, scene.parameters.split_days)
    ids = (span["first_id"], span["last_id"])
    intervals, missing = _intervals(points, registers, period, ids)
    # Nobody owes a reading, nor is estimated, once the agreements of the service are over.
    over = _over(missing, period)
    if not over.is_empty():
        missing = missing.join(over, on="register_id", how="anti")
        registers = registers.join(over, on="register_id", how="anti", maintain_order="left")
    quiet = quiet_meters(
        span=span,
        people=scene.people,
        agreements=scene.agreements,
        events=scene.events,
        registers=registers
        if spans.is_empty()
        else registers.join(spans, on="register_id", how="anti", maintain_order="left"),
        fast=(intervals, missing),
        published=scene.published,
        parameters=scene.parameters,
        horizon=scene.horizon,
        extra=scene.extra,
        unbilled=scene.unbilled,
    )
    return Consumption(standing, quiet, spans)


def _over(missing: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the unread registers of services that ended before the month."""
    if missing.is_empty():
        return missing.select("register_id")
    ended = accounts.ended_services(
        account_ids=missing["account_id"].unique().to_list(), month=period.first_day
    )
    return missing.join(ended, on=["account_id", "service_id"], how="semi").select("register_id")


def _readings(registers: pl.DataFrame, scene: Scene) -> pl.DataFrame:
    """Return the month's readings with their bases, and what no bill has used before."""
    period, span = scene.parameters.period, scene.span
    month = period.first_day
    readings = metering.readings_frame(
        first_id=span["first_id"],
        last_id=span["last_id"],
        registers=registers,
        only=span["only"],
        unbilled=_of_unbilled(registers, scene.unbilled),
        published=scene.published,
        month=month,
        previous=period.plus(-1).first_day,
    )
    if readings["late"].any():
        # A month that is calculated again keeps the readings that its bill rested on.
        readings = readings.filter(~pl.col("late") | (pl.col("period") < month))
    return carried(readings, registers, month)


def _of_unbilled(registers: pl.DataFrame, unbilled: pl.DataFrame) -> pl.DataFrame:
    """Return since which month the accounts of registers have no bill."""
    if unbilled.is_empty():
        return pl.DataFrame(schema=metering.UNBILLED)
    return registers.join(unbilled, on="account_id").select(list(metering.UNBILLED))


def _standing(span: dict[str, Any], unbilled: pl.DataFrame) -> pl.DataFrame:
    """Return the registers of the month, and those that stood since an account's last bill."""
    registers = metering.registers_frame(**span)
    if unbilled.is_empty():
        return registers
    since = {**span, "month": unbilled["since"].min()}
    older = metering.registers_frame(**since).join(unbilled, on="account_id")
    stood = pl.col("removed_on").is_null() | (pl.col("removed_on") >= pl.col("since"))
    return pl.concat([registers, older.filter(stood).select(registers.columns)]).unique(
        "register_id", keep="first", maintain_order=True
    )


def _registers(
    registers: pl.DataFrame, people: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Add the policies of the service; organisations keep the fractions (RULES 1.8)."""
    organisation = pl.col("account_kind") == "organisation"
    return (
        registers.join(
            people.select(
                "account_id",
                pl.col("kind").alias("account_kind"),
                "premises",
                "closed_on",
            ),
            on="account_id",
        )
        .join(
            parameters.services.select(
                "service_id",
                "service_kind",
                "fraction_policy",
                "window_to_day",
                "unit",
                "recalc",
                "window",
            ),
            on="service_id",
        )
        .with_columns(
            pl.when(organisation)
            .then(pl.lit("keep"))
            .otherwise("fraction_policy")
            .alias("fraction_policy"),
            pl.lit(None, pl.Int64).alias("usual"),
        )
    )


def _intervals(
    points: pl.DataFrame, registers: pl.DataFrame, period: Period, span: tuple[int, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count the differences; a rollover that looks large is judged by the usual volume."""
    month = period.first_day
    rows = differences(points, registers, month)
    doubtful = rows["register_id"].filter(rows["problem"] == "reading_smaller").to_list()
    if doubtful:
        since = period.plus(-7).first_day
        recent = metering.recent_readings(
            first_id=span[0], last_id=span[1], registers=doubtful, since=since, before=month
        )
        registers = registers.drop("usual").join(usual_volume(recent), on="register_id", how="left")
        rows = differences(points, registers, month)
    closed = points["register_id"].filter(points["kind"] == "close")
    missing = registers.filter(
        ~pl.col("register_id").is_in(closed.implode()) & (pl.col("zone") != "reactive")
    )
    if missing.is_empty():
        return rows, missing.select(MISSING)
    # A meter that replaced another after the window had closed is first read next month.
    read = rows.select("account_id", "service_id").unique()
    new = missing.filter(
        (pl.col("installed_on") >= month)
        & (pl.col("installed_on").dt.day() > pl.col("window_to_day"))
    ).join(read, on=["account_id", "service_id"], how="semi")
    missing = missing.join(new.select("register_id"), on="register_id", how="anti")
    return rows, missing.select(MISSING)


def usual_volume(recent: pl.DataFrame) -> pl.DataFrame:
    """Return the average monthly difference of the last readings, in millionths."""
    ordered = recent.sort("register_id", "period", "taken_on", "priority", "sequence")
    closes = ordered.group_by("register_id", "period", maintain_order=True).last()
    return closes.group_by("register_id", maintain_order=True).agg(
        ((pl.col("value").last() - pl.col("value").first()) // pl.max_horizontal(pl.len() - 1, 1))
        .cast(pl.Int64)
        .alias("usual")
    )
