"""The lines of a month's bill, composed of the rules of metering and tariffs. Pure.

``charge_lines`` is the one calculation of the house: the run calls it for a chunk, the
quote for one account with a reading that is not stored, the tests for invented worlds.
"""

from dataclasses import dataclass, field, replace
from functools import cache, partial

import polars as pl

from abonent.domain.billing.rules.charged import Find, charged, finished, rates_for
from abonent.domain.billing.rules.common_needs import common_parts
from abonent.domain.billing.rules.contracts import (
    Terms,
    own_changes,
    own_rates,
    shown,
    tariff_categories,
    terms_of,
    under_contract,
    with_own_heat,
)
from abonent.domain.billing.rules.counted import measured
from abonent.domain.billing.rules.estimates import no_shares
from abonent.domain.billing.rules.events import raised
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.guards import held_back, nothing_aside
from abonent.domain.billing.rules.heat import heated_parts
from abonent.domain.billing.rules.heat_year import corrected_years
from abonent.domain.billing.rules.homes import Homes
from abonent.domain.billing.rules.hourly import by_hours
from abonent.domain.billing.rules.late_readings import nothing_anew
from abonent.domain.billing.rules.organisation_estimates import (
    Estimates,
    no_estimates,
    organisation_estimates,
)
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.people import with_people
from abonent.domain.billing.rules.reductions import taken_off
from abonent.domain.billing.rules.served import for_days_served
from abonent.domain.billing.rules.shapes import (
    FEES,
    KEYS,
    PARTS,
    PROBLEMS,
    TIED_PARTS,
    stacked,
)
from abonent.domain.billing.rules.tampering import tampered_parts
from abonent.domain.billing.rules.usage import metered_parts, price_changes, segments
from abonent.domain.billing.rules.volumes import no_norms, norm_parts, norms_for
from abonent.domain.tariffs.rules.pricing import WIDE

SPLIT_DIGITS = {"kwh": 0, "m3": 3, "gcal": 6}
# What a priced part needs of its usage point.
TERMS = [
    "account_id", "service_id", "service_kind", "unit", "norm_category", "vat_hundredths",
    "split", "service_code", "kind",
]  # fmt: skip
VOLUMES = {
    "account_id": pl.Int64, "service_id": pl.Int64, "serial": pl.String, "zone": pl.String,
    "volume": pl.Int64,
}  # fmt: skip


# The texts that only some intervals have.
TEXTS = pl.DataFrame(schema={"note": pl.String, "estimate": pl.String})


@cache
def no_volumes() -> pl.DataFrame:
    """Return no rows of VOLUMES."""
    return pl.DataFrame(schema=VOLUMES)


@dataclass(frozen=True)
class Inputs:
    """What belongs to the accounts of a chunk.

    accounts: account_id, kind, category, residents, owners, area, house_id.
    agreements: account_id, service_id, tariff_category, zones, meter_possible, heating.
    intervals: the result of ``metering.rules.consumption.differences`` with account_id,
    service_id, serial, zone, contract, note, estimate. missing: account_id, service_id,
    serial (no reading and no rule that stands in for it). standing: account_id, service_id
    of every meter. shares: services charged by a share of the norm while their meters are
    silent (``estimates.norm_shares``). anew: account_id, service_id, month to be counted
    again. houses: house_id, service_id and the house's areas and volumes of the month.
    aside: what holds lines of these accounts back (``guards.ASIDE``). firms: of
    organisations; homes: who lives there, what happened.
    """

    accounts: pl.DataFrame
    agreements: pl.DataFrame
    intervals: pl.DataFrame
    missing: pl.DataFrame
    houses: pl.DataFrame
    aside: pl.DataFrame = field(default_factory=nothing_aside)
    firms: Firms = field(default_factory=Firms)
    homes: Homes = field(default_factory=Homes)
    standing: pl.DataFrame = field(default_factory=lambda: KEYS)
    shares: pl.DataFrame = field(default_factory=no_shares)
    anew: pl.DataFrame = field(default_factory=nothing_anew)


