"""The port of ``payments`` over the engine of Sberbank's acquiring (PROTOCOLS 3)."""

import logging
import time
from dataclasses import replace
from datetime import timedelta

from abonent.adapters.acquirers import attempts
from abonent.adapters.acquirers.rbs import messages, receipts
from abonent.adapters.acquirers.rbs.asking import CHANNEL, ask, code_of, taking, unknown, url_of
from abonent.adapters.acquirers.shops import NO_SHOP, Shop, shop_of
from abonent.adapters.acquirers.wire import Reply
from abonent.common.crash import crash_point
from abonent.domain.payments.ports import (
    Answer,
    CardUse,
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


class Rbs:
    """Payments by redirect to the bank's page, in one step."""

    # As large as T-Bank's: the bank's own limit is a matter of the shop's contract.
    ceiling = 9_999_999_999
    # Short, so that an order whose page was lost soon dies (PROTOCOLS 3.2).
    page_life = timedelta(minutes=60)
    notice_answer = ""
    sends_receipts = True
    keeps_cards = True

    def ready(self, supplier_code: str) -> bool:
        """Tell whether the supplier has a shop, and one that takes real money if need be."""
        return taking(supplier_code) is not None

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Open the payment, unless an earlier request has: the bank is asked that first.

        An order that was registered and whose page was lost with the answer dies with its
        session: nobody can pay it. The next attempt has its own order number.
        """
        shop, until = taking(order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return NO_SHOP
        if order.charges:
            return _as_ordered(order, self._charge(shop, order, until=until))
        for number in attempts.numbers(order):
            reply = ask(shop, "getOrderStatusExtended", {"orderNumber": number}, until=until)
            found = _order(shop, reply)
            if isinstance(found, NotDone) and found.reason == attempts.ABSENT:
                return self._register(shop, order, number, until=until)
            if not isinstance(found, Seen) or not (
                _is_lost(reply) or found.standing in attempts.CAME_TO_NOTHING
            ):
                return _as_ordered(order, found)
        return Unknown(why="too many attempts", exchange=reply.exchange)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask for one order by the bank's number; "no such order" leaves its outcome unknown."""
        shop, until = shop_of(CHANNEL, order.supplier_code), time.monotonic() + seconds
        if shop is None or not provider_id.replace("-", "").isalnum():
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        reply = ask(shop, "getOrderStatusExtended", {"orderId": provider_id}, until=until)
        answer = _order(shop, reply)
        if isinstance(answer, NotDone):
            return unknown(reply)
        if isinstance(answer, Seen) and order.receipt and answer.standing == Standing.PAID:
            told = receipts.of_payment(shop, provider_id, until=until)
            answer = replace(answer, receipt=told)
        return _as_ordered(order, answer)

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look the payment up by the numbers of its attempts."""
        shop, until = shop_of(CHANNEL, order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)

        def look(number: str) -> Answer:
            return _order(
                shop, ask(shop, "getOrderStatusExtended", {"orderNumber": number}, until=until)
            )

        return _as_ordered(order, attempts.find(order, look))

    def refund(
        self,
        order: RefundOrder,
        asking: Asking,
        *,
        provider_id: str,  # noqa: ARG002  (the port's)
        seconds: float,
    ) -> RefundAnswer:
        """Give back by ``refund``, which knows no key: ``refundedAmount`` tells what was done.

        ``provider_id`` is made by us: the bank has no number for a refund.
        """
        shop, until = taking(order.supplier_code), time.monotonic() + seconds
        if shop is None:
            return Unknown(why="cannot ask", exchange=NO_SHOP.exchange)
        reply = ask(shop, "getOrderStatusExtended", {"orderId": order.payment_id}, until=until)
        if code_of(reply) != messages.GOOD or reply.body is None:
            return unknown(reply)
        gone = messages.given_back(reply.body, order)
        if asking != Asking.CREATE:
            seen = _given_back(gone, order, asking, reply)
            # Once the refund stands in our books too, the sum no longer tells it apart.
            if isinstance(seen, RefundSeen) and order.receipt and asking == Asking.STATE:
                told = receipts.of_refund(shop, order.payment_id, until=until)
                return replace(seen, receipt=told)
            return seen
        if gone != 0:
            return NotDone(reason="differs", exchange=reply.exchange)
        fields = {"orderId": order.payment_id, "amount": order.amount}
        reply = ask(shop, "refund", fields, until=until)
        code = code_of(reply)
        if code in messages.REFUSED:
            _log.error("rbs refused a refund with %s", code)
            return NotDone(reason=code, exchange=reply.exchange)
        if code != messages.GOOD:
            return unknown(reply)
        return messages.refund_seen(order, reply.exchange, done=0)

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:
        """Read what a notice claims and check its checksum, where the shop has a key."""
        return messages.read_notice(body, shop_of(CHANNEL, supplier_code))

    def _register(self, shop: Shop, order: Order, number: str, *, until: float) -> Answer:
        fields = messages.registration(order, number, int(self.page_life.total_seconds()))
        fields |= receipts.written(order.receipt)
        reply = ask(shop, "register", fields, until=until)
        code = code_of(reply)
        if code in messages.REFUSED:
            _log.error("rbs refused an order with %s", code)
            return NotDone(reason=code, exchange=reply.exchange)
        if code != messages.GOOD or reply.body is None:
            return unknown(reply)
        test = messages.is_test(url_of(shop))
        return _told(messages.read_registered(reply.body, order, number, reply.exchange, test=test))

    def _charge(self, shop: Shop, order: Order, *, until: float) -> Answer:
        """Charge the kept card for the one order of this payment; the bank does it once.

        An order that stands already is charged, not registered again. What became of the
        charge is read from the order, whatever the answer to the charge itself was.
        """
        if not order.token:
            return NotDone(reason="no_card", exchange=NO_SHOP.exchange)
        number = next(attempts.numbers(order))
        asked = {"orderNumber": number}
        found = _order(shop, ask(shop, "getOrderStatusExtended", asked, until=until))
        if isinstance(found, NotDone) and found.reason == attempts.ABSENT:
            found = self._register(shop, order, number, until=until)
            crash_point("autopay.init")
        if not isinstance(found, Seen) or found.standing != Standing.PENDING:
            return found
        fields = messages.charge(order, found.provider_id)
        reply = ask(shop, "paymentOrderBinding", fields, until=until)
        crash_point("autopay.charge")
        if code_of(reply) in messages.NOT_CHARGED:
            _log.error("rbs refused a charge with %s", code_of(reply))
            return NotDone(reason=messages.NOT_CHARGED[code_of(reply)], exchange=reply.exchange)
        return self.state(order, found.provider_id, seconds=until - time.monotonic())


def _as_ordered(order: Order, answer: Answer) -> Answer:
    """Leave out what the order did not ask for: a page for a charge, a card that is not kept.

    A charge whose bank asks for a code gets none: nobody has a page to type it at, so it is
    as good as declined. At the page the payer is just typing it.
    """
    if not isinstance(answer, Seen):
        return answer
    asks_code = answer.standing == Standing.PENDING and answer.reason == messages.ASKS_CODE
    if order.charges:
        standing = Standing.DECLINED if asks_code else answer.standing
        return replace(answer, confirmation_url="", standing=standing, kept=None)
    kept = answer.kept if order.card_use == CardUse.KEEP else None
    return replace(answer, reason="" if asks_code else answer.reason, kept=kept)


def _order(shop: Shop, reply: Reply) -> Answer:
    """Read the state of an order; ``NotDone`` when there is none or we may not ask."""
    code = code_of(reply)
    if code == messages.NO_ORDER:
        return NotDone(reason=attempts.ABSENT, exchange=reply.exchange)
    if code == messages.NO_ACCESS:
        _log.error("rbs lets the shop %s not ask", shop.number)
        return NotDone(reason=code, exchange=reply.exchange)
    if code != messages.GOOD or reply.body is None:
        return unknown(reply)
    test = messages.is_test(url_of(shop))
    return _told(messages.read_order(reply.body, reply.exchange, test=test))


def _given_back(gone: int | None, order: RefundOrder, asking: Asking, reply: Reply) -> RefundAnswer:
    """Tell from the sum that has gone back since where the refund stands."""
    if gone not in {0, order.amount}:
        return Unknown(why="another sum was given back", exchange=reply.exchange)
    if gone == 0 and asking == Asking.FIND:
        return NotDone(reason=attempts.ABSENT, exchange=reply.exchange)
    return messages.refund_seen(order, reply.exchange, done=gone or 0)


def _is_lost(reply: Reply) -> bool:
    """Tell whether an order was only registered: its page is lost, nobody can pay it."""
    return str((reply.body or {}).get("orderStatus")) == str(messages.REGISTERED)


def _told(answer: Answer) -> Answer:
    if isinstance(answer, Unknown):
        _log.error("rbs answered what we cannot read: %s", answer.why)
    return answer
