"""The columns that the rules of a month hand to each other: frames of them without rows. Pure.

An account has few of the things that the rules know of, and a frame without rows costs as
much as one of a single account. So a rule that finds nothing of its own returns the shape
itself: that is what makes the quote of one reading cheap by the run's own rules.
"""

from collections.abc import Iterable

import polars as pl

# Wider than 64 bits: exact numerators and denominators of volumes.
_WIDE = pl.Int128
_KEYS = {"account_id": pl.Int64, "service_id": pl.Int64}
_PARTS = {
    **_KEYS, "zone": pl.String, "day": pl.Date, "n": _WIDE, "d": _WIDE, "months": pl.Int64,
    "multiplier": pl.Int64, "method": pl.String, "rule": pl.String, "basis": pl.String,
}  # fmt: skip
KEYS = pl.DataFrame(schema=_KEYS)
PARTS = pl.DataFrame(schema=_PARTS)
# Parts of meters know their tariff's category; ``key`` is a contract's own, or null.
TIED_PARTS = pl.DataFrame(schema={**_PARTS, "category": pl.String, "key": pl.String})
FEES = pl.DataFrame(
    schema={
        **_KEYS, "service_code": pl.String, "kind": pl.String, "component": pl.String,
        "category": pl.String, "zone": pl.String, "band": pl.Int16, "day": pl.Date,
        "months": pl.Int64, "place": pl.Int8, "method": pl.String, "rule": pl.String,
        "basis": pl.String, "unit": pl.String, "n": _WIDE, "d": _WIDE, "rate": pl.Int64,
        "rate_id": pl.Int64, "multiplier": pl.Int64, "amount": pl.Int64, "vat": pl.Int64,
        "vat_hundredths": pl.Int64, "vat_included": pl.Boolean,
    }
)  # fmt: skip
PROBLEMS = pl.DataFrame(schema={**_KEYS, "problem": pl.String, "parameter": pl.String})


def stacked(shape: pl.DataFrame, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put frames under each other in the columns of a shape; what one lacks is null in it."""
    columns = shape.columns
    full = []
    for frame in frames:
        if not frame.is_empty():
            known = set(frame.columns)
            full.append(frame[[name for name in columns if name in known]])
    return pl.concat([shape, *full], how="diagonal") if full else shape
