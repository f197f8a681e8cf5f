"""Facts that change what a month costs and that the calculation does not know yet.

Each rule that comes to be computed takes its kind or its function away.
"""

from typing import Any

import polars as pl

from abonent.domain.billing.rules.guards import ASIDE, nothing_aside
from abonent.domain.billing.rules.words import Problem

# Kinds of events that are not computed, with the lines that they change (``guards.ASIDE``).
EVENTS = {
    "no_access": "metered",
    "refusal": "metered",
    "tampering": "any",
}


def waiting_aside(span: dict[str, Any], people: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return ASIDE of the facts of a range of accounts in a month.

    ``span``: month; ``people``: account_id, kind; ``events``: those of ``facts.events_of``.
    A household whose meter nobody may see is estimated (``quiet``), its interference is
    charged by the act (``tampering``); of a firm RULES tell neither.
    """
    if events.is_empty():
        return nothing_aside()
    homes = people.filter(pl.col("kind") == "household").select("account_id")
    waiting = events.filter(
        pl.col("kind").is_in(list(EVENTS))
        & (pl.col("to_on").is_null() | (pl.col("to_on") >= span["month"]))
    ).join(homes, on="account_id", how="anti")
    applies = pl.col("kind").replace_strict(EVENTS, default=None, return_dtype=pl.String)
    return _aside(waiting.with_columns(applies.alias("applies")), "events.csv")


def _aside(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    return rows.select(
        "account_id",
        "service_id",
        pl.lit(Problem.NOT_COMPUTED.value).alias("problem"),
        pl.lit(file).alias("parameter"),
        "applies",
    ).cast(pl.Schema(ASIDE))
