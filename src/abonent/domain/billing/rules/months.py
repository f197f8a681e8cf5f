"""Months counted over columns of their first days. Pure."""

import polars as pl


def between(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Return how many months lie between two days' months."""
    years = later.dt.year().cast(pl.Int64) - earlier.dt.year().cast(pl.Int64)
    return years * 12 + later.dt.month().cast(pl.Int64) - earlier.dt.month().cast(pl.Int64)
