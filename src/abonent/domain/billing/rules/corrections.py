"""The past is never edited: what should have been billed minus what was (RULES 0.3, 9). Pure."""

import polars as pl

from abonent.domain.billing.rules.charged import LINE

KEY = ["account_id", "service_id", "component", "zone", "band", "rate"]
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
    "line": pl.Int64,  # null: a correction billed since
}


def correction_lines(should_be: pl.DataFrame, was: pl.DataFrame, month: str) -> pl.DataFrame:
    """Return one line for each line of a month that a bill must correct: new minus old.

    ``should_be``: LINE of the month, calculated again. ``was`` (WAS): its lines as billed,
    with the corrections of them since. ``month`` as ``2026-08``. A line is known by its
    service, component, zone, band and rate, so another price takes the old sum back whole.
    ``corrects`` names the month and, where there was one, the line. Equal sums give no line:
    a second run yields nothing.
    """
    numbers = ["volume", "amount", "vat"]
    new = should_be.group_by(KEY).agg(
        pl.col(numbers).sum().name.prefix("new_"), pl.col("unit").first().alias("new_unit")
    )
    old = was.group_by(KEY).agg(
        pl.col(numbers).sum().name.prefix("old_"),
        pl.col("unit").first().alias("old_unit"),
        pl.col("line").min(),
    )
    rows = new.join(old, on=KEY, how="full", coalesce=True).with_columns(
        pl.col(f"{age}_{name}").fill_null(0) for age in ("new", "old") for name in numbers
    )
    rows = rows.filter(
        (pl.col("new_amount") != pl.col("old_amount")) | (pl.col("new_vat") != pl.col("old_vat"))
    )
    basis = pl.format(
        '{{"month":"{}","was":{{"volume":{},"amount":{}}},"now":{{"volume":{},"amount":{}}}}}',
        pl.lit(month),
        "old_volume",
        "old_amount",
        "new_volume",
        "new_amount",
    )
    named = pl.when(pl.col("line").is_not_null()).then(pl.format("{}/{}", pl.lit(month), "line"))
    return (
        rows.with_columns(
            *(
                (pl.col(f"new_{name}") - pl.col(f"old_{name}")).cast(pl.Int64).alias(name)
                for name in numbers
            ),
            pl.coalesce("new_unit", "old_unit").alias("unit"),
            pl.lit("correction").alias("method"),
            pl.lit("correction").alias("rule"),
            pl.lit(1000, pl.Int64).alias("multiplier"),
            basis.alias("basis"),
            named.otherwise(pl.lit(month)).alias("corrects"),
        )
        .sort(KEY)
        .select(*LINE, "corrects")
    )


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
