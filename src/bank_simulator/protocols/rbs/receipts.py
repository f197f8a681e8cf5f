"""The cart of an order and what the cash register made of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bank_simulator.clock import MOSCOW
from bank_simulator.protocols.desk import ApiError
from bank_simulator.protocols.rbs.errors import WRONG_FIELD
from bank_simulator.receipts import given_for
from bank_simulator.records import RefundState, State

if TYPE_CHECKING:
    from datetime import datetime

    from bank_simulator.records import Json, Operation, Refund

TAX_TYPES, TAX_SYSTEMS = range(16), range(6)
SENT, GIVEN = (0, 3), (1, 4)
NAME = 128


def read_cart(body: Json, *, amount: int) -> Json:
    """Return the cart as a detail of its order, or refuse one that does not add up."""
    if "orderBundle" not in body:
        return {}
    told = body["orderBundle"]
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError as problem:
            raise ApiError(WRONG_FIELD, "orderBundle: JSON.") from problem
    try:
        buyer, items = told["customerDetails"], told["cartItems"]["items"]  # type: ignore[index]  # a shop's JSON: another shape is refused
        lines = [_line(item) for item in items]
        reachable = bool(buyer.get("email") or buyer.get("phone"))
    except (AttributeError, KeyError, TypeError) as problem:
        raise ApiError(WRONG_FIELD, "orderBundle: customerDetails and cartItems.") from problem
    if not reachable or str(body.get("taxSystem", "0")) not in map(str, TAX_SYSTEMS):
        raise ApiError(WRONG_FIELD, "orderBundle: no contact, or an unknown taxSystem.")
    if sum(lines) != amount:
        raise ApiError(WRONG_FIELD, "orderBundle: the lines do not add up to the order.")
    return {"receipt": told}


def shown(operation: Operation, refunds: list[Refund], *, stuck: bool, now: datetime) -> list[Json]:
    """Return the receipts of an order: of its payment, then of each refund."""
    if "receipt" not in operation.details or operation.state != State.CAPTURED:
        return []
    done = [one for one in refunds if one.state == RefundState.SUCCEEDED]
    owners = [(operation.id, 0), *((one.id, 1) for one in done)]
    return [_receipt(identifier, kind, stuck=stuck, now=now) for identifier, kind in owners]


def _receipt(identifier: str, kind: int, *, stuck: bool, now: datetime) -> Json:
    if stuck:
        return {"receiptStatus": SENT[kind], "uuid": identifier}
    given = given_for(identifier)
    return {
        "receiptStatus": GIVEN[kind],
        "uuid": identifier,
        "fn_number": given.storage,
        "fiscal_document_number": int(given.document),
        "fiscal_document_attribute": int(given.sign),
        "receipt_datetime": now.astimezone(MOSCOW).isoformat(timespec="seconds"),
    }


def _line(item: Json) -> int:
    """Return the sum of a line whose price fits its quantity."""
    quantity, price = item["quantity"]["value"], item["itemPrice"]  # type: ignore[index]  # a shop's JSON: another shape is refused
    fits = isinstance(price, int) and quantity * price == item["itemAmount"]
    tax = item["tax"]["taxType"]  # type: ignore[index]  # a shop's JSON: another shape is refused
    if not fits or tax not in TAX_TYPES or not 0 < len(str(item["name"])) <= NAME:
        raise ApiError(WRONG_FIELD, "orderBundle: a line is wrong.")
    return int(quantity * price)
