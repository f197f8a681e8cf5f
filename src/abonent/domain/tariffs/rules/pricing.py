"""From volumes to sums: bands, zones, rates, money (RULES 0.3, 1.2, 1.3). Pure."""

import polars as pl

from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

UNIT = 1_000_000  # one whole unit in millionths
WIDE = pl.Int128
# Bands are filled by the account, not by the meter; contracts of unlike categories apart.
GROUP = ["account_id", "service_id", "component", "category"]

# In which order zones fill bands, and which of them takes the remainder: the last one.
ZONE_ORDER = {"single": 0, "day": 1, "peak": 2, "halfpeak": 3, "night": 4, "reactive": 5}


def half_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Divide with halves away from zero; both are wide whole numbers, denominator positive."""
    top = numerator.abs() * 2 + denominator
    return numerator.sign() * (top // (denominator * 2))


def kopecks(n: str, d: str, rate: str, multiplier: str) -> pl.Expr:
    """Return round(n/d millionths × rate/100000 ₽ × multiplier/1000) in kopecks."""
    scale = UNIT * 10**RATE_SCALE // 100
    plain = pl.col(multiplier) == MULTIPLIER
    top = pl.col(n).cast(WIDE) * pl.col(rate).cast(WIDE)
    bottom = pl.col(d).cast(WIDE) * scale
    return (
        pl.when(plain)
        .then(half_up(top, bottom))
        .otherwise(half_up(top * pl.col(multiplier).cast(WIDE), bottom * MULTIPLIER))
        .cast(pl.Int64)
    )


def banded(parts: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Cut the parts of tariffs with several bands into (segment, zone, band) cells.

    ``parts``: GROUP, zone, day, n, d, months, split (policy). ``rates``: service_id,
    component, category, day, zone, band, from_quantity. A month's volume fills the bands
    in the order of its days; thresholds are multiplied by the months that one reading
    covers (example 7). Parts of tariffs with one band come back whole, as band 1.
    """
    keys = ["service_id", "component", "category", "day"]
    if not (rates["band"] > 1).any():
        return parts.with_columns(pl.lit(1, pl.Int16).alias("band"))
    several = rates.filter(pl.col("band") > 1).select(keys).unique()
    limits = (
        rates.group_by(*keys, "band").agg(pl.col("from_quantity").min().alias("low")).sort("band")
    )
    # A credit (a control reading below what was billed) is given back at the first band.
    whole = parts.join(several, on=keys, how="anti")
    cut = parts.join(several, on=keys, how="semi")
    if (cut["n"] < 0).any():
        credit = pl.col("n") < 0
        whole, cut = pl.concat([whole, cut.filter(credit)]), cut.filter(~credit)
    single = whole.with_columns(pl.lit(1, pl.Int16).alias("band"))
    if cut.is_empty():
        return single
    cells = _cells(_ordered(cut), limits)
    return pl.concat([single, cells.select(single.columns)])


def _ordered(cut: pl.DataFrame) -> pl.DataFrame:
    """Put the parts in the order in which they fill the bands; volumes become whole millionths."""
    place = pl.col("zone").replace_strict(ZONE_ORDER, default=9)
    return (
        cut.with_columns(
            half_up(pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)).cast(pl.Int64).alias("v"),
            place.alias("place"),
            # A month's thresholds are multiplied once, by the longest of its readings.
            pl.col("months").max().over(GROUP).alias("months"),
        )
        .sort(*GROUP, "day", "place")
        .with_columns(
            pl.col("v").sum().over(*GROUP, "day").alias("segment"),
            pl.col("v").cum_sum().over(GROUP).alias("filled"),
        )
        .with_columns((pl.col("filled").last().over(*GROUP, "day")).alias("segment_end"))
    )


