"""From our order to YooKassa's JSON, and from its JSON to what we want to know."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from abonent.common.money import plain_roubles
from abonent.common.periods import Period
from abonent.domain.payments.ports import (
    CURRENCY,
    CardUse,
    Exchange,
    Fiscal,
    Hint,
    Kept,
    Order,
    RefundOrder,
    RefundSeen,
    RefundStanding,
    Seen,
    Standing,
    Unknown,
)
from abonent.domain.payments.rules.receipts import Receipt, ReceiptState

# The name of our own number among the bank's metadata.
OUR_NUMBER = "abonent_payment"
OUR_REFUND = "abonent_refund"
EXPIRED_REASONS = frozenset({"expired_on_confirmation", "expired_on_capture"})
_PURPOSE_LIMIT, _DESCRIPTION_LIMIT, _NAME_LIMIT, _BANK_LIMIT = 210, 128, 160, 45
_REFUND_LIMIT = 250
# Tag 1199 → YooKassa's own numbering of the rates: 1 is "no VAT" there.
_VAT_CODES = {6: 1, 5: 2, 2: 3, 1: 4, 4: 5, 3: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11, 12: 12}
_TAX_SYSTEMS = {"osn": 1, "usn_income": 2, "usn_income_outcome": 3, "esn": 5, "patent": 6}
_REGISTRATIONS = {
    "pending": ReceiptState.PENDING,
    "succeeded": ReceiptState.REGISTERED,
    "canceled": ReceiptState.FAILED,
}
_REFUND_STANDINGS = {
    "pending": RefundStanding.PENDING,
    "succeeded": RefundStanding.DONE,
    "canceled": RefundStanding.REFUSED,
}


def payment_request(order: Order) -> dict[str, Any]:
    """Return the body that opens a payment; the same order gives the same body.

    A kept card is charged without a page, so there is nothing to confirm (PROTOCOLS 1.7).
    """
    return {
        "amount": _money(order.amount),
        "capture": True,
        **_way(order),
        "description": order.description[:_DESCRIPTION_LIMIT],
        "metadata": {OUR_NUMBER: order.number},
        "payment_order": _utilities_order(order),
        **_receipt(order.receipt),
    }


def _way(order: Order) -> dict[str, Any]:
    """Return how the money is taken: from a kept card, or at a page that may keep one."""
    if order.charges:
        return {"payment_method_id": order.token}
    page = {
        "type": "redirect",
        "return_url": order.return_url,
        "locale": "ru_RU",
        "enforce": True,
    }
    kept = {"save_payment_method": True} if order.card_use == CardUse.KEEP else {}
    return {"confirmation": page, **kept}


def _utilities_order(order: Order) -> dict[str, Any]:
    """Return the order for housing and utilities, obligatory at such shops (PROTOCOLS 1.3)."""
    year, _, month = order.month.partition("-")
    payee = order.payee
    written: dict[str, Any] = {
        "type": "utilities",
        "amount": _money(order.amount),
        "payment_purpose": order.description[:_PURPOSE_LIMIT],
        "recipient": {
            "name": payee.name[:_NAME_LIMIT],
            "inn": payee.inn,
            "kpp": payee.kpp,
            "bank": {
                "name": payee.bank_name[:_BANK_LIMIT],
                "bic": payee.bic,
                "account": payee.account_number,
                "correspondent_account": payee.correspondent_account,
            },
        },
        "payment_period": {"month": int(month), "year": int(year)},
        "account_number": order.account_number[:30],
    }
    if len(order.unified_account) == 10:  # noqa: PLR2004  (the length of a ЕЛС)
        written["unified_account_number"] = order.unified_account
    return written


def refund_request(order: RefundOrder) -> dict[str, Any]:
    """Return the body that gives money back; the same order gives the same body."""
    return {
        "payment_id": order.payment_id,
        "amount": _money(order.amount),
        "description": order.description[:_REFUND_LIMIT],
        "metadata": {OUR_REFUND: order.number},
        **_receipt(order.receipt),
    }


def _receipt(receipt: Receipt | None) -> dict[str, Any]:
    """Return the receipt for the cash register, nothing where there is none."""
    if receipt is None:
        return {}
    phone = "".join(sign for sign in receipt.phone if sign.isdecimal())
    return {
        "receipt": {
            "customer": {"email": receipt.email} if receipt.email else {"phone": phone},
            "tax_system_code": _TAX_SYSTEMS[receipt.tax_system],
            "items": [
                {
                    "description": line.name,
                    "amount": _money(line.amount),
                    "vat_code": _VAT_CODES[line.vat],
                    "quantity": "1",
                    "measure": "piece",
                    "payment_subject": str(line.subject),
                    "payment_mode": str(line.mode),
                }
                for line in receipt.lines
            ],
        }
    }


def registration(body: dict[str, Any]) -> Fiscal | None:
    """Read where the receipt of a payment or a refund stands; None without one."""
    found = _REGISTRATIONS.get(str(body.get("receipt_registration", "")))
    return Fiscal(found) if found else None


def read_registered(item: dict[str, Any]) -> Fiscal | None:
    """Read the numbers of a receipt that is given; None when they are not there yet."""
    try:
        return Fiscal(
            ReceiptState.REGISTERED,
            document_number=_text(item["fiscal_document_number"]),
            storage_number=_text(item["fiscal_storage_number"]),
            sign=_text(item["fiscal_attribute"]),
            registered_at=_moment(item["registered_at"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def may_give_back(body: dict[str, Any], order: RefundOrder) -> bool:
    """Tell whether the payment stands at the bank as we know it: paid, so much gone back."""
    try:
        gone = body.get("refunded_amount")
        returned = Decimal(_text(gone["value"])) * 100 if gone else Decimal(0)
        return (
            body["status"] == "succeeded"
            and _kopecks(body["amount"]) == (order.paid, CURRENCY)
            and returned == order.before
        )
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return False


def read_refund(body: dict[str, Any], exchange: Exchange) -> RefundSeen | Unknown:
    """Read a refund object; anything we do not understand is Unknown."""
    try:
        amount, currency = _kopecks(body["amount"])
        return RefundSeen(
            provider_id=_text(body["id"]),
            payment_id=_text(body["payment_id"]),
            number=_text(_object(body, "metadata").get(OUR_REFUND, "")),
            standing=_REFUND_STANDINGS[body["status"]],
            amount=amount,
            currency=currency,
            exchange=exchange,
            reason=_text(_object(body, "cancellation_details").get("reason", "")),
            receipt=registration(body),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        return Unknown(why=f"unreadable refund: {type(error).__name__}", exchange=exchange)


def read_payment(body: dict[str, Any], exchange: Exchange) -> Seen | Unknown:
    """Read a payment object; anything we do not understand is Unknown, never "declined"."""
    try:
        amount, currency = _kopecks(body["amount"])
        standing, reason = _standing(body)
        return Seen(
            provider_id=_text(body["id"]),
            number=_text(_object(body, "metadata").get(OUR_NUMBER, "")),
            standing=standing,
            amount=amount,
            currency=currency,
            test=_flag(body.get("test", False)),
            exchange=exchange,
            confirmation_url=_web_address(_object(body, "confirmation")),
            captured_at=_moment(body.get("captured_at")),
            reason=reason,
            method=_text(_object(body, "payment_method").get("type", "")),
            card=_card(_object(_object(body, "payment_method"), "card")),
            receipt=registration(body),
            kept=_kept(_object(body, "payment_method")),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        return Unknown(why=f"unreadable payment: {type(error).__name__}", exchange=exchange)


def _kept(method: dict[str, Any]) -> Kept | None:
    """Read a kept card; None when the bank keeps none, though it may have been asked to."""
    card = _object(method, "card")
    if method.get("saved") is not True or not card:
        return None
    return Kept(_text(method["id"]), _card(card), _last_month(card))


def _last_month(card: dict[str, Any]) -> Period | None:
    """Return the card's last month; none is no reason to doubt the payment."""
    try:
        return Period.parse(f"{card['expiry_year']}-{card['expiry_month']}")
    except (KeyError, ValueError):
        return None


