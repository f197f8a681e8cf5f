"""Which parameter row is in force for a category on a day (RULES 0.3, 8). Pure."""

from datetime import date

import polars as pl


def in_season(months: str, day: str) -> pl.Expr:
    """Say whether a row's season (``09-07``, wrapping over the year's end) holds the day."""
    first = pl.col(months).str.slice(0, 2).cast(pl.Int8, strict=False)
    last = pl.col(months).str.slice(3, 2).cast(pl.Int8, strict=False)
    month = pl.col(day).dt.month()
    plain = (first <= month) & (month <= last)
    around = (month >= first) | (month <= last)
    return (
        pl.when(first.is_null())
        .then(pl.lit(value=True))
        .when(first <= last)
        .then(plain)
        .otherwise(around)
    )


def season_changes(rates: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return the days on which the price of a season begins or is over, in the year to a day.

    ``rates``: service_id, category, from_quantity, months. Only prices from zero count:
    where a season has thresholds of its own they are those of the billed month.
    """
    months = pl.col("months").str
    first = months.slice(0, 2).cast(pl.Int64, strict=False)
    after = months.slice(3, 2).cast(pl.Int64, strict=False) % 12 + 1
    of = rates.filter((pl.col("from_quantity") == 0) & first.is_not_null())
    frames = [
        of.select(
            "service_id", "category", pl.date(year, month, 1).alias("change_on")
        )
        for year in (end.year - 1, end.year)
        for month in (first, after)
    ]  # fmt: skip
    return pl.concat(frames).filter(pl.col("change_on") <= end)


def rows_in_force(
    wanted: pl.DataFrame, rows: pl.DataFrame, keys: list[str], category: str
) -> pl.DataFrame:
    """Join each wanted (keys, category, day) with the rows in force on that day.

    A row without a category serves every category that has no row of its own. The latest
    valid_from wins, of bands each for itself. ``wanted`` must hold the keys, ``category``
    and ``day``; the result has one row for each wanted row and each distinct band or zone
    of the parameter.
    """
    on_day = (pl.col("valid_from") <= pl.col("day")) & (
        pl.col("valid_to").is_null() | (pl.col("day") <= pl.col("valid_to"))
    )
    if "months" in rows.columns:
        on_day &= in_season("months", "day")
    group = [*keys, category, "day"]
    asked = wanted.select(group).unique()
    named_rows = rows if category == "category" else rows.rename({"category": category})
    found = asked.join(named_rows, on=[*keys, category]).filter(on_day)
    rest = asked.join(found, on=group, how="anti")
    if not rest.is_empty():
        general = rows.filter(pl.col("category") == "").drop("category")
        found = pl.concat([found, rest.join(general, on=keys).filter(on_day)], how="diagonal")
    if "from_quantity" in rows.columns:
        group += ["component", "zone"]
        # Only a decision with a threshold can cut bands anew, and only after another one.
        if found["valid_from"].n_unique() > 1 and (found["from_quantity"] > 0).any():
            found = found.join(_cut_anew(found, group), on=[*group, "valid_from"], how="anti")
        group.append("from_quantity")
    return found.filter(pl.col("valid_from") == pl.col("valid_from").max().over(group))


def _cut_anew(found: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """Return the decisions (group, valid_from) whose bands a later one has cut anew.

    A later row replaces the row of its own threshold only: a supplier may change the price
    of one band. But a decision that begins at zero and names a threshold which the earlier
    one lacks has drawn the bands afresh, and the earlier ones are over.
    """
    bounds = pl.col("from_quantity")
    decisions = found.group_by(*group, "valid_from").agg(
        bounds.min().alias("lowest"), bounds.filter(bounds > 0).unique().alias("bounds")
    )
    later = decisions.rename({"valid_from": "later", "lowest": "start", "bounds": "drawn"})
    new = pl.col("drawn").list.set_difference("bounds").list.len() > 0
    return (
        decisions.join(later, on=group)
        .filter((pl.col("later") > pl.col("valid_from")) & (pl.col("start") == 0) & new)
        .select(*group, "valid_from")
        .unique()
    )
