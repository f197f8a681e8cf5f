"""Price categories 3 to 6: hourly volumes by hourly prices, and power (RULES 1.8). Pure.

cost = Σ V_h × p_h + kW × rate; prices and rates are without VAT. Every hour of the month
must have its volume and its price, else the account is left out by name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.contracts import KEY, Terms, tied
from abonent.domain.billing.rules.shapes import FEES, KEYS, PROBLEMS
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE
from abonent.domain.tariffs.rules.pricing import UNIT, WIDE, half_up, kopecks

HOURS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "contract": pl.String,
    "hour": pl.String, "volume": pl.Int64,
}  # fmt: skip
PRICES = {
    "service_id": pl.Int64, "category": pl.String, "hour": pl.String, "price": pl.Int64,
}  # fmt: skip
POWER = {
    "account_id": pl.Int64, "service_id": pl.Int64, "kw": pl.Int64, "rate": pl.Int64,
}  # fmt: skip
LOSS_SCALE = 1_000_000
COST_SCALE = LOSS_SCALE * UNIT * 10**RATE_SCALE // 100  # of a cost in kopecks


@cache
def no_hours() -> pl.DataFrame:
    """Return no rows of HOURS."""
    return pl.DataFrame(schema=HOURS)


@cache
def no_prices() -> pl.DataFrame:
    """Return no rows of PRICES."""
    return pl.DataFrame(schema=PRICES)


@cache
def no_power() -> pl.DataFrame:
    """Return no rows of POWER."""
    return pl.DataFrame(schema=POWER)


@dataclass(frozen=True)
class ByHours:
    """What is billed by the hour: whose services, their fees (``charged``), what is missing."""

    services: pl.DataFrame
    fees: pl.DataFrame
    problems: pl.DataFrame


@dataclass(frozen=True)
class Tables:
    """HOURS, PRICES and POWER of a month, and the meters (METER) that no hour tells."""

    hours: pl.DataFrame
    prices: pl.DataFrame
    power: pl.DataFrame
    beyond: pl.DataFrame


def by_hours(tables: Tables, points: pl.DataFrame, terms: Terms, period: Period) -> ByHours:
    """Return what organisations pay by the hour and for power in a month."""
    if tables.hours.is_empty() and tables.prices.is_empty() and tables.power.is_empty():
        return ByHours(KEYS, FEES, PROBLEMS)
    services = hourly_services(tables.hours, points, tables.prices)
    power = tables.power.join(points.select(KEY), on=KEY, how="semi")
    powered, no_power = power_fees(power, services, points, period)
    if services.is_empty():
        return ByHours(services, powered, no_power)
    counted, no_hours = hourly_fees(services, points, terms, (tables.hours, tables.prices), period)
    # Neither the losses of a formula nor sub-consumers are known by the hour.
    beyond = _problem(
        tables.beyond.select(KEY).unique().join(services, on=KEY, how="semi"),
        "not_computed",
        pl.lit("losses.csv и субабоненты при почасовом учёте"),
    )
    return ByHours(services, pl.concat([counted, powered]), pl.concat([no_power, no_hours, beyond]))


def hourly_amount(cost: int, vat_hundredths: int) -> int:
    """Return the kopecks of an exact cost with VAT on top, each rounded half up once."""
    base = int((2 * cost + COST_SCALE) // (2 * COST_SCALE))
    return base + (2 * base * vat_hundredths + 10_000) // 20_000


def hours_of(period: Period) -> list[str]:
    """Return the hours of a month, named by their beginning."""
    start = datetime.combine(period.first_day, datetime.min.time())
    count = period.last_day.day * 24
    return [f"{start + timedelta(hours=place):%Y-%m-%d %H:%M}" for place in range(count)]


def hourly_services(
    hours: pl.DataFrame, points: pl.DataFrame, prices: pl.DataFrame
) -> pl.DataFrame:
    """Return the accounts' services that are billed by the hour.

    They have hourly volumes, or their category has hourly prices in the month.
    """
    named = prices.filter(pl.col("category") != "").select("service_id", "category").unique()
    by_category = points.join(named, on=["service_id", "category"], how="semi").select(KEY)
    known = hours.select(KEY).unique().join(points.select(KEY), on=KEY, how="semi")
    return pl.concat([known, by_category]).unique(maintain_order=True)


def hourly_fees(
    services: pl.DataFrame,
    points: pl.DataFrame,
    terms: Terms,
    tables: tuple[pl.DataFrame, pl.DataFrame],
    period: Period,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the energy of hourly services as fees (``charged``), and what is missing.

    ``services``: the result of ``hourly_services``; ``tables``: HOURS and PRICES.
    """
    hours, prices = tables
    wanted = points.join(services, on=KEY, how="semi")
    meters = hours.select(*KEY, "serial", "contract").unique(maintain_order=True)
    bound, loose = tied(meters.join(wanted.select(*KEY, "category", "zones"), on=KEY), terms)
    silent = services.join(meters.select(KEY).unique(), on=KEY, how="anti")
    problems = [
        _problem(silent, "no_hours", pl.lit(f"{period.first_day:%m.%Y}")),
        _problem(loose, "no_contract", pl.col("serial")),
    ]
    rows = _grid(bound, hours, prices, period)
    absent = rows.filter(pl.col("volume").is_null()).sort("hour").unique(KEY, keep="first")
    unpriced = rows.filter(pl.col("price").is_null()).sort("hour").unique(KEY, keep="first")
    problems += [
        _problem(absent, "no_hours", pl.format("{} {}", "serial", "hour")),
        _problem(unpriced, "no_hour_price", pl.format("{} {}", "category", "hour")),
    ]
    named = pl.concat(problems)
    good = rows.join(named.select(KEY).unique(), on=KEY, how="anti")
    with_losses = LOSS_SCALE + pl.col("losses").cast(WIDE)
    sums = good.group_by(KEY, maintain_order=True).agg(
        (pl.col("volume").cast(WIDE) * with_losses).sum().alias("used"),
        (pl.col("volume").cast(WIDE) * pl.col("price").cast(WIDE) * with_losses)
        .sum()
        .alias("cost"),
        pl.len().alias("hours"),
    )
    base = half_up(pl.col("cost"), pl.lit(COST_SCALE).cast(WIDE))
    mean = half_up(pl.col("cost"), pl.max_horizontal(pl.col("used"), pl.lit(1).cast(WIDE)))
    basis = pl.format(
        '"hourly":{{"hours":{},"cost":"{}"}}', "hours", pl.col("cost").cast(pl.String)
    )
    energy = sums.with_columns(
        base.alias("base"),
        mean.cast(pl.Int64).alias("rate"),
        pl.col("used").alias("n"),
        pl.lit(LOSS_SCALE).cast(WIDE).alias("d"),
        pl.lit("").alias("component"),
        pl.lit("meter").alias("method"),
        pl.lit("hourly").alias("rule"),
        basis.alias("basis"),
    )
    return _fees(energy, wanted, period), named