def read_notice(raw: bytes) -> Hint | None:
    """Read what a notice claims about a payment; None when it is of something else."""
    try:
        body = json.loads(raw, parse_float=str)
        kind, _, _ = body["event"].partition(".")
        if body["type"] != "notification" or kind not in {"payment", "refund"}:
            return None
        told = body["object"]
        amount, currency = _kopecks(told["amount"])
        if kind == "refund":
            return Hint(
                provider_id=_text(told["payment_id"]),
                number=_text(_object(told, "metadata").get(OUR_REFUND, "")),
                amount=amount,
                currency=currency,
                test=False,
                refund_id=_text(told["id"]),
            )
        return Hint(
            provider_id=_text(told["id"]),
            number=_text(_object(told, "metadata").get(OUR_NUMBER, "")),
            amount=amount,
            currency=currency,
            test=_flag(told.get("test", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, RecursionError):
        return None


def _standing(body: dict[str, Any]) -> tuple[Standing, str]:
    """Return where the payment stands; raises ValueError for a word we do not know."""
    status = body["status"]
    if status == "pending":
        return Standing.PENDING, ""
    if status == "succeeded" and body.get("paid") is True:
        return Standing.PAID, ""
    if status == "canceled":
        reason = _text(_object(body, "cancellation_details").get("reason", ""))
        return (Standing.EXPIRED if reason in EXPIRED_REASONS else Standing.DECLINED), reason
    # We never ask for two steps, so "waiting_for_capture" is as strange as any other word.
    raise ValueError(status)


def _money(kopecks: int) -> dict[str, str]:
    return {"value": plain_roubles(kopecks), "currency": CURRENCY}


def _kopecks(money: Any) -> tuple[int, str]:
    """Read an amount exactly; more than two decimals are refused (PROTOCOLS 12)."""
    value = Decimal(_text(money["value"]))
    kopecks = value * 100
    if not kopecks.is_finite() or kopecks != kopecks.to_integral_value() or kopecks <= 0:
        raise ValueError(money)
    return int(kopecks), _text(money["currency"])


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = {} if body.get(name) is None else body[name]
    if not isinstance(found, dict):
        raise TypeError(name)
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(_text(text))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _web_address(confirmation: dict[str, Any]) -> str:
    """Return the page to send the payer to; only an address of the web will do."""
    address = _text(confirmation.get("confirmation_url", ""))
    return address if address.startswith(("https://", "http://")) else ""


def _card(card: dict[str, Any]) -> str:
    """Return the card as «5555 55•• •••• 4477»: first six and last four are all there is."""
    first, last = _text(card.get("first6", "")), _text(card.get("last4", ""))
    return f"{first[:4]} {first[4:]}•• •••• {last}" if first and last else ""
