"""Fiscal receipts at T-Bank: sent with the money, told of by notices (PROTOCOLS 2.6, 2.7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from abonent.domain.payments.ports import Fiscal
from abonent.domain.payments.rules.receipts import Receipt, ReceiptState

TOLD = "RECEIPT"
# Tag 1199 → the vendor's words. Those of 22 % are not in its text yet: to be tried.
_TAXES = {
    6: "none", 5: "vat0", 2: "vat10", 1: "vat20", 4: "vat110", 3: "vat120", 7: "vat5", 8: "vat7",
    9: "vat105", 10: "vat107", 11: "vat22", 12: "vat122",
}  # fmt: skip


def written(receipt: Receipt | None) -> dict[str, Any]:
    """Return the receipt as it goes with a payment or a refund; nothing where there is none."""
    if receipt is None:
        return {}
    buyer = {"Email": receipt.email} if receipt.email else {"Phone": receipt.phone}
    items = [
        {
            "Name": line.name,
            "Price": line.amount,
            "Quantity": 1,
            "Amount": line.amount,
            "Tax": _TAXES[line.vat],
            "PaymentMethod": str(line.mode),
            "PaymentObject": str(line.subject),
        }
        for line in receipt.lines
    ]
    total = sum(line.amount for line in receipt.lines)
    return {
        "Receipt": {
            "FfdVersion": "1.05",
            **buyer,
            "Taxation": receipt.tax_system,
            "Items": items,
            "Payments": {"Electronic": total},
        }
    }


def read_told(body: Mapping[str, Any]) -> Fiscal:
    """Read the numbers of a receipt that is given; raises KeyError, TypeError or ValueError."""
    return Fiscal(
        ReceiptState.REGISTERED,
        document_number=_digits(body["FiscalDocumentNumber"]),
        storage_number=_digits(body["FnNumber"]),
        sign=_digits(body["FiscalDocumentAttribute"]),
        registered_at=datetime.fromisoformat(body["ReceiptDatetime"]),
    )


def is_of_refund(body: Mapping[str, Any]) -> bool:
    """Tell whether the receipt is of money that went back."""
    return "return" in str(body.get("Type", "")).lower()


def _digits(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return text
