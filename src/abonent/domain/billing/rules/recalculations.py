"""What takes off a month's fee: absence, breaks, low quality, benefits (RULES 2.6–2.8). Pure.

Each is a line of its own after the lines of its service, with a minus, and all of them
together never take off more than the fee.
"""

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.quality import HOUR, PER_HOUR
from abonent.domain.tariffs.rules import MULTIPLIER
from abonent.domain.tariffs.rules.pricing import WIDE, half_up, summed

KEY = ["account_id", "service_id"]
ORDER = {"absence": 2, "break": 3, "quality": 4, "benefit": 5}
PERCENTS = 1_000_000  # 1/10000 of a percent in the whole


@dataclass(frozen=True)
class Reductions:
    """What was found for the accounts of a chunk.

    ``away``: ``absence.AWAY``. ``shares``: ``quality.SHARE`` of breaks and quality.
    ``cold``: account_id, cold_rate (1/100000 ₽ a cubic metre of cold water). ``grants``:
    ``benefits.GRANT`` with people_n, people_d and limit (millionths: the norm of all who
    live there).
    """

    away: pl.DataFrame
    shares: pl.DataFrame
    cold: pl.DataFrame
    grants: pl.DataFrame


def recalculated(fees: pl.DataFrame, found: Reductions, period: Period) -> pl.DataFrame:
    """Return the lines that take off parts of the fees, in the columns of the fees.

    ``fees``: the priced lines of the accounts' own consumption.
    """
    rows = fees.filter(pl.col("amount") > 0).with_row_index("fee_row")
    rows = rows.with_columns(
        pl.col("amount").alias("fee"),
        half_up(pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)).alias("v"),
    )
    frames = [
        _absences(rows, found.away),
        _fee_shares(rows, found.shares, found.cold, period),
        _benefits(rows, found, period),
    ]
    wanted = [*fees.columns, "fee_row", "fee"]
    lines = pl.concat([frame.select(wanted) for frame in frames if not frame.is_empty()] or
                      [rows.clear().select(wanted)])  # fmt: skip
    return _capped(lines).select(fees.columns)


def _absences(rows: pl.DataFrame, away: pl.DataFrame) -> pl.DataFrame:
    """Take the days of absence off the norm: n_away × N × days / days of the month."""
    by_person = pl.col("basis").str.starts_with('"norm":{"per":"resident"')
    joined = rows.filter((pl.col("rule") == "norm") & by_person).join(
        away, on=KEY, maintain_order="left"
    )
    less = pl.format(
        '"less":{{"rule":"absence","v":{},"away":{},"there":{}}}', "v", "away", "there"
    )
    return summed(
        _as(joined, "absence").with_columns(
            (-1 * pl.col("n") * pl.col("away").cast(WIDE)).alias("n"),
            (pl.col("d") * pl.col("there").cast(WIDE)).alias("d"),
            less.alias("basis"),
        )
    )


