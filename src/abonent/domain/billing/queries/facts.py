"""Who lived where and what happened, for the accounts of a chunk in a month."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.rules.events import EVENTS, no_events
from abonent.domain.billing.rules.homes import BUILDINGS, Homes
from abonent.domain.billing.rules.people import SHORT_STAY
from abonent.domain.billing.rules.tampering import RULE, interferences, nothing_tampered
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries import silence


def homes_of(span: dict[str, Any], people: pl.DataFrame, events: pl.DataFrame) -> Homes:
    """Return who lived there around the month, benefits, and the houses they are in.

    The houses only where an event or a benefit may ask for them. ``people``: house_id.
    """
    margin = timedelta(days=SHORT_STAY)
    mine = {"first_id": span["first_id"], "last_id": span["last_id"]}
    homes = Homes(
        residencies=accounts.residents_frame(
            **mine, since=span["month"] - margin, until=span["month_end"] + margin
        ),
        benefits=accounts.benefits_frame(**mine, month=span["month"], month_end=span["month_end"]),
        events=events,
    )
    if homes.takes_nothing_off:
        return homes
    houses = accounts.houses_frame(
        supplier_id=span["supplier_id"], only=people["house_id"].drop_nulls().unique().to_list()
    )
    return replace(homes, buildings=houses.select(list(BUILDINGS)))


def events_of(span: dict[str, Any], people: pl.DataFrame) -> pl.DataFrame:
    """Return the events (``events.EVENTS``) by account: one of a house concerns all of them.

    ``span``: supplier_id, first_id, last_id, month, month_end; ``people``: account_id,
    house_id.
    """
    houses = people["house_id"].drop_nulls().unique().to_list()
    found = metering.events_frame(**span, houses=houses)
    if found.is_empty():
        return no_events()
    own = found.filter(pl.col("account_id").is_not_null()).select(list(EVENTS))
    shared = found.filter(pl.col("account_id").is_null()).drop("account_id")
    of_house = shared.join(people.select("account_id", "house_id"), on="house_id")
    return pl.concat([own, of_house.select(list(EVENTS))]).cast(pl.Schema(EVENTS))


def tampered_of(events: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the acts of interference (``tampering.TAMPERED``) that end in a month."""
    if not (events["kind"] == RULE).any():
        return nothing_tampered()
    acts = events.filter(pl.col("kind") == RULE)
    by_event = events.filter(pl.col("kind") == "inspected").select(
        "account_id", pl.col("from_on").alias("inspected_on")
    )
    by_reading = silence.control_days_frame(accounts=acts["account_id"].unique().to_list())
    meters = silence.meter_services_frame(meters=acts["meter_id"].drop_nulls().to_list())
    acts = acts.join(meters, on="meter_id", how="left").with_columns(
        pl.coalesce("service_id", "of_meter").alias("service_id")
    )
    return interferences(acts, pl.concat([by_event, by_reading]), period)
