"""What houses used in common: the sum over all their rooms, whatever chunk they are in."""

from dataclasses import replace

import polars as pl

from abonent.common.periods import Period
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.rules.common_needs import CHARGED_IN, HOUSE, KEY, house_sums
from abonent.domain.billing.rules.lines import charge_lines
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.people import with_people
from abonent.domain.metering.queries.heat import shared_volumes_frame

AT_A_TIME = 24 * 1024
# Problems of an account that leave its volume known.
HARMLESS = ["benefit_terms", "no_power_sources"]
USED = {"account_id": pl.Int64, "service_id": pl.Int64, "volume": pl.Int64, "metered": pl.Boolean}


def with_common_needs(
    *, supplier_id: int, known: Parameters, horizon: Period | None = None
) -> Parameters:
    """Return the parameters with what the houses of the month used in common.

    A pass of its own over the rooms of houses without a management company that have a
    shared meter of water or electricity; other suppliers pay one small read for it.
    ``horizon`` as in ``inputs``.
    """
    houses = accounts.houses_frame(supplier_id=supplier_id).filter(
        pl.col("management").is_in(list(CHARGED_IN))
    )
    if houses.is_empty():
        return known
    kinds = known.services.filter(pl.col("service_kind") != "heat").select("service_id")
    volumes = shared_volumes_frame(supplier_id=supplier_id, month=known.period.first_day)
    shared = volumes.join(kinds, on="service_id", how="semi").join(
        houses.select("house_id", "total", "common"), on="house_id"
    )
    if shared.is_empty():
        return known
    rooms = accounts.accounts_of_houses(houses=shared["house_id"].unique().sort().to_list())
    found = [
        _part(supplier_id, rooms[start : start + AT_A_TIME], shared, known, horizon)
        for start in range(0, len(rooms), AT_A_TIME)
    ]
    if not found:
        return known
    used, lacking, there = (
        pl.concat([part[place] for part in found]) for place in range(len(found[0]))
    )
    return replace(known, shared=house_sums(used, lacking, there, shared))


def _part(
    supplier_id: int,
    ids: list[int],
    shared: pl.DataFrame,
    known: Parameters,
    horizon: Period | None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return what some accounts used, what of it is not known, and the accounts."""
    given = inputs(
        supplier_id=supplier_id, first_id=ids[0], last_id=ids[-1], parameters=known,
        horizon=horizon, only=ids,
    )  # fmt: skip
    result = charge_lines(given, known)
    services = shared.select("service_id").unique()
    own = result.lines.filter(
        pl.col("method").is_in(["meter", "average", "norm", "contract"])
        & pl.col("component").is_in(["", "water"])
    ).join(services, on="service_id", how="semi")
    used = own.group_by(KEY).agg(
        pl.col("volume").sum(), (pl.col("method") != "norm").any().alias("metered")
    )
    people = with_people(given.accounts, given.homes.residencies, known.period)
    days = pl.col("people_n").fill_null(0) * known.period.days // pl.col("people_d")
    wrong = result.problems.filter(~pl.col("problem").is_in(HARMLESS))
    lacking = wrong.join(services, on="service_id", how="semi").select(KEY).unique()
    served = pl.concat([given.agreements.select(KEY), used.select(KEY), lacking]).unique()
    there = people.with_columns(days.alias("person_days")).join(served, on="account_id")
    rooms = there.join(shared.select(HOUSE), on=HOUSE, how="semi").select(
        *KEY, "house_id", "number", "premises", "person_days"
    )
    return used.select(list(USED)).cast(pl.Schema(USED)), lacking, rooms
