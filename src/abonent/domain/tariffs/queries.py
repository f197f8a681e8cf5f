"""Prices, norms and reference rates of a supplier as small frames."""

from datetime import date, datetime

import polars as pl

from abonent.common.frames import read_frame, row_versions

RATE_ROWS = {
    "rate_id": pl.Int64,
    "service_id": pl.Int64,
    "component": pl.String,
    "category": pl.String,
    "zone": pl.String,
    "from_quantity": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "rate": pl.Int64,
    "vat_included": pl.Boolean,
    "months": pl.String,
}
NORM_ROWS = {
    "norm_id": pl.Int64,
    "service_id": pl.Int64,
    "category": pl.String,
    "per": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "norm": pl.Int64,
    "norm_multiplier": pl.Int64,
}
REFERENCE_ROWS = {
    "kind": pl.String,
    "own": pl.Boolean,
    "value": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}


CHANGES = {
    "service_id": pl.Int64,
    "parameter": pl.String,
    "category": pl.String,
    "from_on": pl.Date,
    "to_on": pl.Date,
    "known_at": pl.Datetime("us", "UTC"),
}


def changes_frame(*, supplier_id: int, since: datetime) -> pl.DataFrame:
    """Return the changes (CHANGES) of billed prices and norms noted after a moment."""
    return read_frame(
        """SELECT service_id, parameter, category, from_on, to_on, known_at
             FROM tariffs_parameterchange
            WHERE supplier_id = %(supplier)s AND known_at > %(since)s ORDER BY id""",
        CHANGES,
        {"supplier": supplier_id, "since": since},
    )


def edition(*, supplier_id: int) -> str:
    """Return a text that any change of the prices, norms and rates in percent makes another.

    Prices of hours have their own reader. One statement.
    """
    mine = "supplier_id = %(supplier)s"
    return row_versions(
        [
            ("tariffs_tariffrate", mine),
            ("tariffs_consumptionnorm", mine),
            ("tariffs_referencerate", f"supplier_id IS NULL OR {mine}"),
        ],
        {"supplier": supplier_id},
    )


def rates_frame(*, supplier_id: int) -> pl.DataFrame:
    """Return every price row: quantities in millionths, rates in 1/100000 ₽."""
    return read_frame(
        """SELECT id, service_id, component, category, zone,
                  (from_quantity * 1000000)::bigint, valid_from, valid_to,
                  (rate * 100000)::bigint, vat_included, months
             FROM tariffs_tariffrate WHERE supplier_id = %(supplier)s ORDER BY id""",
        RATE_ROWS,
        {"supplier": supplier_id},
    )


def norms_frame(*, supplier_id: int) -> pl.DataFrame:
    """Return every norm: volumes in millionths, multipliers in thousandths."""
    return read_frame(
        """SELECT id, service_id, category, per, valid_from, valid_to,
                  (volume * 1000000)::bigint, (multiplier * 1000)::bigint
             FROM tariffs_consumptionnorm WHERE supplier_id = %(supplier)s ORDER BY id""",
        NORM_ROWS,
        {"supplier": supplier_id},
    )


def reference_rates_frame(*, supplier_id: int) -> pl.DataFrame:
    """Return the dated rates: values in hundredths of a percent, the supplier's own marked."""
    return read_frame(
        """SELECT kind, supplier_id IS NOT NULL, (value * 100)::bigint, valid_from, valid_to
             FROM tariffs_referencerate
            WHERE supplier_id IS NULL OR supplier_id = %(supplier)s
            ORDER BY kind, valid_from""",
        REFERENCE_ROWS,
        {"supplier": supplier_id},
    )


def hourly_prices_frame(*, supplier_id: int, month: date) -> pl.DataFrame:
    """Return the prices of a month's hours in 1/100000 ₽, without VAT."""
    return read_frame(
        """SELECT service_id, category, hour, (price * 100000)::bigint FROM tariffs_hourlyprice
            WHERE supplier_id = %(supplier)s AND hour >= %(first)s AND hour < %(after)s
            ORDER BY service_id, category, hour""",
        {"service_id": pl.Int64, "category": pl.String, "hour": pl.String, "price": pl.Int64},
        {"supplier": supplier_id, "first": month.isoformat(), "after": f"{month:%Y-%m}-32"},
    )


def hourly_prices_register(*, supplier_id: int) -> pl.DataFrame:
    """Return every price of an hour, as hourly_prices.csv has it."""
    return read_frame(
        """SELECT service_id, category, hour, price FROM tariffs_hourlyprice
            WHERE supplier_id = %(supplier)s""",
        {"service_id": pl.Int64, "category": pl.String, "hour": pl.String,
         "price": pl.Decimal(38, 5)},
        {"supplier": supplier_id},
    )  # fmt: skip