@dataclass(frozen=True)
class Lines:
    """The lines of a chunk and what could not be billed, with its reason.

    ``volumes``: what is billed of each meter's zones (VOLUMES).
    """

    lines: pl.DataFrame
    problems: pl.DataFrame
    volumes: pl.DataFrame = field(default_factory=no_volumes)


def charge_lines(inputs: Inputs, parameters: Parameters) -> Lines:
    """Calculate every line of the month for the accounts of a chunk."""
    terms = terms_of(inputs.firms.contracts, parameters.period.first_day)
    by_meter = _by_meter(inputs)
    points = with_own_heat(_points(inputs, by_meter, parameters), terms)
    hourly = by_hours(inputs.firms.tables, points, terms, parameters.period)
    if not hourly.services.is_empty():
        inputs = _without(inputs, hourly.services)
        by_meter = _by_meter(inputs)
    measures, reading_problems = _measured(inputs, points, terms, parameters)
    metered = _metered(measures, terms, parameters)
    unread = _unread(inputs, points, by_meter, measures, terms, parameters)
    alone = points
    if not unread.handled.is_empty():
        alone = points.join(unread.handled, on=["account_id", "service_id"], how="anti")
    unmetered = alone.join(by_meter, on=["account_id", "service_id"], how="anti")
    held = held_back(points, by_meter, stacked(nothing_aside(), (parameters.aside, inputs.aside)))
    normed, norm_problems = _normed(
        raised(unmetered, inputs.homes.events, parameters.period), parameters
    )
    shared, share_problems = _shared(points, inputs.shares, parameters)
    heated, heat_problems = heated_parts(alone, inputs, parameters)
    by_days = [for_days_served(one, points, parameters.period) for one in (normed, heated)]
    parts = stacked(TIED_PARTS, (metered, unread.parts, shared, *by_days))
    common, common_problems = common_parts(points, parts, parameters)
    parts = parts if common.is_empty() else stacked(TIED_PARTS, (parts, common))
    parts, priceless = under_contract(parts, points, terms)
    parts = parts.join(points.select(TERMS), on=["account_id", "service_id"])
    heating = no_norms()
    if (parts["service_kind"] == "hot_water").any():
        heating = norms_for(parts, parameters, ["heating_gcal_per_m3"])
    rates = own_rates(terms, parameters.rates)
    # Prices of contracts are their accounts' own: nobody asks for them again.
    find = parameters.rates_for if terms.empty else partial(rates_for, prices=rates)
    fees, price_problems = charged(parts, find, heating)
    taken, taken_problems = _taken_off(fees, points, by_meter, rates, inputs, parameters)
    yearly, year_problems = corrected_years(points, rates, inputs, parameters)
    acts, act_problems = _by_act(points, inputs, find, heating, parameters)
    lines = finished(stacked(FEES, (fees, acts, taken, yearly, hourly.fees)))
    if not priceless.is_empty():
        priceless = priceless.with_columns(
            pl.lit("no_rate").alias("problem"), shown("key").alias("parameter")
        )
    found = (
        reading_problems, unread.problems, norm_problems, share_problems, heat_problems,
        price_problems, priceless, taken_problems, year_problems, act_problems, hourly.problems,
        common_problems, held,
    )  # fmt: skip
    return Lines(
        lines=lines, problems=stacked(PROBLEMS, found), volumes=measures.select(list(VOLUMES))
    )


