"""The bank's state of an operation in the vendor's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_simulator.records import CONFIRMATION_EXPIRED, State

if TYPE_CHECKING:
    from bank_simulator.records import Operation, Traces


def status_of(operation: Operation, traces: Traces, *, returned: int, in_return: int) -> str:
    """Return the word; ``in_return`` counts the refunds on their way together with the done."""
    if operation.state == State.PENDING:
        return _waiting(traces)
    if operation.state == State.HELD:
        return "AUTHORIZED"
    if operation.state == State.CANCELLED:
        return _ended(operation)
    if in_return > returned:
        return "REFUNDING"
    if returned == operation.amount:
        return "REFUNDED"
    return "PARTIAL_REFUNDED" if returned else "CONFIRMED"


def _waiting(traces: Traces) -> str:
    if traces.asked_code:
        return "3DS_CHECKING"
    if traces.refusals:
        return "REJECTED"
    return "FORM_SHOWED" if traces.visited else "NEW"


def _ended(operation: Operation) -> str:
    if operation.cancel_reason == CONFIRMATION_EXPIRED:
        return "DEADLINE_EXPIRED"
    if operation.cancel_reason == "canceled_by_merchant":
        return "REVERSED" if operation.auth_code else "CANCELED"
    if operation.cancel_reason == "expired_on_capture":
        return "REVERSED"
    # A charge of a kept card has no page that would take another one.
    charged = operation.method not in {"", operation.id}
    return "ATTEMPTS_EXPIRED" if operation.tries > 1 and not charged else "REJECTED"
