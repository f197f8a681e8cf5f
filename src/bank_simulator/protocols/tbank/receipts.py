"""The receipt that goes with a payment or a refund: read, added up, told of when it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_simulator.clock import MOSCOW
from bank_simulator.protocols.desk import ApiError
from bank_simulator.receipts import given_for

if TYPE_CHECKING:
    from bank_simulator.records import Event, Json

WRONG_RECEIPT = "308"
TAXATIONS = ("osn", "usn_income", "usn_income_outcome", "esn", "patent")
TAXES = (
    "none", "vat0", "vat5", "vat7", "vat10", "vat20", "vat22", "vat105", "vat107", "vat110",
    "vat120", "vat122",
)  # fmt: skip
METHODS = ("full_payment", "full_prepayment", "prepayment", "advance", "partial_payment", "credit")
ITEMS, NAME, EMAIL = 100, 128, 64


def read_receipt(body: Json, *, amount: int) -> Json:
    """Return the receipt as a detail of its owner, or refuse one that does not add up."""
    if "Receipt" not in body:
        return {}
    told = body["Receipt"]
    items = told.get("Items") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(items, list) or not 0 < len(items) <= ITEMS:
        raise ApiError(WRONG_RECEIPT, f"Receipt: from 1 to {ITEMS} Items.")
    if told.get("FfdVersion", "1.05") not in ("1.05", "1.2"):
        raise ApiError(WRONG_RECEIPT, "FfdVersion is 1.05 or 1.2.")
    email, phone = str(told.get("Email", "")), str(told.get("Phone", ""))
    if not 0 < len(email) <= EMAIL and not phone.startswith("+"):
        raise ApiError(WRONG_RECEIPT, "Email or Phone is needed.")
    if told.get("Taxation") not in TAXATIONS:
        raise ApiError(WRONG_RECEIPT, "Taxation is not known.")
    if sum(_line(item) for item in items) != amount:
        raise ApiError(WRONG_RECEIPT, "The lines do not add up to the payment.")
    paid = told.get("Payments", {"Electronic": amount})
    if not isinstance(paid, dict) or sum(paid.values()) != amount:
        raise ApiError(WRONG_RECEIPT, "Payments do not add up to the payment.")
    return {"receipt": told}


def told_fields(event: Event) -> Json:
    """Return what a notification tells of a receipt that was given."""
    owner = event.refund or event.operation
    given = given_for(owner.id)
    return {
        "FiscalNumber": int(given.document),
        "ShiftNumber": 1,
        "ReceiptDatetime": event.at.astimezone(MOSCOW).isoformat(timespec="seconds"),
        "FnNumber": given.storage,
        "EcrRegNumber": given.provider[:16],
        "FiscalDocumentNumber": int(given.document),
        "FiscalDocumentAttribute": given.sign,
        "Receipt": owner.details["receipt"],
        "Type": "IncomeReturn" if event.refund else "Income",
    }


def _line(item: object) -> int:
    if not isinstance(item, dict) or not 0 < len(str(item.get("Name", ""))) <= NAME:
        raise ApiError(WRONG_RECEIPT, f"Name: up to {NAME} characters.")
    price, quantity, amount = (item.get(name) for name in ("Price", "Quantity", "Amount"))
    if not isinstance(price, int) or not isinstance(quantity, int) or price * quantity != amount:
        raise ApiError(WRONG_RECEIPT, "Price by Quantity is not Amount.")
    if item.get("Tax") not in TAXES or item.get("PaymentMethod") not in METHODS:
        raise ApiError(WRONG_RECEIPT, "Tax or PaymentMethod is not known.")
    return price * quantity
