"""Which room takes the rows of which file, in the room's own words."""

from collections.abc import Iterable, Mapping

import polars as pl

from abonent.common.bulk import REFUSED, Loaded, Rows
from abonent.domain.accounts import operations as accounts
from abonent.domain.exchange.operations import arrears, profiles
from abonent.domain.exchange.operations.context import Context
from abonent.domain.exchange.operations.findings import LINE
from abonent.domain.exchange.operations.kept import load_kept
from abonent.domain.exchange.operations.loaders import Load, Renamed, before_closing, plain
from abonent.domain.exchange.operations.money import (
    credit_subsidies,
    load_balances,
    load_bills,
    load_charges,
    load_payments,
)
from abonent.domain.exchange.rules import registers
from abonent.domain.exchange.rules.numbers import scaled
from abonent.domain.exchange.rules.table import FileTable
from abonent.domain.exchange.rules.zones import zone_columns
from abonent.domain.metering import operations as metering
from abonent.domain.metering.rules import MICRO, SOURCE_CODES
from abonent.domain.suppliers import operations as suppliers
from abonent.domain.suppliers import queries as supplier_queries
from abonent.domain.suppliers.rules import ServiceKind, Unit
from abonent.domain.tariffs import operations as tariffs

# Water and heat meters show fractions, those of electricity are read in whole units (RULES 1.5).
FRACTION_DIGITS = {Unit.KWH: 0, Unit.GCAL: 3, Unit.M3: 3}


