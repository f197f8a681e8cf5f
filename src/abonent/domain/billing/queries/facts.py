"""Who lived where and what happened, for the accounts of a chunk in a month."""

from datetime import timedelta
from typing import Any

import polars as pl

from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.rules.events import EVENTS
from abonent.domain.billing.rules.homes import BUILDINGS, Homes
from abonent.domain.billing.rules.people import SHORT_STAY
from abonent.domain.metering.queries import frames as metering


def homes_of(span: dict[str, Any]) -> Homes:
    """Return who lived there around the month, benefits and houses; events are apart."""
    margin = timedelta(days=SHORT_STAY)
    mine = {"first_id": span["first_id"], "last_id": span["last_id"]}
    return Homes(
        residencies=accounts.residents_frame(
            **mine, since=span["month"] - margin, until=span["month_end"] + margin
        ),
        benefits=accounts.benefits_frame(**mine, month=span["month"], month_end=span["month_end"]),
        buildings=accounts.houses_frame(supplier_id=span["supplier_id"]).select(list(BUILDINGS)),
    )


def events_of(span: dict[str, Any], people: pl.DataFrame) -> pl.DataFrame:
    """Return the events (``events.EVENTS``) by account: one of a house concerns all of them.

    ``span``: supplier_id, first_id, last_id, month, month_end; ``people``: account_id,
    house_id.
    """
    found = metering.events_frame(**span)
    own = found.filter(pl.col("account_id").is_not_null()).select(list(EVENTS))
    shared = found.filter(pl.col("account_id").is_null()).drop("account_id")
    of_house = shared.join(people.select("account_id", "house_id"), on="house_id")
    return pl.concat([own, of_house.select(list(EVENTS))]).cast(pl.Schema(EVENTS))
