"""The port of ``payments`` over YooKassa API v3 (PROTOCOLS 1)."""

import json
import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from abonent.adapters.acquirers.shops import NO_SHOP, Shop, shop_of, taking_shop
from abonent.adapters.acquirers.wire import Question, Reply, call
from abonent.adapters.acquirers.yookassa import messages
from abonent.common.crash import crash_point
from abonent.domain.payments.ports import (
    Answer,
    Exchange,
    Fiscal,
    Hint,
    NotDone,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundSeen,
    Seen,
    Standing,
    Unknown,
)
from abonent.domain.payments.rules import Question as Asking
from abonent.domain.payments.rules.receipts import ReceiptState

_log = logging.getLogger("abonent.payments")

_OK, _BAD_REQUEST, _TOO_MANY, _SERVER_ERROR = 200, 400, 429, 500
_CHANNEL = "yookassa"
# Around the moment of our request: the bank's clock may be wrong by a day (TRUST R13).
_CLOCK_ERROR = timedelta(days=1)
_KEY_LIFE = timedelta(hours=24)
_PAGE = "100"


class YooKassa:
    """Payments by redirect to YooKassa's page, in one step."""

    # A card pays up to 350 000 ₽ at once; a page lives an hour (PROTOCOLS 1.3, 1.5).
    ceiling = 35_000_000
    page_life = timedelta(hours=1)
    notice_answer = ""
    sends_receipts = True
    keeps_cards = True

    def ready(self, supplier_code: str) -> bool:
        """Tell whether the supplier has a shop, and one that takes real money if need be."""
        return _taking(supplier_code) is not None

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Open the payment; the key makes a repetition within a day return the same one."""
        shop = _taking(order.supplier_code)
        if shop is None:
            return NO_SHOP
        if order.charges and not order.token:
            return NotDone(reason="no_card", exchange=NO_SHOP.exchange)
        request = messages.payment_request(order)
        reply = _post(shop, "/payments", request, key=order.key, seconds=seconds)
        if order.charges:
            crash_point("autopay.charge")
        return _refusal(reply) or _seen(reply)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask for one payment; even "not found" leaves its outcome unknown."""
        shop = shop_of(_CHANNEL, order.supplier_code)
        if shop is None or not provider_id.replace("-", "").isalnum():
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        until = time.monotonic() + seconds
        seen = _seen(_get(shop, f"/payments/{provider_id}", seconds=seconds))
        if isinstance(seen, Seen) and order.receipt and seen.standing == Standing.PAID:
            asked = {"payment_id": provider_id}
            return replace(seen, receipt=_numbered(shop, seen.receipt, asked, until=until))
        return seen

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look through the shop's payments around the order's moment for our number."""
        shop = shop_of(_CHANNEL, order.supplier_code)
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        begun = datetime.fromisoformat(order.created_at)
        asked = {
            "limit": _PAGE,
            "created_at.gte": (begun - _CLOCK_ERROR).isoformat(),
            "created_at.lte": (begun + _KEY_LIFE + _CLOCK_ERROR).isoformat(),
        }
        return _search(shop, order, asked, until=time.monotonic() + seconds)

    def refund(
        self, order: RefundOrder, asking: Asking, *, provider_id: str, seconds: float
    ) -> RefundAnswer:
        """Give back by ``/refunds``; our number travels among the refund's metadata.

        The payment is asked for first: what somebody gave back in the bank's cabinet is not
        given back again.
        """
        shop = _taking(order.supplier_code)
        if shop is None:
            # Whether an earlier request was carried out is not known without the shop.
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        if asking == Asking.FIND:
            asked = {"limit": _PAGE, "payment_id": order.payment_id}
            return _refund_in(_get(shop, "/refunds", seconds=seconds, asked=asked), order)
        if asking == Asking.STATE:
            if not provider_id.replace("-", "").isalnum():
                return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
            until = time.monotonic() + seconds
            seen = _refund_seen(_get(shop, f"/refunds/{provider_id}", seconds=seconds))
            if isinstance(seen, RefundSeen) and order.receipt:
                asked = {"refund_id": provider_id}
                return replace(seen, receipt=_numbered(shop, seen.receipt, asked, until=until))
            return seen
        reply = _get(shop, f"/payments/{order.payment_id}", seconds=seconds)
        if reply.status != _OK or reply.body is None:
            return _unknown(reply)
        if not messages.may_give_back(reply.body, order):
            return NotDone(reason="differs", exchange=reply.exchange)
        reply = _post(
            shop, "/refunds", messages.refund_request(order), key=order.key, seconds=seconds
        )
        return _refusal(reply) or _refund_seen(reply)

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:  # noqa: ARG002  (the port's)
        """Read what a notice claims. It is not signed: anybody may have sent it."""
        return messages.read_notice(body)


def _taking(supplier_code: str) -> Shop | None:
    return taking_shop(
        _CHANNEL, supplier_code, is_test=lambda shop: shop.secret.startswith("test_")
    )


def _post(shop: Shop, path: str, body: dict[str, Any], *, key: str, seconds: float) -> Reply:
    asking = Question(
        "POST",
        settings.YOOKASSA_URL,
        path,
        content=json.dumps(body, ensure_ascii=False),
        headers={"Idempotence-Key": key},
        auth=(shop.number, shop.secret),
        secrets=shop.secrets,
    )
    return call(asking, seconds=seconds)


def _refusal(reply: Reply) -> NotDone | None:
    """Return that the bank surely did nothing, None when it did or that is not known."""
    refused = reply.status is not None and _BAD_REQUEST <= reply.status < _SERVER_ERROR
    if refused and reply.status != _TOO_MANY and reply.body is not None:
        _log.error("yookassa refused an order with %s", reply.status)
        return NotDone(reason=_word(reply, "code"), exchange=reply.exchange)
    return None


def _refund_seen(reply: Reply) -> RefundAnswer:
    """Read a refund from a good answer; every other answer is Unknown."""
    if reply.status != _OK or reply.body is None:
        return _unknown(reply)
    return messages.read_refund(reply.body, reply.exchange)


def _refund_in(reply: Reply, order: RefundOrder) -> RefundAnswer:
    """Find our refund in the list of its payment's refunds."""
    items = (reply.body or {}).get("items")
    if reply.status != _OK or not isinstance(items, list):
        return _unknown(reply)
    for item in items:
        found = messages.read_refund(item, reply.exchange) if isinstance(item, dict) else None
        if isinstance(found, RefundSeen) and found.number == order.number:
            return found
        if not isinstance(found, RefundSeen):
            return Unknown(why="unreadable refund in the list", exchange=reply.exchange)
    if (reply.body or {}).get("next_cursor"):
        return Unknown(why="more refunds than a page holds", exchange=reply.exchange)
    return NotDone(reason="absent", exchange=reply.exchange)