def _fee_shares(
    rows: pl.DataFrame, shares: pl.DataFrame, cold: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Take a share of the fee off for breaks and low quality."""
    joined = rows.join(shares.rename({"rule": "taken"}), on=KEY, maintain_order="left")
    joined = joined.join(cold, on="account_id", how="left", maintain_order="left")
    rate = pl.max_horizontal("rate", pl.lit(1)).cast(WIDE)
    # The heat of hot water has no price when the water is charged as cold.
    cold_rate = pl.when(pl.col("component") == "heat").then(0).otherwise("cold_rate")
    cheaper = (rate - cold_rate.fill_null(pl.col("rate")).cast(WIDE)).clip(lower_bound=0)
    month = pl.lit(period.days * 24 * HOUR).cast(WIDE)
    p, per_hour = pl.col("p").cast(WIDE), pl.lit(PER_HOUR).cast(WIDE)
    whole, cool = pl.col("whole").cast(WIDE), pl.col("cold").cast(WIDE)
    top = p * month * rate + whole * per_hour * rate + cool * per_hour * cheaper
    bottom = per_hour * month * rate
    joined = joined.with_columns(bottom.alias("bottom")).with_columns(
        pl.min_horizontal(top, "bottom").alias("top"),
        cold_rate.fill_null(pl.col("rate")).alias("cold_rate"),
    )
    amount = -1 * half_up(pl.col("fee").cast(WIDE) * pl.col("top"), pl.col("bottom"))
    less = pl.format(
        '"less":{{"rule":"{}","fee":{},"p":"{}","q":"{}","month":{},"cold":{},"parts":[{}]}}',
        "taken", "fee", pl.col("top").cast(pl.String), pl.col("bottom").cast(pl.String),
        pl.lit(period.days * 24 * HOUR), "cold_rate", "parts",
    )  # fmt: skip
    lines = _as(joined, pl.col("taken")).with_columns(
        amount.cast(pl.Int64).alias("amount"),
        (-1 * pl.col("v") * pl.col("top")).alias("n"),
        pl.col("bottom").alias("d"),
        less.alias("basis"),
        # A share of a gross sum holds its own share of the tax.
        pl.lit(value=True).alias("vat_included"),
    )
    return _taxed(lines)


def _benefits(rows: pl.DataFrame, found: Reductions, period: Period) -> pl.DataFrame:
    """Take off the percent of the beneficiaries' share, within the norm, without multiplier."""
    whole = rows.filter(pl.col("component") != "heat")
    used = whole.group_by(KEY).agg(pl.col("v").sum().cast(pl.Int64).alias("used"))
    alone = rows.filter(pl.col("component") == "heat").group_by(KEY).agg(
        pl.col("v").sum().cast(pl.Int64).alias("used")
    )  # fmt: skip
    used = pl.concat([used, alone.join(used, on=KEY, how="anti")])
    granted = (
        found.grants.join(used.filter(pl.col("used") > 0), on=KEY)
        .join(found.away, on=KEY, how="left")
        .with_columns(pl.col("away").fill_null(0), pl.col("there").fill_null(1))
        .with_columns(
            pl.min_horizontal("limit", "used").alias("within"),
            pl.min_horizontal(pl.col("persons") * pl.col("people_d"), "people_n").alias("mine"),
        )
    )
    granted = granted.with_columns(_shares_of(granted, period.days))
    joined = rows.join(granted, on=KEY, maintain_order="left")
    less = pl.format(
        '"less":{{"rule":"benefit","v":{},"used":{},"within":{},"mine":[{},{}],"people":[{},{}],'
        '"percent":{},"days":[{},{}],"away":[{},{}]}}',
        "v", "used", "within", "mine", "people_d", "people_n", "people_d", "percent", "days",
        pl.lit(period.days), "away", "there",
    )  # fmt: skip
    return summed(
        _as(joined, "benefit").with_columns(
            (-1 * pl.col("v") * pl.col("top")).alias("n"),
            pl.col("bottom").alias("d"),
            less.alias("basis"),
            pl.lit(MULTIPLIER, pl.Int64).alias("multiplier"),
        )
    )


def _shares_of(granted: pl.DataFrame, days: int) -> list[pl.Series]:
    """Return the part of each service's volume that a benefit takes off, as top / bottom.

    In lowest terms: the product of so many numbers would not fit otherwise.
    """
    found = [
        Fraction(
            row["mine"] * row["within"] * row["percent"] * row["days"]
            * (row["there"] - row["away"]),
            row["people_n"] * row["used"] * PERCENTS * days * row["there"],
        )
        for row in granted.iter_rows(named=True)
    ]  # fmt: skip
    return [
        pl.Series("top", [share.numerator for share in found], dtype=WIDE),
        pl.Series("bottom", [share.denominator for share in found], dtype=WIDE),
    ]


def _as(rows: pl.DataFrame, rule: str | pl.Expr) -> pl.DataFrame:
    """Turn fees into lines that correct them."""
    word = pl.lit(rule) if isinstance(rule, str) else rule
    return rows.with_columns(
        pl.lit("correction").alias("method"),
        word.alias("rule"),
        word.replace_strict(ORDER, return_dtype=pl.Int8).alias("place"),
    )


def _taxed(rows: pl.DataFrame) -> pl.DataFrame:
    """Find the VAT inside the sums."""
    percent = pl.col("vat_hundredths").cast(WIDE)
    inside = half_up(pl.col("amount").cast(WIDE) * percent, 10_000 + percent)
    return rows.with_columns(inside.cast(pl.Int64).alias("vat"))


def _capped(lines: pl.DataFrame) -> pl.DataFrame:
    """Take off no more than the fee; what takes off nothing is no line."""
    ordered = lines.sort("fee_row", "place", maintain_order=True)
    before = pl.col("amount").cum_sum().over("fee_row") - pl.col("amount")
    rest = (pl.col("fee") + before).clip(lower_bound=0)
    too_much = -pl.col("amount") > rest
    capped = ordered.with_columns(rest.alias("rest"), too_much.alias("too_much"))
    named = pl.col("basis").str.strip_suffix("}") + pl.format(',"rest":{}}}', "rest")
    limited = _taxed(capped.filter("too_much").with_columns(
        (-pl.col("rest")).alias("amount"), named.alias("basis"),
        pl.lit(value=True).alias("vat_included"),
    ))  # fmt: skip
    together = pl.concat([capped.filter(~pl.col("too_much")), limited.select(capped.columns)])
    return together.filter(pl.col("amount") != 0)
