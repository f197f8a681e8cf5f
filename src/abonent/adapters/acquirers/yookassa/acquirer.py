"""The port of ``payments`` over YooKassa API v3 (PROTOCOLS 1)."""

import json
import logging
import time
from datetime import datetime, timedelta

from django.conf import settings

from abonent.adapters.acquirers.shops import Shop, shop_of
from abonent.adapters.acquirers.wire import Question, Reply, call
from abonent.adapters.acquirers.yookassa import messages
from abonent.domain.payments.ports import (
    Answer,
    Exchange,
    Hint,
    NotDone,
    Order,
    Seen,
    Unknown,
    test_money_is_allowed,
)

_log = logging.getLogger("abonent.payments")

_OK, _BAD_REQUEST, _TOO_MANY, _SERVER_ERROR = 200, 400, 429, 500
_CHANNEL = "yookassa"
_NO_SHOP = NotDone(reason="no_shop", exchange=Exchange(question="", problem="no shop"))
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

    def ready(self, supplier_code: str) -> bool:
        """Tell whether the supplier has a shop, and one that takes real money if need be."""
        shop = shop_of(_CHANNEL, supplier_code)
        return shop is not None and not _refused(shop)

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Open the payment; the key makes a repetition within a day return the same one."""
        shop = shop_of(_CHANNEL, order.supplier_code)
        if shop is None or _refused(shop):
            return _NO_SHOP
        asking = Question(
            "POST",
            settings.YOOKASSA_URL,
            "/payments",
            content=json.dumps(messages.payment_request(order), ensure_ascii=False),
            headers={"Idempotence-Key": order.key},
            auth=(shop.number, shop.secret),
            secrets=shop.secrets,
        )
        reply = call(asking, seconds=seconds)
        refused = reply.status is not None and _BAD_REQUEST <= reply.status < _SERVER_ERROR
        if refused and reply.status != _TOO_MANY and reply.body is not None:
            _log.error("yookassa refused an order with %s", reply.status)
            return NotDone(reason=_word(reply, "code"), exchange=reply.exchange)
        return _seen(reply)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask for one payment; even "not found" leaves its outcome unknown."""
        shop = shop_of(_CHANNEL, order.supplier_code)
        if shop is None or not provider_id.replace("-", "").isalnum():
            return Unknown(why="cannot ask", exchange=_NO_SHOP.exchange)
        return _seen(_get(shop, f"/payments/{provider_id}", seconds=seconds))

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look through the shop's payments around the order's moment for our number."""
        shop = shop_of(_CHANNEL, order.supplier_code)
        if shop is None:
            return Unknown(why="cannot ask", exchange=_NO_SHOP.exchange)
        begun = datetime.fromisoformat(order.created_at)
        asked = {
            "limit": _PAGE,
            "created_at.gte": (begun - _CLOCK_ERROR).isoformat(),
            "created_at.lte": (begun + _KEY_LIFE + _CLOCK_ERROR).isoformat(),
        }
        return _search(shop, order, asked, until=time.monotonic() + seconds)

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:  # noqa: ARG002  (the port's)
        """Read what a notice claims. It is not signed: anybody may have sent it."""
        return messages.read_notice(body)


def _refused(shop: Shop) -> bool:
    """Tell whether the key is a test shop's where only real money counts."""
    return shop.secret.startswith("test_") and not test_money_is_allowed()


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