def _numbered(
    shop: Shop, told: Fiscal | None, asked: dict[str, str], *, until: float
) -> Fiscal | None:
    """Add the numbers of a receipt that is given; without them it is not ready for us."""
    if told is None or told.state != ReceiptState.REGISTERED:
        return told
    reply = _get(shop, "/receipts", seconds=until - time.monotonic(), asked=asked)
    items = (reply.body or {}).get("items")
    given = [
        one
        for one in (items if isinstance(items, list) else [])
        if isinstance(one, dict) and one.get("status") == "succeeded"
    ]
    numbered = messages.read_registered(given[0]) if given else None
    return numbered or Fiscal(ReceiptState.PENDING)


def _get(shop: Shop, path: str, *, seconds: float, asked: dict[str, str] | None = None) -> Reply:
    asking = Question(
        "GET",
        settings.YOOKASSA_URL,
        path,
        auth=(shop.number, shop.secret),
        asked=asked,
        secrets=shop.secrets,
    )
    return call(asking, seconds=seconds)


def _search(shop: Shop, order: Order, asked: dict[str, str], *, until: float) -> Answer:
    """Turn the pages of the list until our number is found or the list has ended."""
    while (left := until - time.monotonic()) > 0:
        reply = _get(shop, "/payments", seconds=left, asked=asked)
        if reply.status != _OK or reply.body is None:
            return _unknown(reply)
        items = reply.body.get("items")
        if not isinstance(items, list):
            return Unknown(why="unreadable list", exchange=reply.exchange)
        for item in items:
            found = messages.read_payment(item, reply.exchange) if isinstance(item, dict) else None
            if isinstance(found, Seen) and found.number == order.number:
                return found
            if found is None or (isinstance(found, Unknown) and order.number in str(item)):
                return Unknown(why="unreadable payment in the list", exchange=reply.exchange)
        cursor = reply.body.get("next_cursor")
        if not cursor:
            return NotDone(reason="absent", exchange=reply.exchange)
        asked = {"limit": _PAGE, "cursor": str(cursor)} | {
            name: value for name, value in asked.items() if name.startswith("created_at")
        }
    return Unknown(why="the list did not end in time", exchange=Exchange(question="GET /payments"))


def _seen(reply: Reply) -> Answer:
    """Read a payment from a good answer; every other answer is Unknown."""
    if reply.status != _OK or reply.body is None:
        return _unknown(reply)
    found = messages.read_payment(reply.body, reply.exchange)
    if isinstance(found, Unknown):
        _log.error("yookassa answered what we cannot read: %s", found.why)
    return found


def _unknown(reply: Reply) -> Unknown:
    why = reply.exchange.problem or _word(reply, "code")
    return Unknown(why=f"{reply.status or 'no answer'}: {why}", exchange=reply.exchange)


def _word(reply: Reply, name: str) -> str:
    """Return a word of an error body."""
    found = (reply.body or {}).get(name, "")
    return found if isinstance(found, str) else ""
