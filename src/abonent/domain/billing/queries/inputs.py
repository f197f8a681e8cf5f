"""Gather what a month's calculation reads, for a chunk of accounts or for one account."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.aside import agreements_aside, expired_aside, gaps_aside
from abonent.domain.billing.queries.facts import events_of, residencies_of
from abonent.domain.billing.queries.firms import firms
from abonent.domain.billing.queries.runs import left_behind_frame, publications
from abonent.domain.billing.queries.waiting import waiting_aside
from abonent.domain.billing.rules.lines import Inputs, Parameters
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.rules.carrying import carried
from abonent.domain.metering.rules.consumption import chain, differences
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.tariffs import queries as tariffs


def parameters(*, supplier_id: int, period: Period) -> Parameters:
    """Return the supplier's prices, norms and policies that the month may need."""
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    references = tariffs.reference_rates_frame(supplier_id=supplier_id)
    vat = reference_rate(references, "vat", period.last_day)
    rows = []
    for service in suppliers.services(supplier_id=supplier_id):
        own = service.vat_percent

        def policy(name: str, code: str = service.code, kind: str = service.kind) -> str:
            return rulebook.value(name, service=code, kind=kind)

        rows.append({
            "service_id": service.id,
            "service_code": service.code,
            "service_kind": service.kind.value,
            "unit": service.unit.value,
            "vat_hundredths": int(own * 100) if own is not None else vat,
            "tariff_change": policy("tariff_change"),
            "split": policy("band_zone_split"),
            "fraction_policy": policy("fraction_policy"),
            "window_to_day": int(policy("window_to_day")),
        })  # fmt: skip
    schema = {
        "service_id": pl.Int64, "service_code": pl.String, "service_kind": pl.String,
        "unit": pl.String, "vat_hundredths": pl.Int64, "tariff_change": pl.String,
        "split": pl.String, "fraction_policy": pl.String,
        "window_to_day": pl.Int64,
    }  # fmt: skip
    return Parameters(
        period=period,
        services=pl.DataFrame(rows, schema=schema),
        rates=tariffs.rates_frame(supplier_id=supplier_id),
        norms=tariffs.norms_frame(supplier_id=supplier_id),
        published=publications(supplier_id=supplier_id),
    )


def reference_rate(references: pl.DataFrame, kind: str, day: date) -> int | None:
    """Return a dated rate in hundredths of a percent; the supplier's own rows come first."""
    rows = references.filter(
        (pl.col("kind") == kind)
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    ).sort("own", "valid_from", descending=True)
    return int(rows["value"][0]) if rows.height else None


def vat_percent(hundredths: int) -> Decimal:
    """Return a rate in percent."""
    return Decimal(hundredths) / 100


def inputs(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    parameters: Parameters,
    extra: pl.DataFrame | None = None,
) -> Inputs:
    """Return the accounts of a range with their consumption of the month.

    ``extra``: readings that are not stored (a quote): register_id, period, taken_on,
    source, sequence, value, priority.
    """
    period = parameters.period
    span: dict[str, Any] = {
        "supplier_id": supplier_id, "first_id": first_id, "last_id": last_id,
        "month": period.first_day, "month_end": period.last_day,
    }  # fmt: skip
    people = accounts.accounts_frame(**span)
    agreements = accounts.agreements_frame(**span)
    behind = left_behind_frame(
        supplier_id=supplier_id, first_id=first_id, last_id=last_id, before=period.first_day
    )
    unbilled = (
        behind.filter(~pl.col("covered"))
        .group_by("account_id")
        .agg(pl.col("period").min().alias("since"))
    )
    standing = _standing(span, unbilled)
    registers = _registers(standing, people, parameters)
    readings = _readings(registers, behind, unbilled, parameters, (first_id, last_id))
    if extra is not None:
        readings = pl.concat([readings, extra.select(readings.columns).cast(readings.schema)])
    points = chain(registers, readings, period.first_day, split_days(parameters))
    intervals, missing = _intervals(points, registers, period, (first_id, last_id))
    volumes = metering.house_volumes_frame(supplier_id=supplier_id, month=period.first_day)
    houses = accounts.houses_frame(supplier_id=supplier_id)
    services = parameters.services.filter(pl.col("service_kind") == "heat").select("service_id")
    events = events_of(span, people)
    return Inputs(
        accounts=people,
        agreements=agreements,
        intervals=intervals,
        missing=missing,
        houses=houses.join(services, how="cross").join(
            volumes, on=["house_id", "service_id"], how="left"
        ),
        aside=pl.concat(
            [
                expired_aside(intervals),
                gaps_aside(standing, people, agreements, period),
                *agreements_aside(agreements, unbilled, period),
                *waiting_aside(span, events),
            ]
        ),
        residencies=residencies_of(span),
        events=events,
        firms=firms(span),
    )


