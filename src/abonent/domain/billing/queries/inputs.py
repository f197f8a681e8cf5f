"""Gather what a month's calculation reads, for a chunk of accounts or for one account."""

from dataclasses import replace
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.aside import agreements_aside, gaps_aside
from abonent.domain.billing.queries.consumption import Consumption, Scene, consumption
from abonent.domain.billing.queries.facts import events_of, homes_of, tampered_of
from abonent.domain.billing.queries.firms import firms
from abonent.domain.billing.queries.heat import heat_history
from abonent.domain.billing.queries.learned import learned_months
from abonent.domain.billing.queries.runs import left_behind_frame
from abonent.domain.billing.queries.waiting import waiting_aside
from abonent.domain.billing.rules.guards import nothing_aside
from abonent.domain.billing.rules.homes import Homes
from abonent.domain.billing.rules.late_readings import nothing_anew
from abonent.domain.billing.rules.lines import Inputs
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.shapes import stacked
from abonent.domain.metering.queries import frames as metering


def inputs(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    parameters: Parameters,
    horizon: Period | None = None,
    only: list[int] | None = None,
    extra: pl.DataFrame | None = None,
) -> Inputs:
    """Return the accounts of a range with their consumption of the month.

    ``horizon``: the month by whose end readings are known, later than the month itself
    when that is calculated again, then for the accounts ``only``. ``extra``: readings that
    are not stored (a quote): register_id, period, taken_on, source, sequence, value,
    priority.
    """
    period = parameters.period
    where: dict[str, Any] = {
        "supplier_id": supplier_id, "first_id": first_id, "last_id": last_id,
        "month": period.first_day, "month_end": period.last_day,
    }  # fmt: skip
    span = where | {"only": only}
    people = accounts.accounts_frame(**span)
    scene = Scene(
        span=span,
        people=people,
        agreements=accounts.agreements_frame(**span),
        events=events_of(where, people),
        behind=left_behind_frame(
            supplier_id=supplier_id, first_id=first_id, last_id=last_id, before=period.first_day
        ),
        parameters=parameters,
        horizon=horizon or period,
        extra=extra,
    )
    used = consumption(scene)
    houses = _houses(scene)
    return Inputs(
        accounts=scene.people,
        agreements=scene.agreements,
        intervals=used.quiet.intervals,
        missing=used.quiet.missing,
        houses=houses,
        standing=used.standing.filter(pl.col("zone") != "reactive")
        .select("account_id", "service_id")
        .unique(),
        shares=used.quiet.shares,
        anew=_anew(used, scene),
        aside=_aside(scene, used),
        homes=_homes(where, scene, houses),
        firms=firms(scene, used, inputs),
    )


def _houses(scene: Scene) -> pl.DataFrame:
    """Return the heated houses of the scene with what their meters counted in the month."""
    services = scene.parameters.services.filter(pl.col("service_kind") == "heat")
    mine = scene.people["house_id"].drop_nulls().unique().to_list() if services.height else []
    if not mine:
        return pl.DataFrame(schema={**accounts.HOUSES, **metering.HOUSE_VOLUMES})
    supplier, month = scene.span["supplier_id"], scene.span["month"]
    return (
        accounts.houses_frame(supplier_id=supplier, only=mine)
        .join(services.select("service_id"), how="cross")
        .join(
            metering.house_volumes_frame(supplier_id=supplier, month=month),
            on=["house_id", "service_id"],
            how="left",
        )
    )


def _homes(where: dict[str, Any], scene: Scene, houses: pl.DataFrame) -> Homes:
    """Return what is known of the homes besides their meters."""
    return replace(
        homes_of(where, scene.people, scene.events),
        tampered=tampered_of(scene.events, scene.parameters.period),
        heat=heat_history(where, scene.people, houses, scene.horizon),
    )


def _anew(used: Consumption, scene: Scene) -> pl.DataFrame:
    """Return the billed months that late readings and later facts concern."""
    found = stacked(nothing_anew(), (used.quiet.anew, _learned(scene)))
    return found if found.is_empty() else found.unique(maintain_order=True)


def _learned(scene: Scene) -> pl.DataFrame:
    """Return the billed months that later facts concern; a quote and a month anew ask not."""
    if scene.extra is not None or scene.span["only"] is not None:
        return nothing_anew()
    return learned_months(scene.span, scene.people, scene.parameters)


def _aside(scene: Scene, used: Consumption) -> pl.DataFrame:
    """Gather what holds lines of the accounts back."""
    found = [
        *agreements_aside(scene.agreements, scene.unbilled, scene.parameters.period),
        waiting_aside(scene.span, scene.people, scene.events),
    ]
    if (scene.people["kind"] == "organisation").any():
        firms = scene.people.filter(pl.col("kind") == "organisation").select("account_id")
        standing = used.standing.join(firms, on="account_id", how="semi")
        period = scene.parameters.period
        found.append(gaps_aside(standing, scene.people, scene.agreements, period))
    return stacked(nothing_aside(), found)
