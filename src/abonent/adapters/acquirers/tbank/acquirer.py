"""The port of ``payments`` over T-Bank's API v2 (PROTOCOLS 2)."""

import logging
import time
from dataclasses import replace
from datetime import timedelta

from abonent.adapters.acquirers import attempts
from abonent.adapters.acquirers.shops import NO_SHOP, Shop, shop_of
from abonent.adapters.acquirers.tbank import messages, receipts
from abonent.adapters.acquirers.tbank.asking import CHANNEL, OK, code_of, post, taking, unknown
from abonent.adapters.acquirers.tbank.cards import kept_card
from abonent.adapters.acquirers.wire import Reply
from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.domain.payments.ports import (
    Answer,
    CardUse,
    Hint,
    NotDone,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundStanding,
    Seen,
    Standing,
    Unknown,
)
from abonent.domain.payments.rules import Question as Asking

_log = logging.getLogger("abonent.payments")


class TBank:
    """Payments by redirect to T-Bank's page, in one step."""

    # Ten digits of kopecks (PROTOCOLS 2.3); what a card takes is its own bank's matter.
    ceiling = 9_999_999_999
    page_life = timedelta(hours=1)
    notice_answer = "OK"
    sends_receipts = True
    keeps_cards = True

    def ready(self, supplier_code: str) -> bool:
        """Tell whether the supplier has a terminal, and one that takes real money if need be."""
        return taking(supplier_code) is not None

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Open the payment, unless an earlier request has: the bank is asked that first.

        A payment that was opened and whose page was lost with the answer is cancelled: nobody
        can have paid it. The next attempt has its own order number.
        """
        shop, until = taking(order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return NO_SHOP
        if order.charges:
            return _as_ordered(shop, order, self._charge(shop, order, until=until), until=until)
        for number in attempts.numbers(order):
            reply = post(shop, "CheckOrder", {"OrderId": number}, until=until)
            found = _order(shop, number, reply)
            if isinstance(found, NotDone) and found.reason == attempts.ABSENT:
                return self._open(shop, order, number, until=until)
            if not isinstance(found, Seen):
                return found
            lost = _lost(reply) if found.standing == Standing.PENDING else []
            if not lost and found.standing not in attempts.CAME_TO_NOTHING:
                return found
            if not all(_leave(shop, one, until=until) for one in lost):
                return Unknown(why="a lost attempt still stands", exchange=reply.exchange)
        return Unknown(why="too many attempts", exchange=reply.exchange)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask for one payment; even "not found" leaves its outcome unknown."""
        shop = shop_of(CHANNEL, order.supplier_code)
        if shop is None or not provider_id.isdecimal():
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        until = time.monotonic() + seconds
        seen = _payment(shop, post(shop, "GetState", {"PaymentId": provider_id}, until=until))
        return _as_ordered(shop, order, seen, until=until)

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look the payment up by the numbers of its attempts."""
        shop, until = shop_of(CHANNEL, order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)

        def look(number: str) -> Answer:
            return _order(shop, number, post(shop, "CheckOrder", {"OrderId": number}, until=until))

        return _as_ordered(shop, order, attempts.find(order, look), until=until)

    def refund(
        self,
        order: RefundOrder,
        asking: Asking,
        *,
        provider_id: str,  # noqa: ARG002  (the port's)
        seconds: float,
    ) -> RefundAnswer:
        """Give back by ``Cancel``: a part once, and then only all the rest.

        The bank has no refunds of its own number, only the payment's state, which cannot
        tell two parts apart. ``provider_id`` is made by us.
        """
        shop, until = taking(order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        reply = post(shop, "GetState", {"PaymentId": order.payment_id}, until=until)
        if asking != Asking.CREATE:
            found = messages.refund_standing(reply.body or {}, order)
            if found is None:
                return unknown(reply)
            if asking == Asking.FIND and found == RefundStanding.REFUSED:
                return NotDone(reason=attempts.ABSENT, exchange=reply.exchange)
            return messages.refund_seen(order, found, reply.exchange)
        if code_of(reply) != "0":
            return unknown(reply)
        refusal = messages.why_not_refund(reply.body or {}, order)
        if refusal:
            return NotDone(reason=refusal, exchange=reply.exchange)
        fields = {
            "PaymentId": order.payment_id,
            "Amount": order.amount,
            "ExternalRequestId": order.key,
            **receipts.written(order.receipt),
        }
        reply = post(shop, "Cancel", fields, until=until)
        code = code_of(reply)
        if code not in messages.UNCLEAR | {"", "0"}:
            _log.error("tbank refused a refund with %s", code)
            return NotDone(reason=code, exchange=reply.exchange)
        found = messages.refund_standing(reply.body or {}, order) if code == "0" else None
        return messages.refund_seen(order, found, reply.exchange) if found else unknown(reply)

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:
        """Read what a notice claims and check its token."""
        return messages.read_notice(body, shop_of(CHANNEL, supplier_code))

    def _open(self, shop: Shop, order: Order, number: str, *, until: float) -> Answer:
        due_at = clock.now() + self.page_life
        reply = post(shop, "Init", messages.opening(order, number, due_at), until=until)
        code = code_of(reply)
        if code not in messages.UNCLEAR | {"", "0"}:
            _log.error("tbank refused an order with %s", code)
            return NotDone(reason=code, exchange=reply.exchange)
        return _payment(shop, reply) if code == "0" else unknown(reply)

    def _charge(self, shop: Shop, order: Order, *, until: float) -> Answer:
        """Charge the kept card for the one order of this payment; the bank does it once.

        An order that stands already is charged, not opened again, so a lost answer to either
        question is mended by asking once more.
        """
        if not order.token:
            return NotDone(reason="no_card", exchange=NO_SHOP.exchange)
        number = next(attempts.numbers(order))
        found = _order(shop, number, post(shop, "CheckOrder", {"OrderId": number}, until=until))
        if isinstance(found, NotDone) and found.reason == attempts.ABSENT:
            found = self._open(shop, order, number, until=until)
            crash_point("autopay.init")
        if not isinstance(found, Seen) or found.standing != Standing.PENDING:
            return found
        fields = {"PaymentId": found.provider_id, "RebillId": order.token}
        reply = post(shop, "Charge", fields, until=until)
        crash_point("autopay.charge")
        refusal = messages.why_not_charged(code_of(reply))
        if refusal:
            _log.error("tbank refused a charge with %s", code_of(reply))
            return NotDone(reason=refusal, exchange=reply.exchange)
        return _payment(shop, reply)


def _as_ordered(shop: Shop, order: Order, answer: Answer, *, until: float) -> Answer:
    """Add the kept card that an order asked for; a refused charge has no page to try another."""
    if not isinstance(answer, Seen):
        return answer
    if order.charges and answer.standing == Standing.TRIED:
        return replace(answer, standing=Standing.DECLINED, confirmation_url="")
    if order.charges:
        return replace(answer, confirmation_url="")
    if order.card_use == CardUse.KEEP and answer.standing == Standing.PAID:
        return replace(answer, kept=kept_card(shop, order.keeper, until=until))
    return answer


def _payment(shop: Shop, reply: Reply) -> Answer:
    """Read one payment; a payment is shown even where its own error code is not 0."""
    if reply.status != OK or reply.body is None or "Status" not in reply.body:
        return unknown(reply)
    return _told(messages.read_payment(reply.body, shop, reply.exchange))


def _order(shop: Shop, number: str, reply: Reply) -> Answer:
    """Read the payments of an order: the paid one, else the last; ``NotDone`` when none is."""
    code = code_of(reply)
    if code in messages.NOT_FOUND:
        return NotDone(reason=attempts.ABSENT, exchange=reply.exchange)
    if code in messages.NO_ACCESS:
        _log.error("tbank lets the terminal %s not ask: %s", shop.number, code)
        return NotDone(reason=code, exchange=reply.exchange)
    if code != "0" or reply.body is None:
        return unknown(reply)
    try:
        listed = messages.payments_of_order(reply.body)
        same = reply.body.get("OrderId") == number
    except (KeyError, TypeError):
        return unknown(reply)
    if not listed or not same:
        return Unknown(why="an order without payments", exchange=reply.exchange)
    answers = [
        messages.read_payment(one, shop, reply.exchange, order_number=number) for one in listed
    ]
    paid = [one for one in answers if isinstance(one, Seen) and one.standing == Standing.PAID]
    unread = [one for one in answers if isinstance(one, Unknown)]
    return _told((paid or unread or answers)[-1])


def _lost(reply: Reply) -> list[str]:
    """Return the waiting payments of a readable order, none when somebody has seen a page."""
    listed = messages.payments_of_order(reply.body or {"Payments": []})
    waiting = [one for one in listed if messages.is_waiting(one)]
    if any(one["Status"] != messages.UNOPENED for one in waiting):
        return []
    return [str(one["PaymentId"]) for one in waiting]


def _leave(shop: Shop, provider_id: str, *, until: float) -> bool:
    """Cancel a payment whose page nobody has; tell whether it is surely over."""
    left = _payment(shop, post(shop, "Cancel", {"PaymentId": provider_id}, until=until))
    return isinstance(left, Seen) and left.standing == Standing.DECLINED


def _told(answer: Answer) -> Answer:
    if isinstance(answer, Unknown):
        _log.error("tbank answered what we cannot read: %s", answer.why)
    return answer
