"""The methods of the engine, from the shop's login to the committed answer."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from bank_simulator import kept
from bank_simulator.clock import to_text
from bank_simulator.protocols.desk import ApiError, CodedDesk
from bank_simulator.protocols.rbs import notifications
from bank_simulator.protocols.rbs.errors import (
    BROKEN,
    NO_ACCESS,
    NO_BINDING,
    NO_ORDER,
    SAME_NUMBER,
    WRONG_FIELD,
    error_body,
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
from bank_simulator.protocols.rbs.receipts import shown
from bank_simulator.protocols.rbs.states import order_object
from bank_simulator.records import BankRefusal, NewOperation, Refund, State
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


class Rbs(CodedDesk):
    """The engine of Sberbank's acquiring over the bank, in both its styles."""

    name = "rbs"
    prefixes: tuple[str, ...] = (OLD_PREFIX, NEW_PREFIX)

    def __init__(
        self,
        bank: Bank,
        *,
        shops: Mapping[str, Shop],
        page_of: Callable[[str], str],
        ways: RbsWays,
    ) -> None:
        super().__init__(bank, shops=shops, page_of=page_of)
        self._ways = ways
        self._acts = {
            "register.do": lambda shop, body, now: self._register(shop, body, now, steps=1),
            "registerPreAuth.do": lambda shop, body, now: self._register(shop, body, now, steps=2),
            "getOrderStatusExtended.do": self._status,
            "deposit.do": self._deposit,
            "reverse.do": self._reverse,
            "refund.do": self._refund,
            "paymentOrderBinding.do": self._pay_by_binding,
            "getBindings.do": self._bindings,
            "unBindCard.do": self._unbind,
            "getReceiptStatus.do": self._receipts,
        }

    # What every protocol has

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
                keeps_card=bool(asked.keeper),
                forces_code=True,
                life=asked.life,
                identifier=order,
                details={
                    "keeper": asked.keeper,
                    "number": asked.number,
                    "fail_url": with_order(asked.fail_url, order),
                    "params": asked.params,
                    **asked.receipt,
                },
            ),
            now=now,
        )
        return {"orderId": operation.id, "formUrl": self._page_of(operation.id)}

    def _status(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "orderNumber", "language"))
        return self._shown(self._order(shop, body), now=now)

    def _deposit(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "amount", "language"))
        operation = self._order(shop, body)
        self._bank.capture(operation, amount=kopecks(body), now=now)
        return _good()

    def _reverse(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "language"))
        self._bank.cancel(self._order(shop, body), now=now)
        return _good()

    def _refund(self, shop: Shop, body: Json, now: datetime) -> Json:
        """Give back at once for the shop; ``refundedAmount`` tells of it when it is done."""
        only(body, (*LOGIN, "orderId", "amount", "language"))
        operation = self._order(shop, body)
        self._bank.refund(operation, amount=kopecks(body), details={}, now=now)
        return _good()

    def _pay_by_binding(self, shop: Shop, body: Json, now: datetime) -> Json:
        """Charge a kept card of the order's own client; a bank that wants a code asks for it."""
        only(body, (*LOGIN, "mdOrder", "bindingId", "ip", "cvc", "language"))
        text(body, "ip", most=45)
        operation = self._order(shop, {"orderId": text(body, "mdOrder", most=36)})
        token = text(body, "bindingId", most=255)
        try:
            one = kept.find(self._bank, token, shop=shop.id)
        except BankRefusal as refusal:
            raise ApiError(NO_BINDING, "Связка не найдена.") from refusal
        if one.refusal == "permission_revoked" or one.keeper != operation.details.get("keeper"):
            raise ApiError(NO_BINDING, "Связка не активна.")
        if one.refusal == "3d_secure_failed":
            kept.ask_code(self._bank, operation, one)
            return _good() | {"acsUrl": "https://acs.example/", "paReq": "eJx"}
        kept.charge(self._bank, operation, token=token, now=now)
        return _good()

    def _bindings(self, shop: Shop, body: Json, _now: datetime) -> Json:
        only(body, (*LOGIN, "clientId", "language"))
        found = kept.kept_under(self._bank, text(body, "clientId", most=255), shop=shop.id)
        shown: list[Json] = [
            {
                "bindingId": one.token,
                "maskedPan": f"{one.card.first6}**{one.card.last4}",
                "expiryDate": f"{one.card.year}{one.card.month}",
            }
            for one in found
        ]
        return _good() | {"bindings": shown}

    def _unbind(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "bindingId", "language"))
        try:
            kept.forget(self._bank, text(body, "bindingId", most=255), shop=shop.id, now=now)
        except BankRefusal as refusal:
            raise ApiError(NO_BINDING, "Связка не найдена.") from refusal
        return _good()

    def _receipts(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*LOGIN, "orderId", "orderNumber", "uuid", "language"))
        order = self._order(shop, body)
        rows = self._bank.store.rows(
            "SELECT * FROM refunds WHERE operation = :id ORDER BY seq", {"id": order.id}
        )
        refunds = [Refund.of(row) for row in rows]
        listed = shown(order, refunds, stuck=self._bank.receipts_stuck, now=now)
        numbers: Json = {"orderId": order.id, "orderNumber": order.number}
        return _good() | numbers | {"receipt": listed}

    # Inner matters

    def _body(self, request: Request) -> Json:
        return read_body(request)

    def _opened(self, done: Json) -> str:
        return str(done["orderId"]) if "formUrl" in done else ""

    def _refusal(self, problem: Exception) -> Answer:
        """Refuse in one of the shapes of an error: which one is drawn each time."""
        code = problem.code if isinstance(problem, ApiError) else BROKEN
        with self._bank.store.transaction():
            shape = self._bank.dice.draw("rbs_error")[0]
        return Answer.of_json(error_body(code, str(problem), shape))

    def _authenticate(self, body: Json) -> Shop:
        shop = self._shops.get(str(body.get("userName", "")))
        if shop is None or not compare_digest(
            str(body.get("password", "")).encode(), shop.secret.encode()
        ):
            raise ApiError(NO_ACCESS, "Access is denied.")
        return shop

    def _order(self, shop: Shop, body: Json) -> Operation:
        """Return the shop's own order, by the bank's number or by the shop's."""
        found: Operation | None
        if "orderId" in body:
            found = self._own(shop, text(body, "orderId", most=36))
        elif "orderNumber" in body:
            numbered = self._bank.operations_numbered(shop.id, text(body, "orderNumber", most=32))
            found = next((one for one in numbered if one.protocol == self.name), None)
        else:
            raise ApiError(WRONG_FIELD, "orderId or orderNumber is needed.")
        if found is None:
            raise ApiError(NO_ORDER, "There is no such order.")
        return found

    def _shown(self, operation: Operation, *, now: datetime) -> Json:
        admitted = self._bank.store.row(
            "SELECT coalesce(sum(amount), 0) FROM refunds"
            " WHERE operation = :id AND state = 'succeeded' AND settle_at <= :until",
            {"id": operation.id, "until": to_text(now - self._ways.refund_lag)},
        )
        waiting = operation.state == State.PENDING
        return order_object(
            operation,
            binding=kept.is_kept(self._bank, operation.id),
            asked_code=waiting and self._bank.traces(operation).asked_code,
            returned=int(admitted[0]) if admitted else 0,
        )


def _good() -> Json:
    return {"errorCode": "0", "errorMessage": "Успешно"}
