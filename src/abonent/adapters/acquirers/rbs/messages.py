"""From our order to the engine's fields, and from its JSON to what we want (PROTOCOLS 3)."""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from abonent.adapters.acquirers.attempts import payment_number
from abonent.adapters.acquirers.shops import Shop
from abonent.common.periods import Period
from abonent.domain.payments.ports import (
    CURRENCY,
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

GOOD, DUPLICATE, NO_ACCESS, NO_ORDER = "0", "1", "5", "6"
# Turned down before anything was done. Unverified, as all codes but 0, 1 and 6: whatever is
# not here stays unknown.
REFUSED = frozenset({"3", "4", NO_ACCESS})
REGISTERED = 0
# The kept card is not there any more, or may not be charged. Unverified.
NO_BINDING = "2"
NOT_CHARGED = {NO_BINDING: "permission_revoked", "3": "3", "4": "4", NO_ACCESS: NO_ACCESS}
# The reason with which an order is shown whose card's bank asks its owner for a code.
ASKS_CODE = "3d_secure_failed"
# The payer's address is obligatory and an autopayment has none.
_NO_ADDRESS = "127.0.0.1"

_ROUBLE_CODES = frozenset({"643", "810"})
_TEST_HOSTS = ("3dsec.sberbank.ru", "ecomtest.sberbank.ru", "rbsuat.com", "127.0.0.1", "localhost")
_OLD_STYLE = "/payment/rest"
_DESCRIPTION_LIMIT = 140
# The payer's time ran out; not enough money. Unverified words of the engine.
_TIME_IS_OVER, _NO_MONEY = "-2007", "116"
_HELD, _DEPOSITED, _REVERSED, _REFUNDED, _AT_ACS, _DECLINED = 1, 2, 3, 4, 5, 6
_OPERATIONS = frozenset(
    {"created", "approved", "deposited", "reversed", "refunded", "declinedByTimeout"}
)
_MOST_FIELDS = 50


def is_test(url: str) -> bool:
    """Tell whether an address is that of a test contour, or not safe enough for real money."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme != "https" or any(
        host == known or host.endswith(f".{known}") for known in _TEST_HOSTS
    )


def written(fields: Mapping[str, Any], shop: Shop, url: str) -> tuple[str, str]:
    """Return the body of a request with its content type, in the style of the address."""
    login = (
        {"token": shop.token} if shop.token else {"userName": shop.number, "password": shop.secret}
    )
    whole = {**login, **fields}
    if _OLD_STYLE in urlsplit(url).path:
        plain = {
            name: value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
            for name, value in whole.items()
        }
        return urlencode(plain), "application/x-www-form-urlencoded"
    return json.dumps(whole, ensure_ascii=False), "application/json"


def registration(order: Order, number: str, seconds: int) -> dict[str, Any]:
    """Return what registers an order under the number, payable for so many seconds."""
    return {
        "orderNumber": number,
        "amount": order.amount,
        "currency": "643",
        "returnUrl": order.return_url,
        "failUrl": order.return_url,
        "description": order.description[:_DESCRIPTION_LIMIT],
        "language": "ru",
        "sessionTimeoutSecs": seconds,
        "jsonParams": {"account": order.account_number, "month": order.month},
        **({"clientId": order.keeper} if order.card_use else {}),
    }


def charge(order: Order, bank_number: str) -> dict[str, Any]:
    """Return what charges the kept card for a registered order."""
    return {"mdOrder": bank_number, "bindingId": order.token, "ip": _NO_ADDRESS}


def bindings(body: Mapping[str, Any]) -> list[str] | None:
    """Return what charges the cards of a client; None when the list cannot be read."""
    found = body.get("bindings")
    if not isinstance(found, list):
        return None
    try:
        return [_identifier(one["bindingId"]) for one in found]
    except (KeyError, TypeError, ValueError):
        return None


def error_code(body: Mapping[str, Any]) -> str:
    """Return the code of an answer, "0" when it is good; raises TypeError for another shape."""
    nested = body.get("error")
    told = nested.get("code") if isinstance(nested, dict) else None
    for code in (body.get("errorCode"), body.get("ErrorCode"), told):
        if code is not None:
            return _text(code)
    return GOOD if nested is None else "error"


def read_registered(
    body: Mapping[str, Any], order: Order, number: str, exchange: Exchange, *, test: bool
) -> Seen | Unknown:
    """Read the answer to a registration: the bank's number and the page."""
    try:
        return Seen(
            provider_id=_identifier(body["orderId"]),
            number=payment_number(number),
            standing=Standing.PENDING,
            amount=order.amount,
            currency=CURRENCY,
            test=test,
            exchange=exchange,
            confirmation_url=_web_address(body["formUrl"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(why=f"unreadable order: {error!r}"[:120], exchange=exchange)


def read_order(body: Mapping[str, Any], exchange: Exchange, *, test: bool) -> Seen | Unknown:
    """Read the state of an order; anything we do not understand is Unknown, never "declined"."""
    try:
        standing, amount, reason = _standing(body)
        number, code = _text(body["orderNumber"]), _text(body["currency"])
        card = _object(body, "cardAuthInfo")
        return Seen(
            provider_id=_bank_number(body),
            number=payment_number(number) or number,
            standing=standing,
            amount=amount,
            currency=CURRENCY if code in _ROUBLE_CODES else code,
            test=test,
            exchange=exchange,
            reason=reason,
            method="bank_card" if card else "",
            card=_card(_text(card.get("maskedPan") or card.get("pan") or "")),
            kept=_kept(_object(body, "bindingInfo"), card),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(why=f"unreadable order: {error!r}"[:120], exchange=exchange)


def given_back(body: Mapping[str, Any], order: RefundOrder) -> int | None:
    """Return what has gone back since the refund was asked for; None when all is otherwise."""
    try:
        money = _object(body, "paymentAmountInfo")
        if _whole(money["depositedAmount"]) != order.paid:
            return None
        return _whole(money.get("refundedAmount", 0)) - order.before
    except (KeyError, TypeError, ValueError):
        return None


def refund_seen(order: RefundOrder, exchange: Exchange, *, done: int) -> RefundSeen:
    """Return the refund as the port wants it; ``done``: the kopecks that the bank shows."""
    return RefundSeen(
        provider_id=f"{order.payment_id}-{order.number}",
        payment_id=order.payment_id,
        number=order.number,
        standing=RefundStanding.DONE if done == order.amount else RefundStanding.PENDING,
        amount=order.amount,
        currency=CURRENCY,
        exchange=exchange,
    )


def read_notice(raw: bytes, shop: Shop | None) -> Hint | None:
    """Read what a notice claims about an order; None when it is of something else."""
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
        told = dict(pairs)
        if len(told) != len(pairs) or told["operation"] not in _OPERATIONS:
            return None
        number = told["orderNumber"]
        # The sum of a notice about money given back is the part that went.
        silent = "amount" not in told or told["operation"] in {"reversed", "refunded"}
        return Hint(
            provider_id=_identifier(told["mdOrder"]),
            number=payment_number(number) or number,
            amount=None if silent else _kopecks(told["amount"]),
            currency="",
            test=False,
            forged=shop is None or not _is_signed(told, shop),
        )
    except (KeyError, TypeError, ValueError):
        return None


def checksum(fields: Mapping[str, str], key: str) -> str:
    """Return the checksum of a notice: HMAC over ``name;value;`` in the order of the names."""
    text = "".join(
        f"{name};{value};"
        for name, value in sorted(fields.items())
        if name not in {"checksum", "sign_alias"}
    )
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest().upper()


def _is_signed(told: Mapping[str, str], shop: Shop) -> bool:
    """Tell whether a notice has the checksum it must have; none is asked without a key."""
    if not shop.notice_key:
        return True
    given = told.get("checksum", "").upper().encode()
    return hmac.compare_digest(given, checksum(told, shop.notice_key).encode())


def _standing(body: Mapping[str, Any]) -> tuple[Standing, int, str]:
    """Return where the order stands, its sum in kopecks and why it did not pass.

    Raises ValueError for what we do not know or what contradicts itself: a state alone is
    never money, and money alone is never a state (PROTOCOLS 3.3).
    """
    status, money = _whole(body["orderStatus"]), _object(body, "paymentAmountInfo")
    deposited = _whole(money.get("depositedAmount", 0)) - _whole(money.get("refundedAmount", 0))
    if status == _DEPOSITED and deposited > 0:
        return Standing.PAID, deposited, ""
    if deposited or status in {_DEPOSITED, _HELD, _REFUNDED}:
        raise ValueError(f"state {status} with {deposited} kopecks")
    amount = _kopecks(body["amount"])
    if status in {REGISTERED, _AT_ACS}:
        return Standing.PENDING, amount, ASKS_CODE if status == _AT_ACS else ""
    if status == _REVERSED:
        return Standing.DECLINED, amount, "canceled_by_merchant"
    if status == _DECLINED:
        action = _text(body.get("actionCode", ""))
        if action == _TIME_IS_OVER:
            return Standing.EXPIRED, amount, ""
        return Standing.DECLINED, amount, "insufficient_funds" if action == _NO_MONEY else action
    raise ValueError(f"state {status}")


def _kept(binding: Mapping[str, Any], card: Mapping[str, Any]) -> Kept | None:
    """Read the card that the bank keeps since this order; None when it keeps none."""
    if not binding.get("bindingId"):
        return None
    masked = _card(_text(card.get("maskedPan") or card.get("pan") or ""))
    return Kept(_identifier(binding["bindingId"]), masked, _last_month(card))


def _last_month(card: Mapping[str, Any]) -> Period | None:
    """Return the card's last month, written «203012»; none is no reason to doubt the order."""
    text = str(card.get("expiration", ""))
    try:
        return Period.parse(f"{text[:4]}-{text[4:6]}")
    except ValueError:
        return None


def _bank_number(body: Mapping[str, Any]) -> str:
    """Return the bank's own number, which stands among the attributes."""
    for one in body["attributes"]:
        if one["name"] == "mdOrder":
            return _identifier(one["value"])
    raise ValueError("no mdOrder")


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = {} if body.get(name) is None else body[name]
    if not isinstance(found, dict):
        raise TypeError(name)
    return found


def _text(value: Any) -> str:
    """Read a text that the bank sometimes writes as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    return str(value)


def _identifier(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[0-9a-zA-Z-]{1,64}", text):
        raise ValueError(text)
    return text


def _whole(value: Any) -> int:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError(text)
    return int(text)


def _kopecks(value: Any) -> int:
    amount = _whole(value)
    if amount == 0:
        raise ValueError(value)
    return amount


def _web_address(value: Any) -> str:
    """Return the page to send the payer to; only an address of the web will do."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise ValueError("no page")
    return value


def _card(pan: str) -> str:
    """Return the card as «5555 55•• •••• 4477»: first six and last four are all there is."""
    found = re.fullmatch(r"(\d{4})(\d{2})[*X]+(\d{4})", pan)
    return f"{found[1]} {found[2]}•• •••• {found[3]}" if found else ""
