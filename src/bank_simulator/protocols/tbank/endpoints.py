"""The methods of the API, from the signed request to the committed answer."""

from __future__ import annotations

import json
from hmac import compare_digest
from typing import TYPE_CHECKING

from bank_simulator import kept
from bank_simulator.protocols.desk import ApiError, CodedDesk
from bank_simulator.protocols.tbank import errors, notifications
from bank_simulator.protocols.tbank.errors import decline_code
from bank_simulator.protocols.tbank.fields import (
    BY_KEPT_CARD,
    INITIATOR,
    identifier,
    kopecks,
    only,
    read_init,
    text,
    token_of,
)
from bank_simulator.protocols.tbank.receipts import read_receipt
from bank_simulator.protocols.tbank.states import status_of
from bank_simulator.records import BankRefusal, NewOperation, State
from bank_simulator.web import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from bank_simulator.bank import Bank
    from bank_simulator.protocols.base import Message
    from bank_simulator.protocols.tbank.ways import TBankWays
    from bank_simulator.records import Event, Json, Operation, Shop

COMMON = ("TerminalKey", "Token", "IP")
CARD_NUMBERS = 10_000


class TBank(CodedDesk):
    """T-Bank's API v2 over the bank."""

    name = "tbank"
    prefixes: tuple[str, ...] = ("/v2/",)
    tells_at_once = True

    def __init__(
        self,
        bank: Bank,
        *,
        shops: Mapping[str, Shop],
        page_of: Callable[[str], str],
        ways: TBankWays,
    ) -> None:
        super().__init__(bank, shops=shops, page_of=page_of)
        self._ways = ways
        self._acts = {
            "Init": self._init,
            "GetState": self._get_state,
            "CheckOrder": self._check_order,
            "Confirm": self._confirm,
            "Cancel": self._cancel,
            "Charge": self._charge,
            "GetCardList": self._get_card_list,
            "RemoveCard": self._remove_card,
        }

    # What every protocol has

    def message(self, event: Event) -> Message | None:
        """Return the signed notification of the event."""
        operation = event.operation
        return notifications.message(event, self._shown(operation), self._shops[operation.shop])

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the notification with one lie in it."""
        shop = self._shops[json.loads(message.body)["TerminalKey"]]
        stranger = f"9{self._bank.dice.digits('forged', count=9)}"
        return notifications.forge(message, lie=lie, stranger=stranger, shop=shop)

    def accepts(self, status: int, body: bytes) -> bool:
        """Only HTTP 200 with the body OK ends the deliveries."""
        return notifications.accepts(status, body)

    def pause(self, attempts: int, lived: timedelta) -> timedelta | None:  # noqa: ARG002  (the protocol's)
        """Repeat hourly, then as the way says."""
        return notifications.pause(lived, self._ways)

    # The methods

    def _init(self, shop: Shop, body: Json, now: datetime) -> Json:
        asked = read_init(body, now=now)
        standing = self._bank.operations_numbered(shop.id, asked.order)
        if standing and self._ways.same_order == "refused":
            raise ApiError(errors.SAME_ORDER, "An order with this number stands already.")
        operation = self._bank.create(
            NewOperation(
                protocol=self.name,
                shop=shop.id,
                amount=asked.amount,
                currency="RUB",
                steps=asked.steps,
                title=asked.title,
                payee="",
                return_url=asked.success_url,
                keeps_card=asked.keeps_card,
                forces_code=True,
                life=asked.life,
                identifier=f"7{self._bank.dice.digits('tbank_payment', count=9)}",
                details={
                    "number": asked.order,
                    "tries": self._ways.tries,
                    "keeper": asked.keeper,
                    "fail_url": asked.fail_url,
                    "data": asked.data,
                    **asked.receipt,
                },
            ),
            now=now,
        )
        return self._shown(operation) | {"PaymentURL": self._page_of(operation.id)}

    def _get_state(self, shop: Shop, body: Json, _now: datetime) -> Json:
        only(body, (*COMMON, "PaymentId"))
        return self._shown(self._payment(shop, body))

    def _check_order(self, shop: Shop, body: Json, _now: datetime) -> Json:
        """Return the payments of an order; here numbers and truths change their spelling."""
        only(body, (*COMMON, "OrderId"))
        order = text(body, "OrderId", most=36)
        found = self._bank.operations_numbered(shop.id, order)
        if not found:
            raise ApiError(errors.NOT_FOUND, "There is no such order.")
        listed = []
        for operation in found:
            shown = self._shown(operation)
            listed.append(
                {
                    "PaymentId": shown["PaymentId"],
                    "Amount": shown["Amount"],
                    "Status": shown["Status"],
                    "RRN": operation.rrn,
                    "Success": "true" if shown["Success"] else "false",
                    "ErrorCode": int(str(shown["ErrorCode"])),
                }
            )
        good: Json = {"Success": True, "ErrorCode": "0", "Message": "OK"}
        return good | {"TerminalKey": shop.id, "OrderId": order, "Payments": listed}

    def _confirm(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*COMMON, "PaymentId", "Amount", "Receipt"))
        operation = self._payment(shop, body)
        amount = kopecks(body) if "Amount" in body else operation.amount
        try:
            return self._shown(self._bank.capture(operation, amount=amount, now=now))
        except BankRefusal as refusal:
            raise _refused(refusal) from refusal

    def _cancel(self, shop: Shop, body: Json, now: datetime) -> Json:
        """Close a page, let held money go, or give paid money back: one method for all three."""
        only(body, (*COMMON, "PaymentId", "Amount", "Receipt", "ExternalRequestId"))
        operation = self._payment(shop, body)
        before = operation.amount - self._bank.given_back(operation, pending=True)
        amount = kopecks(body) if "Amount" in body else before
        try:
            if operation.state == State.PENDING:
                operation = self._bank.withdraw(operation, now=now)
            elif operation.state == State.HELD:
                operation = self._bank.cancel(operation, now=now)
            else:
                key = text(body, "ExternalRequestId", most=256, default="")
                details = {"key": key, **read_receipt(body, amount=amount)}
                self._give_back(operation, amount, details, now=now)
        except BankRefusal as refusal:
            raise _refused(refusal) from refusal
        left = operation.amount - self._bank.given_back(operation, pending=True)
        return self._shown(operation) | {"OriginalAmount": before, "NewAmount": left}

    def _give_back(
        self, operation: Operation, amount: int, details: Json, *, now: datetime
    ) -> None:
        """Refund once for one key; without a key every request is a new refund."""
        rows = self._bank.store.rows(
            "SELECT details FROM refunds WHERE operation = :id", {"id": operation.id}
        )
        key = details["key"]
        if key and any(json.loads(row["details"]).get("key") == key for row in rows):
            return
        self._bank.refund(operation, amount=amount, details=details, now=now)

    def _charge(self, shop: Shop, body: Json, now: datetime) -> Json:
        """Charge a kept card for an order that was opened for that; at most once."""
        only(body, (*COMMON, "PaymentId", "RebillId", "SendEmail", "InfoEmail"))
        operation = self._payment(shop, body)
        if not self._ways.charges:
            raise ApiError(errors.NO_CHARGES, "Charge is not allowed to this terminal.")
        data = operation.details.get("data")
        if not isinstance(data, dict) or data.get(INITIATOR) not in BY_KEPT_CARD:
            raise ApiError(errors.WRONG_INITIATOR, "The order was not opened for a charge.")
        if operation.state != State.PENDING:
            raise ApiError(errors.WRONG_STATE, f"The operation is {operation.state}.")
        token = text(body, "RebillId", most=20)
        try:
            return self._shown(kept.charge(self._bank, operation, token=token, now=now))
        except BankRefusal as refusal:
            raise ApiError(errors.NO_RECURRENT, refusal.text) from refusal

    def _get_card_list(self, shop: Shop, body: Json, _now: datetime) -> list[Json]:
        """Return an array, as only this method does."""
        only(body, (*COMMON, "CustomerKey"))
        name = text(body, "CustomerKey", most=36)
        return [
            {
                "CardId": str(CARD_NUMBERS + one.seq),
                "Pan": f"{one.card.first6}******{one.card.last4}",
                "Status": "A",
                "RebillId": one.token,
                "CardType": 0,
                "ExpDate": f"{one.card.month}{one.card.year[-2:]}",
            }
            for one in kept.kept_under(self._bank, name, shop=shop.id)
        ]

    def _remove_card(self, shop: Shop, body: Json, now: datetime) -> Json:
        only(body, (*COMMON, "CardId", "CustomerKey"))
        card, name = text(body, "CardId", most=40), text(body, "CustomerKey", most=36)
        found = [
            one
            for one in kept.kept_under(self._bank, name, shop=shop.id)
            if str(CARD_NUMBERS + one.seq) == card
        ]
        if not found:
            raise ApiError(errors.NOT_FOUND, "There is no such card.")
        kept.forget(self._bank, found[0].token, shop=shop.id, now=now)
        good: Json = {"Success": True, "ErrorCode": "0", "TerminalKey": shop.id, "Status": "D"}
        return good | {"CustomerKey": name, "CardId": card}

    # Inner matters

    def _no_method(self) -> Answer:
        return Answer.of_json({"Success": False, "ErrorCode": "404"}, status=404)

    def _opened(self, done: Json) -> str:
        return str(done["PaymentId"]) if "PaymentURL" in done else ""

    def _refusal(self, problem: Exception) -> Answer:
        code = problem.code if isinstance(problem, ApiError) else errors.WRONG_FIELD
        return Answer.of_json(errors.error_body(code, str(problem)))

    def _authenticate(self, body: Json) -> Shop:
        shop = self._shops.get(str(body.get("TerminalKey", "")))
        if shop is None:
            raise ApiError(errors.UNKNOWN_TERMINAL, "There is no such terminal.")
        given = str(body.get("Token", ""))
        if not compare_digest(given.encode(), token_of(body, shop.secret).encode()):
            raise ApiError(errors.WRONG_TOKEN, "The token does not fit.")
        return shop

    def _payment(self, shop: Shop, body: Json) -> Operation:
        """Return the terminal's own payment."""
        found = self._own(shop, identifier(body))
        if found is None:
            raise ApiError(errors.NOT_FOUND, "There is no such payment.")
        return found

    def _shown(self, operation: Operation) -> Json:
        """Return the payment as ``GetState`` shows it; a refused card has its code here."""
        traces = self._bank.traces(operation)
        status = status_of(
            operation,
            traces,
            returned=self._bank.given_back(operation, pending=False),
            in_return=self._bank.given_back(operation, pending=True),
        )
        refused = status in {"REJECTED", "ATTEMPTS_EXPIRED"} and bool(traces.refusals)
        return {
            "Success": not refused,
            "ErrorCode": decline_code(traces.refusals[-1]) if refused else "0",
            "TerminalKey": operation.shop,
            "Status": status,
            "PaymentId": operation.id,
            "OrderId": operation.number,
            "Amount": operation.amount,
        }


def _refused(refusal: BankRefusal) -> ApiError:
    code = errors.TOO_MUCH if refusal.word == "too_much" else errors.WRONG_STATE
    return ApiError(code, refusal.text)
