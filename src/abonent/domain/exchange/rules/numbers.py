"""Numbers of a column of texts, whatever the separators (RULES 1.5). Pure.

The usual forms are recognised at once; only what does not fit is looked at again, with
spaces between thousands, needless zeros and the typographic minus taken away.
"""

import polars as pl

_SPACE = r"[ \u00a0\u202f]"
_GROUPED = rf"^[-\u2212]?\d{{1,3}}({_SPACE}\d{{3}})+(\.\d+)?$"


def plain(texts: pl.Series, whole: int, scale: int, *, signed: bool) -> pl.Series:
    """Return the numbers as texts with a point, null where the text is no such number.

    ``whole`` and ``scale`` limit the digits before and after the point.
    """
    sign = "-?" if signed else ""
    fraction = rf"(\.\d{{1,{scale}}})?" if scale else ""
    pattern = rf"^{sign}\d{{1,{whole}}}{fraction}$"
    dotted = texts.str.replace(",", ".", literal=True)
    if dotted.str.contains(pattern).all():
        return dotted
    grouped = dotted.str.contains(_GROUPED)
    joined = dotted.str.replace_all(_SPACE, "") if grouped.any() else dotted
    tidy = (
        joined.zip_with(grouped.fill_null(value=False), dotted)
        .str.replace("\u2212", "-", literal=True)
        .str.replace(r"^(-?)0+(\d)", "$1$2")
        .str.replace(r"^([^.]*\.\d+?)0+$", "$1")
        .str.replace(r"\.0$", "")
    )
    return keep(tidy, tidy.str.contains(pattern))


def keep(values: pl.Series, mask: pl.Series) -> pl.Series:
    """Return the values where the mask holds and null elsewhere."""
    frame = pl.DataFrame([values.alias("value"), mask.alias("mask")])
    return frame.select(pl.when(pl.col("mask")).then(pl.col("value")).alias("value")).to_series()


def decimals(texts: pl.Series, scale: int) -> pl.Series:
    """Return plain number texts as exact decimals of that many places."""
    return texts.cast(pl.Decimal(38, scale), strict=False)


def scaled(texts: pl.Series, scale: int) -> pl.Series:
    """Return plain number texts as whole numbers of the last decimal place."""
    exact = decimals(texts, scale).to_frame("value")
    factor = pl.lit(10**scale, pl.Int128)
    return exact.select(
        (pl.col("value").cast(pl.Decimal(38, scale)) * factor).cast(pl.Int64)
    ).to_series()


def unscaled(values: pl.Series, scale: int) -> pl.Series:
    """Write whole numbers of the last decimal place as plain texts with all places."""
    frame = values.to_frame("value")
    size = pl.col("value").abs()
    text = pl.concat_str(
        pl.when(pl.col("value") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        (size // 10**scale).cast(pl.String),
        pl.lit("."),
        (size % 10**scale).cast(pl.String).str.zfill(scale),
    )
    return frame.select(text.alias("value")).to_series()


def without_zeros(texts: pl.Series) -> pl.Series:
    """Take needless zeros off the end of plain number texts."""
    return texts.str.replace(r"(\.\d*?)0+$", "$1").str.strip_suffix(".")
