"""The past is never edited: what should have been billed minus what was (RULES 0.3, 9). Pure."""

import polars as pl

from abonent.domain.billing.rules.charged import LINE

PLACE = ["account_id", "service_id", "component", "zone", "band"]
KEY = [*PLACE, "rate"]
NUMBERS = ["volume", "amount", "vat"]
WAS = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "component": pl.String,
    "zone": pl.String,
    "band": pl.Int16,
    "rate": pl.Int64,
    "unit": pl.String,
    "volume": pl.Int64,
    "amount": pl.Int64,
    "vat": pl.Int64,
    "period": pl.Date,  # of the bill
    "line": pl.Int64,  # of the month's bill; null: of a correction that corrects no line
}


def correction_lines(should_be: pl.DataFrame, was: pl.DataFrame, month: str) -> pl.DataFrame:
    """Return one line for each line of a month that a bill must correct: new minus old.

    ``should_be``: LINE of the month, calculated again. ``was`` (WAS): its lines as billed,
    with the corrections of them since. ``month`` as ``2026-08``. A line is known by its
    service, component, zone, band and rate; one whose rate has changed, by the others.
    ``corrects`` names the month and, where there was one, the line. Equal sums give no line:
    a second run yields nothing.
    """
    new = should_be.group_by(KEY).agg(pl.col(NUMBERS).sum(), pl.col("unit").first())
    old = _as_it_stands(was)
    exact = new.join(old, on=KEY, suffix="_old")
    changed = _paired(new.join(exact, on=KEY, how="anti"), old.join(exact, on=KEY, how="anti"))
    rows = pl.concat([exact, changed.select(exact.columns)]).with_columns(
        pl.col(*NUMBERS, *(f"{name}_old" for name in NUMBERS)).fill_null(0)
    )
    other = [pl.col(name) != pl.col(f"{name}_old") for name in ("amount", "vat")]
    moved = [pl.col(name).sum() != pl.col(f"{name}_old").sum() for name in ("amount", "vat")]
    rows = rows.filter(pl.any_horizontal(other) & pl.any_horizontal(moved).over(PLACE))
    basis = pl.format(
        '{{"month":"{}","was":{{"volume":{},"amount":{}}},"now":{{"volume":{},"amount":{}}}}}',
        pl.lit(month),
        "volume_old",
        "amount_old",
        "volume",
        "amount",
    )
    named = pl.when(pl.col("line").is_not_null()).then(pl.format("{}/{}", pl.lit(month), "line"))
    return (
        rows.with_columns(
            *((pl.col(name) - pl.col(f"{name}_old")).cast(pl.Int64) for name in NUMBERS),
            pl.coalesce("unit", "unit_old").alias("unit"),
            pl.lit("correction").alias("method"),
            pl.lit("correction").alias("rule"),
            pl.lit(1000, pl.Int64).alias("multiplier"),
            basis.alias("basis"),
            named.otherwise(pl.lit(month)).alias("corrects"),
        )
        .sort(*KEY, "line")
        .select(*LINE, "corrects")
    )


def _as_it_stands(was: pl.DataFrame) -> pl.DataFrame:
    """Add up the billed lines with their corrections: KEY, the sums, the first line.

    The rate of a line is that of its last correction; what corrected no line (there was
    none) is told apart by its rate.
    """
    apart = pl.when(pl.col("line").is_null()).then("rate")
    latest = pl.col("rate").last().over(*PLACE, "line", apart)
    return (
        was.sort("period", maintain_order=True)
        .with_columns(latest.alias("rate"))
        .group_by(KEY)
        .agg(pl.col(NUMBERS).sum(), pl.col("unit").first(), pl.col("line").min())
    )


def _paired(new: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """Put lines whose rate has changed beside each other, in their order; the rest stay alone.

    What no longer counts for anything is no line to correct.
    """
    nth = pl.int_range(pl.len()).over(PLACE).alias("nth")
    standing = old.filter(pl.any_horizontal(pl.col("amount", "vat") != 0))
    return (
        new.sort(*PLACE, "rate")
        .with_columns(nth)
        .join(
            standing.sort(*PLACE, "rate").with_columns(nth),
            on=[*PLACE, "nth"], how="full", coalesce=True, suffix="_old",
        )
        .with_columns(pl.coalesce("rate", "rate_old"))
    )  # fmt: skip


def together(
    lines: pl.DataFrame, corrections: pl.DataFrame, services: pl.DataFrame
) -> pl.DataFrame:
    """Put the corrections among the lines of the month, each after its like (EXCHANGE 3)."""
    plain = lines.with_columns(pl.lit(None, pl.String).alias("corrects"))
    if corrections.is_empty():
        return plain
    order = ["account_id", "service_code", "component", "zone", "band", "corrects"]
    both = pl.concat([plain, corrections.cast(plain.schema)])
    return (
        both.join(services.select("service_id", "service_code"), on="service_id", how="left")
        .sort(order, nulls_last=False, maintain_order=True)
        .drop("service_code")
    )