def _readings(
    registers: pl.DataFrame,
    behind: pl.DataFrame,
    unbilled: pl.DataFrame,
    parameters: Parameters,
    span: tuple[int, int],
) -> pl.DataFrame:
    """Return the month's readings with their bases, and what no bill has used before."""
    month = parameters.period.first_day
    apart = behind.filter(pl.col("billed_at").is_not_null()).select(list(metering.APART))
    readings = metering.readings_frame(
        first_id=span[0],
        last_id=span[1],
        registers=registers,
        unbilled=registers.join(unbilled, on="account_id").select(list(metering.UNBILLED)),
        published=metering.Published(parameters.published, apart),
        month=month,
        previous=parameters.period.plus(-1).first_day,
    )
    return carried(readings, registers, month)


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


def split_days(parameters: Parameters) -> list[date]:
    """Return the last days of old prices near enough to the month to split its readings."""
    start, end = parameters.period.plus(-1).first_day, parameters.period.last_day
    changes = parameters.rates.filter(
        pl.col("valid_from").is_between(start, end)
        & (pl.col("valid_from") > pl.col("valid_from").min().over("service_id", "category"))
    )
    days = changes.select(pl.col("valid_from").dt.offset_by("-1d").unique().sort())
    return list(days["valid_from"])


def _registers(
    registers: pl.DataFrame, people: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Add the policies of the service; organisations keep the fractions (RULES 1.8)."""
    organisation = pl.col("kind") == "organisation"
    return (
        registers.join(people.select("account_id", "kind"), on="account_id")
        .join(
            parameters.services.select(
                "service_id", "service_kind", "fraction_policy", "window_to_day"
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
        .drop("kind")
    )


def _intervals(
    points: pl.DataFrame, registers: pl.DataFrame, period: Period, span: tuple[int, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count the differences; a rollover that looks large is judged by the usual volume."""
    month = period.first_day
    rows = differences(points, registers, month)
    doubtful = rows.filter(pl.col("problem") == "reading_smaller")["register_id"].to_list()
    if doubtful:
        since = period.plus(-7).first_day
        recent = metering.recent_readings(
            first_id=span[0], last_id=span[1], registers=doubtful, since=since, before=month
        )
        registers = registers.drop("usual").join(usual_volume(recent), on="register_id", how="left")
        rows = differences(points, registers, month)
    missing = registers.join(
        points.filter(pl.col("kind") == "close").select("register_id"), on="register_id", how="anti"
    ).filter(pl.col("zone") != "reactive")
    # A meter that replaced another after the window had closed is first read next month.
    read = rows.select("account_id", "service_id").unique()
    new = missing.filter(
        (pl.col("installed_on") >= month)
        & (pl.col("installed_on").dt.day() > pl.col("window_to_day"))
    ).join(read, on=["account_id", "service_id"], how="semi")
    missing = missing.join(new.select("register_id"), on="register_id", how="anti")
    return rows, missing.select("account_id", "service_id", "serial")


def usual_volume(recent: pl.DataFrame) -> pl.DataFrame:
    """Return the average monthly difference of the last readings, in millionths."""
    ordered = recent.sort("register_id", "period", "taken_on", "priority", "sequence")
    closes = ordered.group_by("register_id", "period", maintain_order=True).last()
    return closes.group_by("register_id", maintain_order=True).agg(
        ((pl.col("value").last() - pl.col("value").first()) // pl.max_horizontal(pl.len() - 1, 1))
        .cast(pl.Int64)
        .alias("usual")
    )
