"""What holds lines of a month back, gathered for ``rules.guards``."""

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.guards import ASIDE, gaps
from abonent.domain.billing.rules.words import Problem


def _aside(
    rows: pl.DataFrame, problem: Problem, parameter: pl.Expr, applies: str | pl.Expr
) -> pl.DataFrame:
    """Return rows (account_id, service_id) as ASIDE."""
    lines = pl.lit(applies) if isinstance(applies, str) else applies
    return rows.select(
        "account_id",
        "service_id",
        pl.lit(problem.value).alias("problem"),
        parameter.cast(pl.String).alias("parameter"),
        lines.alias("applies"),
    ).cast(pl.Schema(ASIDE))


def gaps_aside(
    registers: pl.DataFrame, people: pl.DataFrame, agreements: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return the meters removed without another one, unless the service ends with them."""
    ended = pl.concat(
        [
            people.filter(pl.col("closed_on") <= period.last_day).select("account_id"),
            agreements.filter(pl.col("valid_to") <= period.last_day).select("account_id"),
        ]
    ).unique()
    found = gaps(registers, period.first_day, period.last_day)
    left = found.join(ended, on="account_id", how="anti")
    return _aside(left, Problem.METER_GAP, pl.col("serial"), "any")


def agreements_aside(
    agreements: pl.DataFrame, unbilled: pl.DataFrame, period: Period
) -> list[pl.DataFrame]:
    """Return what agreements say that is not computed yet, and what is not billed without it."""
    if unbilled.is_empty() and not agreements["several"].any():
        return []
    before = pl.col("valid_from").is_null() | (pl.col("valid_from") < period.first_day)
    waiting = agreements.filter(before).join(unbilled, on="account_id")
    return [
        _aside(
            agreements.filter("several"),
            Problem.UNLIKE_TERMS, pl.col("tariff_category"), "unmetered",
        ),
        # A meter's next reading covers the months before; a norm and a house do not.
        _aside(waiting, Problem.UNBILLED, pl.col("since").dt.strftime("%m.%Y"), "unmetered"),
    ]  # fmt: skip
