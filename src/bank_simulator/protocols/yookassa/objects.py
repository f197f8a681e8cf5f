"""Payments and refunds as the vendor's JSON shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bank_simulator.clock import to_text
from bank_simulator.protocols.yookassa.fields import roubles
from bank_simulator.receipts import given_for
from bank_simulator.records import RefundState, State

if TYPE_CHECKING:
    from bank_simulator.records import Card, Json, Operation, Refund

STATUSES = {
    State.PENDING: "pending",
    State.HELD: "waiting_for_capture",
    State.CAPTURED: "succeeded",
    State.CANCELLED: "canceled",
}
REFUND_STATUSES = {
    RefundState.PENDING: "pending",
    RefundState.SUCCEEDED: "succeeded",
    RefundState.CANCELLED: "canceled",
}


@dataclass(frozen=True, slots=True)
class View:
    """What is needed beside the operation to show it."""

    page: str
    returned: int
    in_return: int
    card_kept: bool
    receipt_done: bool


def money(kopecks: int) -> Json:
    """Return an amount object."""
    return {"value": roubles(kopecks), "currency": "RUB"}


def payment_object(operation: Operation, view: View) -> Json:
    """Return the payment as ``GET /payments/{id}`` gives it."""
    captured = operation.state == State.CAPTURED
    left = operation.amount - view.returned - view.in_return
    shown: Json = {
        "id": operation.id,
        "status": STATUSES[operation.state],
        "amount": money(operation.amount),
        "recipient": {"account_id": operation.shop, "gateway_id": operation.shop},
        "created_at": to_text(operation.created_at),
        "test": True,
        "paid": operation.state in (State.HELD, State.CAPTURED),
        "refundable": captured and left > 0,
        "metadata": operation.details.get("metadata", {}),
    }
    for name in ("description", "merchant_customer_id"):
        if name in operation.details:
            shown[name] = operation.details[name]
    if operation.card is not None:
        shown["payment_method"] = _method(operation, operation.card, kept=view.card_kept)
    if "receipt" in operation.details:
        shown["receipt_registration"] = _receipt(operation, view)
    return shown | _of_state(operation, view)


def _of_state(operation: Operation, view: View) -> Json:
    """Return the fields that only some states have."""
    if operation.state == State.PENDING:
        if not operation.return_url:
            return {}
        confirmation: Json = {
            "type": "redirect",
            "return_url": operation.return_url,
            "confirmation_url": view.page,
        }
        if operation.forces_code:
            confirmation["enforce"] = True
        return {"confirmation": confirmation}
    if operation.state == State.CANCELLED:
        details = {"party": operation.cancel_party, "reason": operation.cancel_reason}
        return {"cancellation_details": details}
    authorised: Json = {
        "authorization_details": {
            "rrn": operation.rrn,
            "auth_code": operation.auth_code,
            "three_d_secure": {"applied": operation.code_asked},
        }
    }
    if operation.state == State.HELD and operation.hold_until is not None:
        return authorised | {"expires_at": to_text(operation.hold_until)}
    if operation.captured_at is not None:
        authorised |= {"captured_at": to_text(operation.captured_at)}
    return authorised | {
        "income_amount": money(operation.amount - operation.fee),
        "refunded_amount": money(view.returned),
    }


def _method(operation: Operation, card: Card, *, kept: bool) -> Json:
    return {
        "type": "bank_card",
        "id": operation.method or operation.id,
        "saved": kept,
        "status": "active" if kept else "inactive",
        "title": f"Bank card *{card.last4}",
        "card": {
            "first6": card.first6,
            "last4": card.last4,
            "expiry_month": card.month,
            "expiry_year": card.year,
            "card_type": card.system,
            "issuer_country": "RU",
        },
    }


def _receipt(operation: Operation, view: View) -> str:
    if operation.state == State.CANCELLED:
        return "canceled"
    return "succeeded" if operation.state == State.CAPTURED and view.receipt_done else "pending"


def receipt_object(owner: Operation | Refund, *, kind: str, at: str) -> Json:
    """Return the receipt that the cash register gave for a payment or a refund."""
    given = given_for(owner.id)
    told = owner.details["receipt"]
    return {
        "id": f"rt_{owner.id}",
        "type": kind,
        f"{kind}_id": owner.id,
        "status": "succeeded",
        "fiscal_document_number": given.document,
        "fiscal_storage_number": given.storage,
        "fiscal_attribute": given.sign,
        "registered_at": at,
        "fiscal_provider_id": given.provider,
        "items": told.get("items", []) if isinstance(told, dict) else [],
    }


def refund_object(refund: Refund, *, receipt_done: bool = True) -> Json:
    """Return the refund as ``GET /refunds/{id}`` gives it."""
    shown: Json = {
        "id": refund.id,
        "payment_id": refund.operation,
        "status": REFUND_STATUSES[refund.state],
        "created_at": to_text(refund.created_at),
        "amount": money(refund.amount),
    }
    if refund.details.get("metadata"):
        shown["metadata"] = refund.details["metadata"]
    if "description" in refund.details:
        shown["description"] = refund.details["description"]
    if "receipt" in refund.details:
        done = refund.state == RefundState.SUCCEEDED and receipt_done
        ended = "canceled" if refund.state == RefundState.CANCELLED else "pending"
        shown["receipt_registration"] = "succeeded" if done else ended
    if refund.state == RefundState.CANCELLED:
        own = ("insufficient_funds", "general_decline", "rejected_by_timeout")
        party = "yoo_money" if refund.refusal in own else "refund_network"
        shown["cancellation_details"] = {"party": party, "reason": refund.refusal}
    return shown
