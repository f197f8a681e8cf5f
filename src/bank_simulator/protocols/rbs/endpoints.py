"""The methods of the engine, from the shop's login to the committed answer."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from bank_simulator.clock import to_text
from bank_simulator.protocols.rbs import notifications
from bank_simulator.protocols.rbs.errors import (
    BROKEN,
    NO_ACCESS,
    NO_ORDER,
    SAME_NUMBER,
    WRONG_FIELD,
    ApiError,
)
from bank_simulator.protocols.rbs.fields import (
    LOGIN,
    NEW_PREFIX,
    OLD_PREFIX,
    kopecks,
    only,
    read_body,
    read_order,
    text,
    with_order,
)
from bank_simulator.protocols.rbs.states import order_object
from bank_simulator.records import BankRefusal, NewOperation, State
from bank_simulator.sender import Outgoing
from bank_simulator.web import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from bank_simulator.bank import Bank
    from bank_simulator.protocols.base import Message
    from bank_simulator.protocols.rbs.ways import RbsWays
    from bank_simulator.records import Event, Json, Operation, Shop
    from bank_simulator.web import Request


class Rbs:
    """The engine of Sberbank's acquiring over the bank, in both its styles."""

    name = "rbs"
    prefixes: tuple[str, ...] = (OLD_PREFIX, NEW_PREFIX)
    tells_at_once = False

    def __init__(
        self,
        bank: Bank,
        *,
        shops: Mapping[str, Shop],
        page_of: Callable[[str], str],
        ways: RbsWays,
    ) -> None:
        self._bank = bank
        self._shops = shops
        self._page_of = page_of
        self._ways = ways
        self.after_create: Callable[[str], None] = lambda _operation: None
        self._acts: Mapping[str, Callable[[Shop, Json, datetime], Json]] = {
            "register.do": lambda shop, body, now: self._register(shop, body, now, steps=1),
            "registerPreAuth.do": lambda shop, body, now: self._register(shop, body, now, steps=2),
            "getOrderStatusExtended.do": self._status,
            "deposit.do": self._deposit,
            "reverse.do": self._reverse,
            "refund.do": self._refund,
        }

    # What every protocol has

    def answer(self, request: Request) -> Answer:
        """Answer a shop; see ``WireProtocol``. Errors of business are HTTP 200 too."""
        act = self._acts.get(request.path.rpartition("/")[2])
        if act is None or request.method != "POST":
            return Answer(404, b"Not found", "text/plain")
        try:
            body = read_body(request)
            shop = self._authenticate(body)
            with self._bank.work() as now:
                done = act(shop, body, now)
        except (ApiError, BankRefusal) as error:
            trouble = error if isinstance(error, ApiError) else ApiError(BROKEN, error.text)
            return Answer.of_json(trouble.body(self._shape()))
        if "formUrl" in done:
            self.after_create(str(done["orderId"]))
        return Answer.of_json(done)

    def message(self, event: Event) -> Message | None:
        """Return the notification of the event."""
        return notifications.message(event, self._shops[event.operation.shop], self._ways)

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the notification with one lie in it, signed by whoever holds the key."""
        order = message.body.partition("mdOrder=")[2].partition("&")[0]
        shop = self._shops[self._bank.operation(order).shop]
        key = shop.secret if self._ways.signs_notices else ""
        stranger = self._bank.dice.identifier("forged")
        return notifications.forge(message, lie=lie, stranger=stranger, key=key)

    def outgoing(self, url: str, body: str) -> Outgoing:
        """Carry the fields in the address or as a form, as the shop has it set."""
        if self._ways.notices_by == "GET":
            return Outgoing(f"{url}{'&' if '?' in url else '?'}{body}", method="GET")
        return Outgoing(url, body.encode(), content_type="application/x-www-form-urlencoded")

    def accepts(self, status: int, body: bytes) -> bool:
        """Only HTTP 200 ends the deliveries."""
        return notifications.accepts(status, body)

    def pause(self, attempts: int, lived: timedelta) -> timedelta | None:  # noqa: ARG002  (the protocol's)
        """Repeat once."""
        return notifications.pause(attempts)

    # The methods

    def _register(self, shop: Shop, body: Json, now: datetime, *, steps: int) -> Json:
        asked = read_order(body)
        if self._bank.operations_numbered(shop.id, asked.number):
            raise ApiError(SAME_NUMBER, "An order with this number is registered already.")
        order = self._bank.dice.identifier("operation")
        operation = self._bank.create(
            NewOperation(
                protocol=self.name,
                shop=shop.id,
                amount=asked.amount,
                currency="RUB",
                steps=steps,
                title=asked.title,
                payee="",
                return_url=with_order(asked.return_url, order),
                keeps_card=False,
                forces_code=True,
                life=asked.life,
                identifier=order,
                details={
                    "number": asked.number,
                    "fail_url": with_order(asked.fail_url, order),
                    "params": asked.params,
                },
            ),
            now=now,
        )
        return {"orderId": operation.id, "formUrl": self._page_of(operation.id)}

    def _status(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "orderNumber", "language"))
        return self._shown(self._own(shop, body), now=now)

    def _deposit(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "amount", "language"))
        operation = self._own(shop, body)
        self._bank.capture(operation, amount=kopecks(body), now=now)
        return _good()

    def _reverse(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "language"))
        self._bank.cancel(self._own(shop, body), now=now)
        return _good()

    def _refund(self, shop: Shop, body: Json, now: datetime) -> Json:
        """Give back at once for the shop; ``refundedAmount`` tells of it when it is done."""
        only(body, (*LOGIN, "orderId", "amount", "language"))
        operation = self._own(shop, body)
        self._bank.refund(operation, amount=kopecks(body), details={}, now=now)
        return _good()

    # Inner matters

    def _shape(self) -> int:
        """Draw which of the shapes of an error the shop gets this time."""
        with self._bank.store.transaction():
            return self._bank.dice.draw("rbs_error")[0]

    def _authenticate(self, body: Json) -> Shop:
        shop = self._shops.get(str(body.get("userName", "")))
        if shop is None or not compare_digest(
            str(body.get("password", "")).encode(), shop.secret.encode()
        ):
            raise ApiError(NO_ACCESS, "Access is denied.")
        return shop

    def _own(self, shop: Shop, body: Json) -> Operation:
        """Return the shop's own order, by the bank's number or by the shop's."""
        if "orderId" in body:
            try:
                found = [self._bank.operation(text(body, "orderId", most=36))]
            except BankRefusal:
                found = []
        elif "orderNumber" in body:
            found = self._bank.operations_numbered(shop.id, text(body, "orderNumber", most=32))
        else:
            raise ApiError(WRONG_FIELD, "orderId or orderNumber is needed.")
        own = [one for one in found if one.shop == shop.id and one.protocol == self.name]
        if not own:
            raise ApiError(NO_ORDER, "There is no such order.")
        return own[0]

    def _shown(self, operation: Operation, *, now: datetime) -> Json:
        admitted = self._bank.store.row(
            "SELECT coalesce(sum(amount), 0) FROM refunds"
            " WHERE operation = :id AND state = 'succeeded' AND settle_at <= :until",
            {"id": operation.id, "until": to_text(now - self._ways.refund_lag)},
        )
        waiting = operation.state == State.PENDING
        return order_object(
            operation,
            asked_code=waiting and self._bank.traces(operation).asked_code,
            returned=int(admitted[0]) if admitted else 0,
        )


def _good() -> Json:
    return {"errorCode": "0", "errorMessage": "Успешно"}
