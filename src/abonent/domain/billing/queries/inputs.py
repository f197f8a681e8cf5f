"""Gather what a month's calculation reads, for a chunk of accounts or for one account."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
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
from abonent.domain.billing.queries.runs import left_behind_frame, publications
from abonent.domain.billing.queries.waiting import waiting_aside
from abonent.domain.billing.rules.homes import Homes
from abonent.domain.billing.rules.late_readings import nothing_anew
from abonent.domain.billing.rules.lines import Inputs, Parameters
from abonent.domain.metering.queries import frames as metering
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.tariffs import queries as tariffs


def parameters(*, supplier_id: int, period: Period) -> Parameters:
    """Return the supplier's prices, norms and policies that the month may need."""
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    references = tariffs.reference_rates_frame(supplier_id=supplier_id)
    vat = reference_rate(references, "vat", period.last_day)
    rows = []
    for service in suppliers.services(supplier_id=supplier_id):
        own = service.vat_percent

        def policy(name: str, code: str = service.code, kind: str = service.kind) -> str:
            return rulebook.value(name, service=code, kind=kind)

        rows.append({
            "service_id": service.id,
            "service_code": service.code,
            "service_kind": service.kind.value,
            "unit": service.unit.value,
            "vat_hundredths": int(own * 100) if own is not None else vat,
            "tariff_change": policy("tariff_change"),
            "split": policy("band_zone_split"),
            "fraction_policy": policy("fraction_policy"),
            "window_to_day": int(policy("window_to_day")),
            "recalc": policy("late_reading_recalc"),
            "window": int(policy("avg_window_months")),
        })  # fmt: skip
    schema = {
        "service_id": pl.Int64, "service_code": pl.String, "service_kind": pl.String,
        "unit": pl.String, "vat_hundredths": pl.Int64, "tariff_change": pl.String,
        "split": pl.String, "fraction_policy": pl.String,
        "window_to_day": pl.Int64, "recalc": pl.String, "window": pl.Int64,
    }  # fmt: skip
    published = publications(supplier_id=supplier_id)
    opening = suppliers.supplier_by_id(supplier_id).start_period
    return Parameters(
        period=period,
        services=pl.DataFrame(rows, schema=schema),
        rates=tariffs.rates_frame(supplier_id=supplier_id),
        norms=tariffs.norms_frame(supplier_id=supplier_id),
        published=published,
        billed_since=min(
            [day.replace(day=1) for day in (opening, *published) if day], default=None
        ),
    )


def reference_rate(references: pl.DataFrame, kind: str, day: date) -> int | None:
    """Return a dated rate in hundredths of a percent; the supplier's own rows come first."""
    rows = references.filter(
        (pl.col("kind") == kind)
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    ).sort("own", "valid_from", descending=True)
    return int(rows["value"][0]) if rows.height else None


def vat_percent(hundredths: int) -> Decimal:
    """Return a rate in percent."""
    return Decimal(hundredths) / 100


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
    services = parameters.services.filter(pl.col("service_kind") == "heat").select("service_id")
    houses = accounts.houses_frame(supplier_id=supplier_id).join(services, how="cross")
    return Inputs(
        accounts=scene.people,
        agreements=scene.agreements,
        intervals=used.quiet.intervals,
        missing=used.quiet.missing,
        houses=houses.join(
            metering.house_volumes_frame(supplier_id=supplier_id, month=period.first_day),
            on=["house_id", "service_id"],
            how="left",
        ),
        standing=used.standing.filter(pl.col("zone") != "reactive")
        .select("account_id", "service_id")
        .unique(),
        shares=used.quiet.shares,
        anew=pl.concat([used.quiet.anew, _learned(scene, extra)]).unique(maintain_order=True),
        aside=_aside(scene, used),
        homes=_homes(where, scene, houses),
        firms=firms(scene, used, inputs),
    )


def _homes(where: dict[str, Any], scene: Scene, houses: pl.DataFrame) -> Homes:
    """Return what is known of the homes besides their meters."""
    return replace(
        homes_of(where),
        events=scene.events,
        tampered=tampered_of(scene.events, scene.parameters.period),
        heat=heat_history(where, scene.people, houses, scene.horizon),
    )


def _learned(scene: Scene, extra: pl.DataFrame | None) -> pl.DataFrame:
    """Return the billed months that later facts concern; a quote and a month anew ask not."""
    if extra is not None or scene.span["only"] is not None:
        return nothing_anew()
    return learned_months(scene.span, scene.people, scene.parameters)


def _aside(scene: Scene, used: Consumption) -> pl.DataFrame:
    """Gather what holds lines of the accounts back."""
    firms = scene.people.filter(pl.col("kind") == "organisation").select("account_id")
    return pl.concat(
        [
            gaps_aside(
                used.standing.join(firms, on="account_id", how="semi"),
                scene.people,
                scene.agreements,
                scene.parameters.period,
            ),
            *agreements_aside(scene.agreements, scene.unbilled, scene.parameters.period),
            waiting_aside(scene.span, scene.people, scene.events),
        ]
    )
