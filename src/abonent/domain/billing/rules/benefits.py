"""Benefits in kind: a part of the charge that some people need not pay (RULES 2.8). Pure."""

from functools import cache
from typing import Any

import polars as pl

from abonent.common.periods import Period

KEY = ["account_id", "service_id"]
IN_KIND, COMPENSATION = "in_kind", "compensation"
BENEFITS: dict[str, Any] = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "persons": pl.Int64,
    "percent": pl.Int64,  # 1/10000 of a percent
    "funded": pl.String,
}
GRANT = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "persons": pl.Int64,
    "percent": pl.Int64,
    "days": pl.Int64,  # of the month
}


@cache
def no_benefits() -> pl.DataFrame:
    """Return no rows of BENEFITS."""
    return pl.DataFrame(schema=BENEFITS)


def grants(benefits: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (GRANT rows of the month, keys of benefits that say too little).

    A row ends where the next one of its account and service begins. What is compensated
    in money is charged in full.
    """
    key_order = benefits.sort(*KEY, "valid_from")
    following = pl.col("valid_from").shift(-1).over(KEY).dt.offset_by("-1d")
    rows = key_order.with_columns(
        pl.max_horizontal("valid_from", pl.lit(period.first_day)).alias("first"),
        pl.min_horizontal("valid_to", following, pl.lit(period.last_day)).alias("last"),
    ).filter((pl.col("first") <= pl.col("last")) & (pl.col("funded") != COMPENSATION))
    vague = pl.col("percent").is_null() | (pl.col("funded") != IN_KIND)
    word = pl.when(pl.col("percent").is_null()).then(pl.lit("percent")).otherwise(pl.lit("funded"))
    days = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    good = rows.filter(~vague).select(
        *KEY, pl.col("persons").fill_null(1), "percent", days.alias("days")
    )
    return good.cast(pl.Schema(GRANT)), rows.filter(vague).select(*KEY, word.alias("parameter"))
