"""An order as the engine shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_simulator.protocols.rbs.errors import ACTIONS, APPROVED, PLAIN_DECLINE
from bank_simulator.records import State

if TYPE_CHECKING:
    from bank_simulator.records import Json, Operation

REGISTERED, HELD, DEPOSITED, REVERSED, REFUNDED, AT_ACS, DECLINED = range(7)
MONEY = {
    State.PENDING: "CREATED",
    State.HELD: "APPROVED",
    State.CAPTURED: "DEPOSITED",
    State.CANCELLED: "DECLINED",
}


def status_of(operation: Operation, *, asked_code: bool, returned: int) -> int:
    """Return the number of the state; a payer who went away at the code stays at the ACS."""
    if operation.state == State.PENDING:
        return AT_ACS if asked_code else REGISTERED
    if operation.state == State.HELD:
        return HELD
    if operation.state == State.CAPTURED:
        return REFUNDED if returned else DEPOSITED
    by_shop = operation.cancel_reason in {"canceled_by_merchant", "expired_on_capture"}
    return REVERSED if by_shop else DECLINED


def order_object(operation: Operation, *, binding: bool, asked_code: bool, returned: int) -> Json:
    """Return what ``getOrderStatusExtended`` answers; ``returned`` is what it admits.

    ``binding``: the card that paid it is kept.
    """
    status = status_of(operation, asked_code=asked_code, returned=returned)
    approved = operation.amount if operation.state in {State.HELD, State.CAPTURED} else 0
    deposited = operation.amount if operation.state == State.CAPTURED else 0
    money = "REFUNDED" if deposited and returned == deposited else MONEY[operation.state]
    shown: Json = {
        "errorCode": "0",
        "errorMessage": "Успешно",
        "orderNumber": operation.number,
        "orderStatus": status,
        "actionCode": action_of(operation) if status == DECLINED else APPROVED,
        "actionCodeDescription": "",
        "amount": operation.amount,
        "currency": "643",
        "date": int(operation.created_at.timestamp() * 1000),
        "orderDescription": operation.title,
        "attributes": [{"name": "mdOrder", "value": operation.id}],
        "merchantOrderParams": [],
        "paymentAmountInfo": {
            "paymentState": money,
            "approvedAmount": approved,
            "depositedAmount": deposited,
            "refundedAmount": returned,
        },
    }
    card = operation.card
    if card is not None:
        shown["cardAuthInfo"] = {
            "maskedPan": f"{card.first6}**{card.last4}",
            "expiration": f"{card.year}{card.month}",
            "cardholderName": "TEST",
            "approvalCode": operation.auth_code,
        }
        shown["authRefNum"] = operation.rrn
    if binding:
        shown["bindingInfo"] = {
            "clientId": operation.details.get("keeper", ""),
            "bindingId": operation.id,
        }
    return shown


def action_of(operation: Operation) -> int:
    """Return the action code of an order that came to nothing."""
    return ACTIONS.get(operation.cancel_reason, PLAIN_DECLINE)