def _services(context: Context, rows: Rows) -> Loaded:
    frame = _whole(rows.frames)
    lines = [
        suppliers.ServiceLine(
            code=row["service"], kind=ServiceKind(row["kind"]), name=row["name"],
            unit=Unit(row["unit"]), vat_percent=row["vat_percent"],
        )
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    done = suppliers.define_services(
        supplier_id=context.supplier_id, services=lines, given=rows.given,
        billed=context.closed_through is not None, now=context.now,
    )  # fmt: skip
    refused = (
        frame.filter(pl.col("service").is_in(list(done.in_use))).select(
            LINE,
            pl.lit("service").alias("column"),
            pl.col("service").alias("value"),
            pl.lit("услуга уже в выставленных счетах, её вид, единица и НДС не меняются").alias(
                "rule"
            ),
            pl.lit("заведите новую услугу с другим кодом").alias("remedy"),
        )
        if done.in_use
        else pl.DataFrame(schema=REFUSED)
    )
    same = frame.height - done.inserted - done.updated - refused.height
    return Loaded(done.inserted, done.updated, same, refused)


def _whole(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    found = list(frames)
    return pl.concat(found) if found else pl.DataFrame()


def _accounts(context: Context, rows: Rows) -> Loaded:
    return accounts.load_accounts(
        supplier_id=context.supplier_id,
        rows=_with_given(Renamed({"account": "number"}).rows(rows), {"house": "house_id"}),
        now=context.now,
    )


def _with_given(rows: Rows, also: Mapping[str, str]) -> Rows:
    """Say that a column made from a given one is given too."""
    added = {new for old, new in also.items() if old in rows.given}
    return Rows(rows.frames, rows.given | added)


def _agreements(context: Context, rows: Rows) -> Loaded:
    names = [column.name for column in registers.TERMS]

    def with_terms(frame: pl.DataFrame) -> pl.DataFrame:
        texts = [
            column.kind.written(frame[column.name]).alias(column.name) for column in registers.TERMS
        ]
        terms = pl.DataFrame(texts).select(_json_object(names).alias("terms"))
        return frame.hstack(terms)

    renamed = Renamed({}, with_terms).rows(rows)
    return accounts.load_agreements(
        supplier_id=context.supplier_id,
        rows=_with_given(renamed, dict.fromkeys(names, "terms")),
        closed_through=context.closed_through,
        now=context.now,
    )


def _json_object(names: list[str]) -> pl.Expr:
    """Return a JSON object of the texts that are given; they need no escaping (numbers, words)."""
    parts = [pl.lit(f'"{name}":"') + pl.col(name) + pl.lit('"') for name in names]
    return pl.lit("{") + pl.concat_str(parts, separator=",", ignore_nulls=True) + pl.lit("}")


def _meters(context: Context, rows: Rows) -> Loaded:
    digits = {service.id: FRACTION_DIGITS[service.unit] for service in context.services.values()}

    def with_scales(frame: pl.DataFrame) -> pl.DataFrame:
        usual = frame["service_id"].replace_strict(digits, return_dtype=pl.Int64)
        columns = [frame["frac_digits"].fill_null(usual)]
        for column in zone_columns(frame, ("initial", "final")):
            zone = column.name.startswith("zone")
            columns.append(column if zone else scaled(column, MICRO).alias(column.name))
        return frame.with_columns(columns)

    return metering.load_meters(
        supplier_id=context.supplier_id,
        rows=_with_given(
            Renamed({}, with_scales).rows(rows), {"parent_account": "parent_account_id"}
        ),
        closed_through=context.closed_through,
        now=context.now,
    )


def _readings(context: Context, rows: Rows) -> Loaded:
    sources = {code: int(source) for code, source in SOURCE_CODES.items()}
    names = {"meter_serial": "serial", "reading_date": "taken_on", "reading": "value"}

    def with_source(frame: pl.DataFrame) -> pl.DataFrame:
        source = frame["channel"].replace_strict(sources, return_dtype=pl.Int16)
        return frame.with_columns(source.alias("source"))

    book = supplier_queries.rulebook(supplier_id=context.supplier_id)
    windows = {
        service.id: book.number("window_to_day", service=service.code, kind=service.kind)
        for service in context.services.values()
    }
    return metering.load_readings(
        supplier_id=context.supplier_id, rows=Renamed(names, with_source).rows(rows),
        windows=windows, closed_through=context.closed_through, now=context.now,
    )  # fmt: skip


def _events(context: Context, rows: Rows) -> Loaded:
    names = {"from": "begins", "to": "ends", "meter_serial": "serial"}
    # The end is a text in the table: an event that goes on has an empty one.
    named = Renamed(names, lambda frame: frame.with_columns(pl.col("to").fill_null("")))
    return metering.load_events(
        supplier_id=context.supplier_id, rows=named.rows(rows), now=context.now
    )


def _subsidies(context: Context, rows: Rows) -> Loaded:
    """Keep the subsidies; one that was transferred to the supplier is credited as a payment."""
    frames = list(rows.frames)
    loaded = accounts.load_subsidies(
        supplier_id=context.supplier_id, rows=Rows(frames, rows.given), now=context.now
    )
    credit_subsidies(context, _whole(frames), loaded.refused)
    return loaded


_PERIOD = {"from": "valid_from", "to": "valid_to"}
_LOADS: dict[str, Load] = {
    "services.csv": _services,
    "rates.csv": before_closing(tariffs.load_reference_rates),
    "tariffs.csv": before_closing(tariffs.load_rates),
    "norms.csv": before_closing(tariffs.load_norms),
    "houses.csv": plain(accounts.load_houses, {"house": "code"}),
    "accounts.csv": _accounts,
    "agreements.csv": _agreements,
    "meters.csv": _meters,
    "verifications.csv": plain(metering.load_verifications),
    "house_volumes.csv": plain(metering.load_house_volumes),
    "readings.csv": _readings,
    "past_volumes.csv": before_closing(metering.load_past_volumes),
    "events.csv": _events,
    "residents.csv": plain(accounts.load_residents, _PERIOD),
    "benefits.csv": plain(accounts.load_benefits, _PERIOD),
    "subsidies.csv": _subsidies,
    "temperatures.csv": plain(metering.load_temperatures, {"date": "day"}),
    "balances.csv": load_balances,
    "payments.csv": load_payments,
    "bills.csv": load_bills,
    "charges.csv": load_charges,
    **profiles.LOADS,
    **arrears.LOADS,
}


def load_rows(context: Context, table: FileTable, rows: Rows) -> Loaded:
    """Hand the rows of a file to their room; returns what became of them."""
    return load_kept(context, table, rows) if table.kept else _LOADS[table.name](context, rows)