def _cells(cut: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    keys = ["service_id", "component", "category", "day"]
    bounds = limits.with_columns(pl.col("low").shift(-1).over(keys).alias("high"))
    rows = cut.join(bounds, on=keys).sort(*GROUP, "day", "place", "band")
    low = pl.col("low") * pl.col("months")
    high = (pl.col("high") * pl.col("months")).fill_null(2**62)

    def overlap(end: pl.Expr, size: pl.Expr) -> pl.Expr:
        inside = pl.min_horizontal(end, high) - pl.max_horizontal(end - size, low)
        return pl.max_horizontal(inside, pl.lit(0))

    rows = rows.with_columns(
        overlap(pl.col("segment_end"), pl.col("segment")).alias("band_volume"),
        overlap(pl.col("filled"), pl.col("v")).alias("day_first"),
    )
    used = pl.when(pl.col("band_volume") > 0).then(pl.col("band")).max()
    rows = rows.with_columns(
        used.over(*GROUP, "day").alias("last_band"),
        (pl.col("place") == pl.col("place").max().over(*GROUP, "day")).alias("last_zone"),
    )
    share = half_up(
        pl.col("band_volume").cast(WIDE) * pl.col("v").cast(WIDE),
        pl.max_horizontal(pl.col("segment"), pl.lit(1)).cast(WIDE) * UNIT,
    )
    rows = _never_below(_remainders(rows.with_columns((share * UNIT).cast(pl.Int64).alias("cell"))))
    value = pl.when(pl.col("split") == "day_first").then("day_first").otherwise("cell")
    return rows.with_columns(value.cast(WIDE).alias("n"), pl.lit(1).cast(WIDE).alias("d")).filter(
        (pl.col("n") != 0) | ((pl.col("band") == 1) & (pl.col("v") == 0))
    )


def _remainders(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the last zone the rest of each band and the last used band the rest of each zone."""
    others = pl.when(pl.col("last_zone")).then(0).otherwise(pl.col("cell"))
    rows = rows.with_columns(others.sum().over(*GROUP, "day", "band").alias("others"))
    zone_rest = pl.col("band_volume") - pl.col("others")
    cell = pl.when(pl.col("last_zone")).then(zone_rest).otherwise(pl.col("cell"))
    below = pl.col("band") < pl.col("last_band")
    rows = rows.with_columns(pl.when(below).then(cell).otherwise(0).alias("cell"))
    lower = pl.col("cell").sum().over(*GROUP, "day", "zone")
    last = pl.col("band") == pl.col("last_band")
    return rows.with_columns(
        pl.when(last).then(pl.col("v") - lower).otherwise(pl.col("cell")).alias("cell")
    )


def _never_below(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill the cells one after another where halves of three zones left one of them negative.

    Each cell takes its share of what is left of its band and of its zones, so no remainder
    falls below zero; with two zones it is the same number.
    """
    if not (rows["cell"] < 0).any():
        return rows
    segment = [*GROUP, "day"]
    wrong = rows.filter(pl.col("cell") < 0).select(segment).unique()
    marked = rows.with_row_index("nth")
    found: list[tuple[int, int]] = []
    bad = marked.join(wrong, on=segment, how="semi").sort(*segment, "band", "place")
    for _, cells in bad.group_by(segment, maintain_order=True):
        left = dict(cells.select("zone", "v").iter_rows())
        for _, band in cells.group_by("band", maintain_order=True):
            size, weight = band["band_volume"][0], sum(left.values())
            for nth, zone in band.select("nth", "zone").iter_rows():
                last = zone == band["zone"][-1]
                half = (2 * size * left[zone] + weight * UNIT) // (2 * weight * UNIT or 1) * UNIT
                part = size if last else min(half, size, left[zone])
                found.append((nth, part))
                size, weight = size - part, weight - left[zone]
                left[zone] -= part
    anew = pl.DataFrame(found, schema={"nth": pl.UInt32, "anew": pl.Int64}, orient="row")
    return (
        marked.join(anew, on="nth", how="left", maintain_order="left")
        .with_columns(pl.coalesce("anew", "cell").alias("cell"))
        .drop("nth", "anew")
    )


def priced(cells: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Give each cell its rate and its sum in kopecks, VAT apart.

    ``cells``: service_id, component, category, day, zone, band, n, d, multiplier,
    vat_hundredths (percent × 100). A missing rate leaves ``rate`` null. Household rates
    contain VAT; where the tariff says they do not, VAT is added on top (RULES 0.3, 4).
    """
    keys = ["service_id", "component", "category", "day", "zone", "band"]
    rows = cells.join(
        rates.select(*keys, "rate", "rate_id", "vat_included"),
        on=keys,
        how="left",
        maintain_order="left",
    )
    return summed(rows)


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``vat`` and ``amount`` (kopecks, VAT in it) of n / d at the rate of each row."""
    base = kopecks("n", "d", "rate", "multiplier")
    percent = pl.col("vat_hundredths").cast(WIDE)
    rows = rows.with_columns(base.alias("base"))
    inside = half_up(pl.col("base").cast(WIDE) * percent, 10_000 + percent)
    above = half_up(pl.col("base").cast(WIDE) * percent, pl.lit(10_000).cast(WIDE))
    vat = pl.when(pl.col("vat_included")).then(inside).otherwise(above).cast(pl.Int64)
    return rows.with_columns(vat.alias("vat")).with_columns(
        pl.when(pl.col("vat_included"))
        .then(pl.col("base"))
        .otherwise(pl.col("base") + pl.col("vat"))
        .alias("amount")
    )
