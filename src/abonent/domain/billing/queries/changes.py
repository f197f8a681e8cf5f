"""Why a bill is not what the one of the month before was."""

from collections.abc import Sequence
from typing import Any

from abonent.common.money import plain_roubles
from abonent.common.numbers import plain_decimal
from abonent.domain.billing.queries.statements import BillView, Statement, bills_of, lines_of
from abonent.domain.billing.rules.causes import Cause, causes
from abonent.domain.billing.rules.explanation import LineView


def changes_of(
    found: Statement, previous: BillView | None, lines: Sequence[LineView]
) -> tuple[Cause, ...]:
    """Return the causes of the difference to the bill before; nothing without one.

    ``lines``: of the bill before.
    """
    if previous is None:
        return ()
    return causes(found.lines, lines, penalty=found.bill.penalty, penalty_before=previous.penalty)


def changes_json(*, supplier_id: int, account_id: int, found: Statement) -> dict[str, Any] | None:
    """Return the causes for ``statement --explain``; None when no bill stands before.

    The amounts sum to ``difference``: charged + penalty, less those of the month before.
    """
    before = found.bill.period.plus(-1)
    bills = bills_of(supplier_id=supplier_id, account_id=account_id)
    previous = next((bill for bill in bills if bill.period == before), None)
    if previous is None:
        return None
    told = changes_of(found, previous, lines_of(supplier_id, account_id, before))
    difference = found.bill.charged + found.bill.penalty - previous.charged - previous.penalty
    return {
        "before": str(before),
        "difference": plain_roubles(difference),
        "causes": [_cause_json(cause) for cause in told],
    }


def _cause_json(cause: Cause) -> dict[str, Any]:
    """Return a cause; ``was`` and ``now`` in ``unit``, null where no two numbers tell it."""
    return {
        "cause": cause.kind.value,
        "service": cause.service,
        "component": cause.component,
        "zone": cause.zone,
        "amount": plain_roubles(cause.amount),
        "was": None if cause.was is None else plain_decimal(cause.was),
        "now": None if cause.now is None else plain_decimal(cause.now),
        "unit": cause.unit,
    } | ({"methods": list(cause.methods)} if cause.methods else {})