def _grid(
    meters: pl.DataFrame, hours: pl.DataFrame, prices: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return every hour of the month of every meter, with its volume and its price or null.

    A category without hourly prices of its own follows those without a category.
    """
    every = pl.DataFrame({"hour": hours_of(period)})
    grid = meters.select(*KEY, "serial", "category", "losses").join(every, how="cross")
    rows = grid.join(
        hours.select(*KEY, "serial", "hour", "volume"), on=[*KEY, "serial", "hour"], how="left"
    )
    own = prices.select("service_id", "category").unique()
    fallback = pl.when(pl.col("known")).then("category").otherwise(pl.lit("")).alias("priced")
    return (
        rows.join(own.with_columns(pl.lit(value=True).alias("known")),
                  on=["service_id", "category"], how="left")
        .with_columns(pl.col("known").fill_null(value=False))
        .with_columns(fallback)
        .join(
            prices.rename({"category": "priced"}),
            on=["service_id", "priced", "hour"],
            how="left",
        )
    )  # fmt: skip


def power_fees(
    power: pl.DataFrame, services: pl.DataFrame, points: pl.DataFrame, period: Period
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the power of the month as fees, kW × rate, and what is missing of it.

    Hourly categories pay for power: without a row of theirs the account is left out.
    """
    lost = services.join(power.select(KEY), on=KEY, how="anti")
    free = power.filter(pl.col("rate").is_null() & (pl.col("kw") != 0))
    problems = pl.concat([
        _problem(lost, "no_power", pl.lit("kw")), _problem(free, "no_power", pl.lit("rate"))
    ])  # fmt: skip
    rows = power.filter(pl.col("rate").is_not_null() & (pl.col("kw") != 0)).with_columns(
        pl.col("kw").cast(WIDE).alias("n"),
        pl.lit(1).cast(WIDE).alias("d"),
        pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
    )
    energy = rows.with_columns(
        kopecks("n", "d", "rate", "multiplier").cast(WIDE).alias("base"),
        pl.lit("power").alias("component"),
        pl.lit("contract").alias("method"),
        pl.lit("power").alias("rule"),
        pl.lit('"power":1').alias("basis"),
    )
    return _fees(energy, points, period), problems


def _fees(rows: pl.DataFrame, points: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Add VAT on top and the columns that ``charged.finished`` asks for."""
    percent = pl.col("vat_hundredths").cast(WIDE)
    vat = half_up(pl.col("base") * percent, pl.lit(10_000).cast(WIDE))
    of_points = points.select(*KEY, "unit", "vat_hundredths", "service_code", "kind")
    return (
        rows.join(of_points, on=KEY)
        .with_columns(vat.cast(pl.Int64).alias("vat"))
        .select(
            *KEY, "component", "method", "unit", "n", "d", "rate", "rule", "basis", "kind",
            "service_code", "vat_hundredths", "vat",
            (pl.col("base").cast(pl.Int64) + pl.col("vat")).alias("amount"),
            pl.lit("single").alias("zone"),
            pl.lit(1, pl.Int16).alias("band"),
            pl.lit(period.last_day).alias("day"),
            pl.lit(1, pl.Int64).alias("months"),
            pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
            pl.lit(0, pl.Int64).alias("rate_id"),
            pl.lit(value=False).alias("vat_included"),
            pl.lit("").alias("category"),
            pl.lit(0, pl.Int8).alias("place"),
        )
    )  # fmt: skip


def _problem(rows: pl.DataFrame, problem: str, parameter: pl.Expr) -> pl.DataFrame:
    return rows.select(
        *KEY, pl.lit(problem).alias("problem"), parameter.cast(pl.String).alias("parameter")
    ).cast(PROBLEMS.schema)
