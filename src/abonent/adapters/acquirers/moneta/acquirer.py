"""The port of ``payments`` over MONETA's form and its Merchant API (PROTOCOLS 5)."""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from abonent.adapters.acquirers.moneta import messages
from abonent.adapters.acquirers.shops import NO_SHOP, Shop, shop_of, taking_shop
from abonent.adapters.acquirers.wire import Question, Reply, call
from abonent.common import clock
from abonent.domain.payments.ports import (
    CURRENCY,
    Answer,
    Exchange,
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

_log = logging.getLogger("abonent.payments")

_CHANNEL = "moneta"
_STATUSES = frozenset({200, 500})
_ABSENT = "absent"
_PAGE = {"pageNumber": 1, "pageSize": 100}


class Moneta:
    """Payments by redirect to MONETA's form, which the payer himself brings there."""

    # What a payer may pay at once is a matter of the contract and of his own bank.
    ceiling = 9_999_999_999
    # The form has no end of its own: this is ours, kept at the check address.
    page_life = timedelta(hours=1)
    notice_answer = ""
    sends_receipts = False
    keeps_cards = False

    def ready(self, supplier_code: str) -> bool:
        """Tell whether the supplier has a shop whose operations can be looked up."""
        return _taking(supplier_code) is not None

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Give the form, unless the order was paid already: MONETA is asked that first."""
        shop = _taking(order.supplier_code)
        if shop is None:
            return NO_SHOP
        if order.charges:
            return NotDone(reason="no_kept_cards", exchange=NO_SHOP.exchange)
        found = _look(shop, order, seconds=seconds)
        if isinstance(found, Unknown) or (isinstance(found, NotDone) and found.reason != _ABSENT):
            return found
        if isinstance(found, NotDone):
            standing = Standing.EXPIRED if _is_over(order) else Standing.PENDING
            found = _of_order(order, shop, found.exchange, standing)
        if found.standing not in {Standing.PENDING, Standing.TRIED} or _is_over(order):
            return found
        if not order.return_url.startswith(("https://", "http://")):
            return NotDone(reason="return_url", exchange=found.exchange)
        page = messages.form(order, shop, settings.MONETA_FORM)
        return replace(found, confirmation_url=page)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask for one operation; "no such operation" leaves the outcome unknown."""
        shop = _asking(order.supplier_code)
        if shop is None or not provider_id.isdecimal():
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        reply = _ask(shop, "GetOperationDetailsById", int(provider_id), seconds=seconds)
        told, _ = _answer(reply, "GetOperationDetailsById")
        operation = (told or {}).get("operation")
        if not isinstance(operation, dict):
            return _unknown(reply)
        seen = messages.read_payment(operation, shop, reply.exchange, test=_is_test(shop))
        tried = isinstance(seen, Seen) and seen.standing == Standing.TRIED
        if isinstance(seen, Seen) and tried and _is_over(order):
            return replace(seen, standing=Standing.EXPIRED)
        return _told(seen)

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look the order up by our number."""
        shop = _asking(order.supplier_code)
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        found = _look(shop, order, seconds=seconds)
        if isinstance(found, NotDone) and found.reason != _ABSENT:
            return Unknown(why=f"refused: {found.reason}", exchange=found.exchange)
        return found

    def refund(
        self, order: RefundOrder, asking: Asking, *, provider_id: str, seconds: float
    ) -> RefundAnswer:
        """Give back by ``Refund``, after a look whether that was done under our number."""
        shop, until = _taking(order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        if asking == Asking.STATE and provider_id.isdecimal():
            reply = _ask(shop, "GetOperationDetailsById", int(provider_id), seconds=seconds)
            told, _ = _answer(reply, "GetOperationDetailsById")
            operation = (told or {}).get("operation")
            if not isinstance(operation, dict):
                return _unknown(reply)
            return messages.read_refund(operation, shop, reply.exchange)
        found = _look_refund(shop, order, seconds=seconds)
        if asking != Asking.CREATE or not isinstance(found, NotDone):
            return found
        reply = _ask(shop, "Refund", messages.refund(order), seconds=until - time.monotonic())
        told, fault = _answer(reply, "Refund")
        if fault:
            _log.error("moneta refused a refund with %s", fault)
            return NotDone(reason=fault, exchange=reply.exchange)
        return messages.read_refund(told, shop, reply.exchange) if told else _unknown(reply)

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:  # noqa: ARG002  (the port's)
        """Nothing: MONETA's reports come to an agent's door, which answers them finally."""
        return None


def _taking(supplier_code: str) -> Shop | None:
    return _whole(taking_shop(_CHANNEL, supplier_code, is_test=_is_test))


def _asking(supplier_code: str) -> Shop | None:
    return _whole(shop_of(_CHANNEL, supplier_code))


def _whole(shop: Shop | None) -> Shop | None:
    """Return a shop that can sign forms and look operations up."""
    if shop is None or not shop.number.isdecimal():
        return None
    return shop if all((shop.secret, shop.user, shop.password)) else None


def _is_test(shop: Shop) -> bool:
    return messages.is_test(_url(shop))


def _url(shop: Shop) -> str:
    return shop.url or str(settings.MONETA_URL)


def _ask(shop: Shop, name: str, told: Any, *, seconds: float) -> Reply:
    parts = urlsplit(_url(shop))
    asking = Question(
        "POST",
        f"{parts.scheme}://{parts.netloc}",
        parts.path,
        content=messages.request(name, told, shop),
        secrets=shop.secrets,
    )
    return call(asking, seconds=seconds)


def _answer(reply: Reply, name: str) -> tuple[dict[str, Any] | None, str]:
    if reply.status not in _STATUSES or reply.body is None:
        return None, ""
    return messages.answer_of(reply.body, name)


def _listed(shop: Shop, number: str, *, seconds: float) -> tuple[list[Any] | None, Reply, str]:
    """Return the operations under a number of ours; None when the list cannot be trusted."""
    told = {"accountId": int(shop.number), "clientTransaction": number, "pager": _PAGE}
    reply = _ask(shop, "FindOperationsListByCTID", told, seconds=seconds)
    answer, fault = _answer(reply, "FindOperationsListByCTID")
    if answer is None:
        return None, reply, fault
    listed = answer.get("operation") or []
    whole = isinstance(listed, list) and str(answer.get("size")) == str(len(listed))
    only = str(answer.get("totalSize")) == str(answer.get("size"))
    return (listed if whole and only else None), reply, ""


def _look(shop: Shop, order: Order, *, seconds: float) -> Answer:
    """Look an order's operations through: a paid one, else the latest that waits, else the last."""
    listed, reply, fault = _listed(shop, order.number, seconds=seconds)
    if fault:
        _log.error("moneta lets the shop %s not look: %s", shop.number, fault)
        return NotDone(reason=fault, exchange=reply.exchange)
    if listed is None:
        return _unknown(reply)
    answers = [
        messages.read_payment(one, shop, reply.exchange, test=_is_test(shop))
        if isinstance(one, dict)
        else Unknown(why="not an operation", exchange=reply.exchange)
        for one in listed
    ]
    unread = [one for one in answers if isinstance(one, Unknown)]
    seen = [one for one in answers if isinstance(one, Seen)]
    for standing in (Standing.PAID, Standing.PENDING, Standing.TRIED):
        of_it = [one for one in seen if one.standing == standing]
        if of_it and (standing == Standing.PAID or not unread):
            return of_it[0] if standing == Standing.PAID else _unbound(of_it[-1])
    if unread:
        return _told(unread[0])
    return NotDone(reason=_ABSENT, exchange=reply.exchange)


def _look_refund(shop: Shop, order: RefundOrder, *, seconds: float) -> RefundAnswer:
    listed, reply, fault = _listed(shop, order.number, seconds=seconds)
    if listed is None:
        return _unknown(reply, fault)
    if not listed:
        return NotDone(reason=_ABSENT, exchange=reply.exchange)
    answers = [
        messages.read_refund(one, shop, reply.exchange) for one in listed if isinstance(one, dict)
    ]
    seen = [one for one in answers if isinstance(one, RefundSeen)]
    return seen[0] if len(seen) == len(listed) == 1 else Unknown("not one refund", reply.exchange)


def _of_order(order: Order, shop: Shop, exchange: Exchange, standing: Standing) -> Seen:
    """Return the order as it stands by what we know: MONETA has no number for it yet."""
    return Seen(
        provider_id="",
        number=order.number,
        standing=standing,
        amount=order.amount,
        currency=CURRENCY,
        test=_is_test(shop),
        exchange=exchange,
    )


def _unbound(seen: Seen) -> Seen:
    """Leave the operation's number out: the payer may yet pay by another one."""
    return replace(seen, provider_id="")


def _is_over(order: Order) -> bool:
    return clock.now() >= datetime.fromisoformat(order.created_at) + Moneta.page_life


def _told(answer: Answer) -> Answer:
    if isinstance(answer, Unknown):
        _log.error("moneta answered what we cannot read: %s", answer.why)
    return answer


def _unknown(reply: Reply, fault: str = "") -> Unknown:
    why = reply.exchange.problem or fault or "not an answer"
    return Unknown(why=f"{reply.status or 'no answer'}: {why}", exchange=reply.exchange)
