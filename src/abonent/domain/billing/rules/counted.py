"""From what a meter showed to what is billed: losses and whole kilowatt-hours (RULES 1.8). Pure."""

import polars as pl

from abonent.domain.tariffs.rules.pricing import UNIT, WIDE, half_up

LOSS_SCALE = 1_000_000  # a share of losses is given in millionths


def counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the contract's losses to the volumes, and round those that are billed whole.

    ``rows``: volume (millionths, after the ratio), losses (millionths of it, signed),
    whole_units (an organisation's electricity: half up to 1 kWh, per meter and after all
    multiplications). V = V_meter × (1 ± p / 100) is rounded once. Adds ``note``, JSON
    members for the explanation.
    """
    exact = pl.col("volume").cast(WIDE) * (LOSS_SCALE + pl.col("losses").cast(WIDE))
    whole = half_up(exact, pl.lit(LOSS_SCALE * UNIT).cast(WIDE)) * UNIT
    with_losses = half_up(exact, pl.lit(LOSS_SCALE).cast(WIDE))
    volume = (
        pl.when("whole_units")
        .then(whole)
        .when(pl.col("losses") != 0)
        .then(with_losses)
        .otherwise(pl.col("volume").cast(WIDE))
    )
    shown = pl.when(pl.col("losses") != 0).then(pl.format(',"l":{}', "losses"))
    note = shown.fill_null("").alias("note")
    return rows.with_columns(volume.cast(pl.Int64).alias("volume"), note)
