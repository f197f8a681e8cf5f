"""Fiscal receipts at the engine: a cart with the order, asked about by ``getReceiptStatus``.

The engine makes the receipt of a refund out of the order's cart by itself (PROTOCOLS 3.2
names the methods; the fields of cart and answer are those of open clients).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from abonent.adapters.acquirers.rbs.asking import ask, code_of
from abonent.adapters.acquirers.rbs.messages import GOOD
from abonent.adapters.acquirers.shops import Shop
from abonent.domain.payments.ports import Fiscal
from abonent.domain.payments.rules.receipts import Mode, Receipt, ReceiptState, Subject

# Tag 1199 → the engine's numbers. Those of 22 % are in no text that was found: to be tried.
_TAX_TYPES = {6: 0, 5: 1, 2: 2, 4: 4, 1: 6, 3: 7, 7: 10, 8: 11, 9: 12, 10: 13, 11: 14, 12: 15}
_TAX_SYSTEMS = {"osn": 0, "usn_income": 1, "usn_income_outcome": 2, "esn": 4, "patent": 5}
_METHODS = {Mode.FULL: 4, Mode.ADVANCE: 3}
_OBJECTS = {Subject.SERVICE: 4, Subject.PAYMENT: 10}
# Sent, given, failed: of the payment's receipt, then of a refund's.
_OF_PAYMENT, _OF_REFUND = (0, 1, 2), (3, 4, 5)
_STATES = (ReceiptState.PENDING, ReceiptState.REGISTERED, ReceiptState.FAILED)


def written(receipt: Receipt | None) -> dict[str, Any]:
    """Return the cart as it goes with an order; nothing where there is no receipt."""
    if receipt is None:
        return {}
    items = [
        {
            "positionId": str(place),
            "name": line.name,
            "quantity": {"value": 1, "measure": "шт"},
            "itemPrice": line.amount,
            "itemAmount": line.amount,
            "itemCode": str(place),
            "tax": {"taxType": _TAX_TYPES[line.vat]},
            "itemAttributes": {
                "attributes": [
                    {"name": "paymentMethod", "value": str(_METHODS[line.mode])},
                    {"name": "paymentObject", "value": str(_OBJECTS[line.subject])},
                ]
            },
        }
        for place, line in enumerate(receipt.lines, start=1)
    ]
    buyer = {"email": receipt.email} if receipt.email else {"phone": receipt.phone}
    return {
        "taxSystem": _TAX_SYSTEMS[receipt.tax_system],
        "orderBundle": {"customerDetails": buyer, "cartItems": {"items": items}},
    }


def of_payment(shop: Shop, bank_number: str, *, until: float) -> Fiscal:
    """Ask what became of the payment's receipt; what cannot be read is on its way still."""
    return _asked(shop, bank_number, _OF_PAYMENT, until=until)


def of_refund(shop: Shop, bank_number: str, *, until: float) -> Fiscal:
    """Ask what became of the receipt of the order's last refund."""
    return _asked(shop, bank_number, _OF_REFUND, until=until)


def _asked(shop: Shop, bank_number: str, wanted: tuple[int, ...], *, until: float) -> Fiscal:
    reply = ask(shop, "getReceiptStatus", {"orderId": bank_number}, until=until)
    listed = (reply.body or {}).get("receipt") if code_of(reply) == GOOD else None
    for one in reversed(listed if isinstance(listed, list) else []):
        found = _read(one, wanted) if isinstance(one, dict) else None
        if found is not None:
            return found
    return Fiscal(ReceiptState.PENDING)


def _read(one: Mapping[str, Any], wanted: tuple[int, ...]) -> Fiscal | None:
    """Read one receipt of an order; None for one of the other kind or one without numbers."""
    try:
        state = _STATES[wanted.index(int(one["receiptStatus"]))]
        if state != ReceiptState.REGISTERED:
            return Fiscal(state)
        return Fiscal(
            state,
            document_number=_digits(one["fiscal_document_number"]),
            storage_number=_digits(one["fn_number"]),
            sign=_digits(one["fiscal_document_attribute"]),
            registered_at=datetime.fromisoformat(one["receipt_datetime"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _digits(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return text
