"""Gather what a month's calculation reads of organisations, for a range of accounts."""

from typing import Any

from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.rules.contracts import CONTRACT
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.losses import LOSS
from abonent.domain.metering.queries.profiles import losses_frame


def firms(span: dict[str, Any]) -> Firms:
    """Return the contracts and losses of a range (supplier_id, first_id, last_id) in a month."""
    contracts = accounts.contracts_frame(
        supplier_id=span["supplier_id"], first_id=span["first_id"], last_id=span["last_id"],
        month_end=span["month_end"],
    )  # fmt: skip
    losses = losses_frame(
        first_id=span["first_id"], last_id=span["last_id"], month=span["month"],
        month_end=span["month_end"],
    )  # fmt: skip
    return Firms(contracts.select(list(CONTRACT)), losses.select(list(LOSS)))
