"""Gather what a month's calculation reads of organisations, for a range of accounts."""

from collections.abc import Callable

from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.consumption import Consumption, Scene
from abonent.domain.billing.queries.subs import sub_volumes
from abonent.domain.billing.queries.unread import known_of
from abonent.domain.billing.rules.contracts import CONTRACT
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.lines import Inputs
from abonent.domain.billing.rules.losses import LOSS
from abonent.domain.billing.rules.subs import no_subs
from abonent.domain.metering.queries.profiles import hours_frame, losses_frame, power_frame
from abonent.domain.tariffs.queries import hourly_prices_frame


def firms(scene: Scene, used: Consumption, gather: Callable[..., Inputs]) -> Firms:
    """Return what organisations of the scene's range have in its month.

    ``gather`` is ``inputs.inputs``, for the accounts of sub-consumers.
    """
    span = scene.span
    contracts = accounts.contracts_frame(
        supplier_id=span["supplier_id"], first_id=span["first_id"], last_id=span["last_id"],
        month_end=span["month_end"],
    )  # fmt: skip
    losses = losses_frame(
        first_id=span["first_id"], last_id=span["last_id"], month=span["month"],
        month_end=span["month_end"],
    )  # fmt: skip
    subs = no_subs()
    if not scene.parameters.gross:
        subs = sub_volumes(
            span=span, parameters=scene.parameters, horizon=scene.horizon, gather=gather
        )
    contracts = contracts.select(list(CONTRACT))
    known = known_of(scene, used, contracts)
    of_range = {"first_id": span["first_id"], "last_id": span["last_id"], "month": span["month"]}
    return Firms(
        contracts, losses.select(list(LOSS)), subs, known,
        hours=hours_frame(**of_range),
        prices=hourly_prices_frame(supplier_id=span["supplier_id"], month=span["month"]),
        power=power_frame(**of_range),
    )  # fmt: skip
