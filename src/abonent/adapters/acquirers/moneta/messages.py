"""From our order to the form's fields, and from operations to what we want (PROTOCOLS 5)."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from abonent.adapters.acquirers.shops import Shop
from abonent.common.money import parse_kopecks, plain_roubles
from abonent.domain.payments.ports import (
    CURRENCY,
    Exchange,
    Order,
    RefundOrder,
    RefundSeen,
    RefundStanding,
    Seen,
    Standing,
    Unknown,
)

_SIGNED = (
    "MNT_ID", "MNT_TRANSACTION_ID", "MNT_AMOUNT", "MNT_CURRENCY_CODE", "MNT_SUBSCRIBER_ID",
    "MNT_TEST_MODE",
)  # fmt: skip
_TEST_HOSTS = ("demo.moneta.ru", "127.0.0.1", "localhost")
_DESCRIPTION_LIMIT = 255
_STANDINGS = {
    **dict.fromkeys(("CREATED", "INPROGRESS", "FROZEN", "TAKENOUT"), Standing.PENDING),
    # Credited to us, the report not taken yet: money all the same (PROTOCOLS 5.4).
    "TAKENIN_NOTSENT": Standing.PAID,
    "SUCCEED": Standing.PAID,
    # One operation of the order came to nothing; the form may begin another.
    "CANCELED": Standing.TRIED,
}
_REFUND_STANDINGS = {
    Standing.PENDING: RefundStanding.PENDING,
    Standing.PAID: RefundStanding.DONE,
    Standing.TRIED: RefundStanding.REFUSED,
}


def mark(glued: str, code: str) -> str:
    """Return the signature: MD5 over the glued values and the code of data integrity."""
    return hashlib.md5((glued + code).encode(), usedforsecurity=False).hexdigest()


def is_test(url: str) -> bool:
    """Tell whether an address is that of the test contour, or not safe enough for real money."""
    parts = urlsplit(url)
    return parts.scheme != "https" or (parts.hostname or "") in _TEST_HOSTS


def form(order: Order, shop: Shop, url: str) -> str:
    """Return the address of the payer's form; the same order gives the same address."""
    fields = {
        "MNT_ID": shop.number,
        "MNT_TRANSACTION_ID": order.number,
        "MNT_AMOUNT": plain_roubles(order.amount),
        "MNT_CURRENCY_CODE": CURRENCY,
        "MNT_TEST_MODE": "0",
        "MNT_DESCRIPTION": order.description[:_DESCRIPTION_LIMIT],
        "MNT_SUCCESS_URL": order.return_url,
        "MNT_FAIL_URL": order.return_url,
        "MNT_INPROGRESS_URL": order.return_url,
        "MNT_RETURN_URL": order.return_url,
        # These come back in MONETA's own reports.
        "MNT_CUSTOM1": order.account_number,
        "MNT_CUSTOM2": order.month,
        "moneta.locale": "ru",
    }
    glued = "".join(fields.get(name, "") for name in _SIGNED)
    return f"{url}?{urlencode(fields | {'MNT_SIGNATURE': mark(glued, shop.secret)})}"


def request(name: str, told: Any, shop: Shop) -> str:
    """Return the body of a call of the Merchant API."""
    token = {"Username": shop.user, "Password": shop.password}
    envelope = {
        "Header": {"Security": {"UsernameToken": token}},
        "Body": {f"{name}Request": told},
    }
    return json.dumps({"Envelope": envelope}, ensure_ascii=False)


def refund(order: RefundOrder) -> dict[str, Any]:
    """Return what gives a sum back; our number travels as the client's transaction."""
    return {
        "transactionId": int(order.payment_id),
        "amount": plain_roubles(order.amount),
        "clientTransaction": order.number,
        "description": order.description[:_DESCRIPTION_LIMIT],
    }


def answer_of(body: Mapping[str, Any], name: str) -> tuple[dict[str, Any] | None, str]:
    """Return the answer to a call, or the code with which it was turned down, "" for neither."""
    told = _part(_part(body, "Envelope"), "Body")
    fault = told.get("fault")
    if isinstance(fault, dict):
        detail = _part(fault, "detail").get("faultDetail")
        return None, str(detail or fault.get("faultcode") or "fault")[:64]
    found = told.get(f"{name}Response")
    return (found, "") if isinstance(found, dict) else (None, "")


def attributes(operation: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of an operation by their names; raises ValueError for another shape."""
    listed = operation["attribute"]
    found = {str(one["key"]): str(one["value"]) for one in listed}
    if len(found) != len(listed):
        raise ValueError("a name is told twice")
    return found


def is_refund(operation: Mapping[str, Any]) -> bool:
    """Tell whether an operation takes money back."""
    return attributes(operation).get("isrefund") == "1"


def read_payment(
    operation: Mapping[str, Any], shop: Shop, exchange: Exchange, *, test: bool
) -> Seen | Unknown:
    """Read an operation; anything we do not understand is Unknown, never "declined"."""
    try:
        told = attributes(operation)
        if told["targetaccountid"] != shop.number or told.get("isrefund") == "1":
            raise ValueError("another shop's")  # noqa: TRY301  (one place judges the answer)
        standing = _STANDINGS[told["statusid"]]
        return Seen(
            provider_id=_identifier(operation["id"]),
            number=told["clienttransaction"],
            standing=standing,
            amount=_kopecks(told["targetamount"]),
            currency=told.get("targetcurrencycode", CURRENCY),
            test=test,
            exchange=exchange,
            card=_card(told.get("cardnumber", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(why=f"unreadable operation: {error!r}"[:120], exchange=exchange)


def read_refund(
    operation: Mapping[str, Any], shop: Shop, exchange: Exchange
) -> RefundSeen | Unknown:
    """Read an operation that gives money back."""
    try:
        told = attributes(operation)
        if told.get("isrefund") != "1" or told["sourceaccountid"] != shop.number:
            raise ValueError("not a refund of ours")  # noqa: TRY301  (the same)
        return RefundSeen(
            provider_id=_identifier(operation["id"]),
            payment_id=told["parentid"],
            number=told["clienttransaction"],
            standing=_REFUND_STANDINGS[_STANDINGS[told["statusid"]]],
            amount=_kopecks(told["sourceamount"].removeprefix("-")),
            currency=told.get("sourcecurrencycode", CURRENCY),
            exchange=exchange,
        )
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(why=f"unreadable refund: {error!r}"[:120], exchange=exchange)


def _part(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _identifier(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,19}", text):
        raise ValueError(text)
    return text


def _kopecks(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", text):
        raise ValueError(text)
    amount = int(parse_kopecks(text))
    if amount == 0:
        raise ValueError(text)
    return amount


def _card(masked: str) -> str:
    """Return the card as «5555 55•• •••• 4477»: first six and last four are all there is."""
    found = re.fullmatch(r"(\d{4})(\d{2})[*xX]+(\d{4})", masked)
    return f"{found[1]} {found[2]}•• •••• {found[3]}" if found else ""
