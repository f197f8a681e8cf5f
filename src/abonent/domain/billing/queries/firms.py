"""Gather what a month's calculation reads of organisations, for a range of accounts."""

from collections.abc import Callable
from dataclasses import replace

from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.consumption import Consumption, Scene
from abonent.domain.billing.queries.subs import sub_volumes
from abonent.domain.billing.queries.unread import known_of
from abonent.domain.billing.rules.contracts import CONTRACT
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.lines import Inputs
from abonent.domain.billing.rules.losses import LOSS
from abonent.domain.metering.queries.profiles import (
    hours_frame,
    kept_besides,
    losses_frame,
    power_frame,
)
from abonent.domain.tariffs.queries import hourly_prices_frame


def firms(scene: Scene, used: Consumption, gather: Callable[..., Inputs]) -> Firms:
    """Return what organisations of the scene's range have in its month.

    ``gather`` is ``inputs.inputs``, for the accounts of sub-consumers.
    """
    span = scene.span
    ids = {"first_id": span["first_id"], "last_id": span["last_id"]}
    found = Firms(prices=hourly_prices_frame(supplier_id=span["supplier_id"], month=span["month"]))
    if (scene.people["kind"] == "organisation").any() or scene.agreements["with_terms"].any():
        contracts = accounts.contracts_frame(
            supplier_id=span["supplier_id"], **ids, month_end=span["month_end"]
        ).select(list(CONTRACT))
        known = known_of(scene, used, contracts)
        found = replace(found, contracts=contracts, known=known)
    has = kept_besides(**ids)
    if "losses" in has:
        losses = losses_frame(**ids, month=span["month"], month_end=span["month_end"])
        found = replace(found, losses=losses.select(list(LOSS)))
    if "subs" in has and not scene.parameters.gross:
        subs = sub_volumes(
            span=span, parameters=scene.parameters, horizon=scene.horizon, gather=gather
        )
        found = replace(found, subs=subs)
    if "hours" in has:
        found = replace(found, hours=hours_frame(**ids, month=span["month"]))
    if "power" in has:
        found = replace(found, power=power_frame(**ids, month=span["month"]))
    return found