def _by_act(
    points: pl.DataFrame, inputs: Inputs, find: Find, heating: pl.DataFrame,
    parameters: Parameters,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Charge unauthorised consumption: nothing is taken off it, and it fills bands alone."""
    if inputs.homes.tampered.is_empty():
        return FEES, PROBLEMS
    homes = points.filter(pl.col("kind") != "organisation")
    norms = norms_for(homes, parameters, ["resident", "m2"])
    parts, lacking = tampered_parts(homes, inputs.homes.tampered, norms, parameters.end)
    rows = parts.join(homes.select(TERMS), on=["account_id", "service_id"])
    fees, unpriced = charged(rows, find, heating)
    return fees.with_columns(pl.lit(1, pl.Int8).alias("place")), stacked(
        PROBLEMS, (lacking, unpriced)
    )


def _by_meter(inputs: Inputs) -> pl.DataFrame:
    """Return the accounts' services that a meter counts, read or not."""
    frames = (inputs.intervals, inputs.missing, inputs.standing, inputs.shares)
    return stacked(KEYS, frames).unique()


def _points(inputs: Inputs, by_meter: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Return one row for each account and service in force: the usage points."""
    people = with_people(inputs.accounts, inputs.homes.residencies, parameters.period)
    implied = by_meter.join(inputs.agreements, on=["account_id", "service_id"], how="anti")
    agreements = pl.concat([inputs.agreements, implied], how="diagonal")
    return (
        agreements.join(people.rename({"category": "norm_category"}), on="account_id")
        .join(parameters.services, on="service_id")
        .with_columns(
            pl.col("tariff_category").fill_null("").alias("category"),
            pl.col("zones").fill_null(""),
            (pl.col("heating").fill_null("") == "individual").alias("individual"),
        )
    )


def _without(inputs: Inputs, hourly: pl.DataFrame) -> Inputs:
    """Leave out the meters that are billed by the hour; they still count as meters."""
    mine = ["account_id", "service_id"]
    return replace(
        inputs,
        intervals=inputs.intervals.join(hourly, on=mine, how="anti", maintain_order="left"),
        missing=inputs.missing.join(hourly, on=mine, how="anti", maintain_order="left"),
        standing=pl.concat([inputs.standing, hourly]).unique(maintain_order=True),
    )


def _taken_off(  # noqa: PLR0917 (private, called in one way)
    fees: pl.DataFrame,
    points: pl.DataFrame,
    by_meter: pl.DataFrame,
    rates: pl.DataFrame,
    inputs: Inputs,
    parameters: Parameters,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find what absence, breaks, low quality and benefits take off the fees."""
    if inputs.homes.takes_nothing_off:
        return FEES, PROBLEMS
    mark = by_meter.with_columns(pl.lit(value=True).alias("by_meter"))
    marked = points.join(mark, on=["account_id", "service_id"], how="left", maintain_order="left")
    marked = marked.with_columns(pl.col("by_meter").fill_null(value=False))
    # A share of what the house uses in common is nobody's own consumption.
    own = fees.filter(pl.col("place") == 0)
    return taken_off(own, marked, inputs.homes, rates, parameters)


def _measured(
    inputs: Inputs, points: pl.DataFrame, terms: Terms, parameters: Parameters
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the intervals of meters as they are billed and the readings that are missing."""
    silent = _silent(inputs.missing, points)
    wrong = inputs.intervals.filter(pl.col("problem").is_not_null())
    if not wrong.is_empty():
        wrong = wrong.with_columns(pl.col("serial").alias("parameter"))
    # What the agreement says of a service prevails over what came along with its registers:
    # an estimate brings none of it.
    terms_of = ["category", "zones", "account_kind", "service_kind", "unit", "tariff_change"]
    known = inputs.intervals.drop(terms_of, strict=False)
    intervals = pl.concat([TEXTS, known], how="diagonal")
    rows = intervals.filter(pl.col("problem").is_null() & (pl.col("zone") != "reactive")).join(
        points.filter((pl.col("service_kind") != "heat") | pl.col("house_id").is_null()).select(
            "account_id", "service_id", "category", "zones",
            pl.col("kind").alias("account_kind"), "service_kind", "unit", "tariff_change",
        ),
        on=["account_id", "service_id"],
    )  # fmt: skip
    rows, unclear = measured(rows, inputs.intervals, inputs.firms, terms, parameters.period)
    return rows, stacked(PROBLEMS, (silent, wrong, unclear))


def _silent(missing: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Return the readings of households that nothing stands in for."""
    if missing.is_empty():
        return PROBLEMS
    homes = points.filter(pl.col("kind") != "organisation")
    return missing.join(homes, on=["account_id", "service_id"], how="semi").select(
        "account_id",
        "service_id",
        pl.lit("no_reading").alias("problem"),
        pl.col("serial").alias("parameter"),
    )


def _unread(  # noqa: PLR0917 (private, called in one way)
    inputs: Inputs, points: pl.DataFrame, by_meter: pl.DataFrame, measures: pl.DataFrame,
    terms: Terms, parameters: Parameters,
) -> Estimates:  # fmt: skip
    """Return what stands in for the readings of organisations that did not come."""
    key = ["account_id", "service_id"]
    if not (points["kind"] == "organisation").any():
        return no_estimates()
    mine = points.filter(pl.col("kind") == "organisation")
    metered = by_meter.with_columns(pl.lit(value=True).alias("metered"))
    firms = (
        mine.select(*key, "service_kind", "category", "zones")
        .join(metered, on=key, how="left", maintain_order="left")
        .with_columns(pl.col("metered").fill_null(value=False))
    )
    missing = inputs.missing.select(*key, "serial").unique(maintain_order=True)
    silent = missing.join(
        inputs.firms.known.silent, on=[*key, "serial"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("contract").fill_null(""),
        pl.col("since").fill_null(pl.lit(parameters.period.first_day)),
    )
    known = replace(inputs.firms.known, silent=silent)
    return organisation_estimates(known, firms, measures, terms, parameters.period)


def _metered(rows: pl.DataFrame, terms: Terms, parameters: Parameters) -> pl.DataFrame:
    """Return the parts of accounts with meters."""
    rows = rows.with_columns(
        pl.col("unit").replace_strict(SPLIT_DIGITS).alias("digits"),
        pl.when(pl.col("zones") == "single")
        .then(pl.lit("single"))
        .otherwise("zone")
        .alias("billed_zone"),
    )
    if rows.is_empty():
        return TIED_PARTS
    by_tariff = rows.select("service_id", "category")
    if not terms.empty:
        # A contract's own price changes by its own rows, never with the tariffs.
        free = rows.filter(pl.col("key").is_null()).select(by_tariff.columns)
        by_tariff = pl.concat([free, tariff_categories(terms)])
    changes = price_changes(by_tariff, parameters.price_days)
    if not terms.empty:
        changes = pl.concat([changes, own_changes(terms, changes)])
    return metered_parts(segments(rows, changes, parameters.end))


def _normed(points: pl.DataFrame, parameters: Parameters) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge services without a meter by the norm; heat is charged apart."""
    rows = points if points.is_empty() else points.filter(pl.col("service_kind") != "heat")
    if rows.is_empty():
        return PARTS, PROBLEMS
    if "raised" not in rows.columns:
        possible = pl.col("meter_possible").fill_null(value=False)
        rows = rows.with_columns(possible.alias("raised"))
    norms = (
        norms_for(rows, parameters, ["resident", "m2"])
        .sort("per", descending=True)
        .unique(["service_id", "norm_category"], keep="first", maintain_order=True)
    )
    joined = rows.drop("category").join(norms, on=["service_id", "norm_category"], how="left")
    return norm_parts(joined.rename({"norm_category": "category"}), parameters.end)


def _shared(
    points: pl.DataFrame, shares: pl.DataFrame, parameters: Parameters
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Charge a share of the norm while meters are silent and no average is left (p. 60)."""
    if shares.is_empty():
        return PARTS, PROBLEMS
    key = ["account_id", "service_id"]
    rows = points.join(shares, on=key)
    parts, problems = _normed(rows, parameters)
    basis = pl.format(
        '{},"share":{{"n":{},"d":{},"cause":"{}","k":{}}}',
        "basis", "share_n", "share_d", "cause", "k",
    )  # fmt: skip
    scaled = parts.join(shares, on=key, maintain_order="left").with_columns(
        (pl.col("n") * pl.col("share_n").cast(WIDE)).alias("n"),
        (pl.col("d") * pl.col("share_d").cast(WIDE)).alias("d"),
        basis.alias("basis"),
    )
    return scaled.select(parts.columns), problems
