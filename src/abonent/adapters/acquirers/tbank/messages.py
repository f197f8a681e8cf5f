"""From our order to T-Bank's JSON, and from its JSON to what we want to know (PROTOCOLS 2)."""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from abonent.adapters.acquirers.attempts import payment_number
from abonent.adapters.acquirers.shops import Shop
from abonent.adapters.acquirers.tbank import receipts
from abonent.common.periods import Period
from abonent.domain.payments.ports import (
    CURRENCY,
    CardUse,
    Exchange,
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

MOSCOW = timezone(timedelta(hours=3))
NOT_FOUND = frozenset({"255", "914"})
# The terminal itself is turned away: nothing was looked at and nothing was done.
NO_ACCESS = frozenset({"202", "204", "205", "501"})
# The order stands already, or the bank does not know itself what it did.
UNCLEAR = frozenset({"20", "99", "120", "402", "1089", "1091", "9001", "9999"})
UNOPENED = "NEW"
# The one method that answers with an array.
LISTS_CARDS = "GetCardList"

_STANDINGS = {
    **dict.fromkeys(
        (
            "NEW", "FORM_SHOWED", "PREAUTHORIZING", "AUTHORIZING", "3DS_CHECKING", "3DS_CHECKED",
            "PAY_CHECKING", "AUTHORIZED", "CONFIRMING", "CONFIRM_CHECKING",
        ),
        Standing.PENDING,
    ),
    "REJECTED": Standing.TRIED,
    "AUTH_FAIL": Standing.TRIED,
    "CONFIRMED": Standing.PAID,
    "CANCELED": Standing.DECLINED,
    "ATTEMPTS_EXPIRED": Standing.DECLINED,
    "REVERSED": Standing.DECLINED,
    "DEADLINE_EXPIRED": Standing.EXPIRED,
}  # fmt: skip
# Money that went back before we heard that it had come: for a person to look at, so these
# are left out above: REVERSING, PARTIAL_REVERSED, REFUNDING, ASYNC_REFUNDING,
# PARTIAL_REFUNDED, REFUNDED.
_GIVEN_BACK = ("REVERS", "REFUND")
_REASONS = {
    **dict.fromkeys(("51", "103", "116", "1051"), "insufficient_funds"),
    **dict.fromkeys(("101", "106", "108"), "3d_secure_failed"),
    **dict.fromkeys(("1014", "1033", "1054"), "card_expired"),
    **dict.fromkeys(("1041", "1057"), "payment_method_restricted"),
    **dict.fromkeys(("1061", "1065", "1202", "1203", "1204"), "payment_method_limit_exceeded"),
    **dict.fromkeys(("99", "120", "402", "1089", "1091", "9001"), "issuer_unavailable"),
    "1082": "invalid_csc",
    "104": "permission_revoked",
}
# A charge that was turned down before anything was done: not allowed to this terminal, no such
# kept card any more, opened for something else. Whatever is not here stays unknown.
_NOT_CHARGED = {"10": "10", "104": "permission_revoked", "1126": "1126"}
# Who begins an operation (PROTOCOLS 2.3): a payer who lets the card be kept, a payer by a kept
# card, the shop by his mandate.
_INITIATORS = {CardUse.KEEP: "1", CardUse.BY_PAYER: "2", CardUse.BY_AUTOPAY: "R"}
_DESCRIPTION_LIMIT, _VALUE_LIMIT = 140, 100
_LARGEST = 10**10


def token(fields: Mapping[str, Any], password: str) -> str:
    """Return the signature: the top-level values and the password, glued in the names' order."""
    values = {
        name: _plain(value)
        for name, value in fields.items()
        if name != "Token" and isinstance(value, str | int)
    }
    glued = "".join(value for _, value in sorted((values | {"Password": password}).items()))
    return sha256(glued.encode()).hexdigest()


def signed(fields: dict[str, Any], shop: Shop) -> str:
    """Return the body of a request: the fields, the terminal and the token, as JSON."""
    body = {"TerminalKey": shop.number} | fields
    return json.dumps(body | {"Token": token(body, shop.secret)}, ensure_ascii=False)


def opening(order: Order, number: str, due_at: datetime) -> dict[str, Any]:
    """Return what opens a payment under the order number, payable until the moment given."""
    return {
        "Amount": order.amount,
        "OrderId": number,
        "Description": order.description[:_DESCRIPTION_LIMIT],
        "PayType": "O",
        "Language": "ru",
        "SuccessURL": order.return_url,
        "FailURL": order.return_url,
        "RedirectDueDate": due_at.astimezone(MOSCOW).isoformat(timespec="seconds"),
        # These come back in the bank's daily registry.
        "DATA": {
            "account": order.account_number[:_VALUE_LIMIT],
            "month": order.month,
            **_initiator(order),
        },
        **_keeping(order),
        **receipts.written(order.receipt),
    }


def _initiator(order: Order) -> dict[str, str]:
    use = order.card_use
    return {"OperationInitiatorType": _INITIATORS[use]} if use else {}


def _keeping(order: Order) -> dict[str, str]:
    """Name the payer to the bank where a card is kept; ``Recurrent`` asks for what charges it."""
    if order.card_use is None:
        return {}
    asked = {"Recurrent": "Y"} if order.card_use == CardUse.KEEP else {}
    return {"CustomerKey": order.keeper, **asked}


def why_not_charged(code: str) -> str:
    """Say why a charge was surely not carried out, "" when it may have been."""
    return code if code in NO_ACCESS else _NOT_CHARGED.get(code, "")


def read_kept(card: Mapping[str, Any]) -> Kept | None:
    """Read a card of the list; None for one that cannot be charged."""
    try:
        if card["Status"] != "A" or not card.get("RebillId"):
            return None
        return Kept(_text(card["RebillId"]), masked_pan(_text(card["Pan"])), _last_month(card))
    except (KeyError, TypeError, ValueError):
        return None


def masked_pan(pan: str) -> str:
    """Return the card as «5555 55•• •••• 4477»; empty when it is written otherwise."""
    found = re.fullmatch(r"(\d{4})(\d{2})[*X]+(\d{4})", pan)
    return f"{found[1]} {found[2]}•• •••• {found[3]}" if found else ""


def _last_month(card: Mapping[str, Any]) -> Period | None:
    """Return the card's last month, written «1230»; none is no reason to refuse the card."""
    text = str(card.get("ExpDate", ""))
    try:
        return Period.parse(f"20{text[2:4]}-{text[:2]}")
    except ValueError:
        return None


def error_code(body: Mapping[str, Any]) -> str:
    """Return the code of an answer, "0" when it is good; raises ValueError without one."""
    code = _text(body.get("ErrorCode"))
    good = body.get("Success") in (True, "true")
    if good != (code == "0"):
        raise ValueError(code)
    return code


def read_payment(
    body: Mapping[str, Any], shop: Shop, exchange: Exchange, *, order_number: str = ""
) -> Seen | Unknown:
    """Read a payment of ``Init``, ``GetState`` or, with its order's number, ``CheckOrder``.

    Anything we do not understand is Unknown, never "declined".
    """
    try:
        if _text(body.get("TerminalKey", shop.number)) != shop.number:
            raise ValueError("another terminal")  # noqa: TRY301  (one place judges the answer)
        status = _text(body["Status"])
        if status not in _STANDINGS:
            raise ValueError(status)  # noqa: TRY301  (the same)
        number = order_number or _text(body["OrderId"])
        return Seen(
            provider_id=_identifier(body["PaymentId"]),
            number=payment_number(number) or number,
            standing=_STANDINGS[status],
            amount=_kopecks(body["Amount"]),
            currency=CURRENCY,
            test=is_demo(shop.number),
            exchange=exchange,
            confirmation_url=_web_address(body.get("PaymentURL")),
            reason=_reason(_STANDINGS[status], body),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(why=f"unreadable payment: {error!r}"[:120], exchange=exchange)


def payments_of_order(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the payments of an order; raises TypeError or KeyError for another shape."""
    found = body["Payments"]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TypeError(found)
    return found


def is_waiting(payment: Mapping[str, Any]) -> bool:
    """Tell whether a payment of an order may still be paid."""
    return _STANDINGS.get(payment["Status"]) in {Standing.PENDING, Standing.TRIED}


def why_not_refund(body: Mapping[str, Any], order: RefundOrder) -> str:
    """Say why a payment in this state cannot be given back as asked, "" when it can."""
    if body.get("Status") != ("PARTIAL_REFUNDED" if order.before else "CONFIRMED"):
        return "differs"
    if order.before and order.before + order.amount != order.paid:
        return "only_the_rest"
    return ""


def refund_standing(body: Mapping[str, Any], order: RefundOrder) -> RefundStanding | None:
    """Tell from the payment's state where the refund stands; None when it does not say.

    Refused stands also for a refund that the bank never got.
    """
    whole = order.before + order.amount == order.paid
    return {
        "REFUNDING": RefundStanding.PENDING,
        "ASYNC_REFUNDING": RefundStanding.PENDING,
        "REFUNDED": RefundStanding.DONE if whole else None,
        "PARTIAL_REFUNDED": RefundStanding.REFUSED if order.before else RefundStanding.DONE,
        "CONFIRMED": None if order.before else RefundStanding.REFUSED,
    }.get(str(body.get("Status")))


def refund_seen(order: RefundOrder, standing: RefundStanding, exchange: Exchange) -> RefundSeen:
    """Return the refund as the port wants it: the bank tells nothing but its standing."""
    return RefundSeen(
        provider_id=f"{order.payment_id}-{order.number}",
        payment_id=order.payment_id,
        number=order.number,
        standing=standing,
        amount=order.amount,
        currency=CURRENCY,
        exchange=exchange,
    )


def read_notice(raw: bytes, shop: Shop | None) -> Hint | None:
    """Read what a notice claims about a payment; None when it is of something else."""
    try:
        body = json.loads(raw, parse_float=str)
        status = _text(body["Status"])
        provider_id, number = _identifier(body["PaymentId"]), _text(body["OrderId"])
        of_receipt = status == receipts.TOLD
        given_back = any(word in status for word in _GIVEN_BACK) or (
            of_receipt and receipts.is_of_refund(body)
        )
        if status not in _STANDINGS and not given_back and not of_receipt:
            return None
        terminal = _text(body["TerminalKey"])
        return Hint(
            provider_id=provider_id,
            number=payment_number(number) or number,
            # The sum of a notice about money given back is the part that went.
            amount=None if given_back else _kopecks(body["Amount"]),
            currency=CURRENCY,
            test=is_demo(terminal),
            forged=shop is None or terminal != shop.number or not _is_signed(body, shop.secret),
            receipt=receipts.read_told(body) if of_receipt else None,
            given_back=given_back,
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def is_demo(terminal: str) -> bool:
    """Tell whether a terminal moves no real money."""
    return terminal.upper().endswith("DEMO")


def _is_signed(body: Mapping[str, Any], password: str) -> bool:
    return hmac.compare_digest(_text(body.get("Token")).encode(), token(body, password).encode())


def _reason(standing: Standing, body: Mapping[str, Any]) -> str:
    """Say why a payment did not pass, in the house's words; the code when there is no word."""
    if standing not in {Standing.TRIED, Standing.DECLINED}:
        return ""
    code = _text(body.get("ErrorCode", "0"))
    return "" if code == "0" else _REASONS.get(code, code)


def _plain(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(value: Any) -> str:
    """Read a text that the bank sometimes writes as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    return str(value)


def _identifier(value: Any) -> str:
    text = _text(value)
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return text


def _kopecks(value: Any) -> int:
    """Read a whole number of kopecks, written as a number or as a text of digits."""
    amount = int(_identifier(value))
    if not 0 < amount < _LARGEST:
        raise ValueError(value)
    return amount


def _web_address(value: Any) -> str:
    """Return the page to send the payer to; only an address of the web will do."""
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""
