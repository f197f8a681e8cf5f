"""The calls of the API, from the shop's headers to the committed answer."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from bank_simulator import kept
from bank_simulator.clock import to_text
from bank_simulator.protocols.desk import Desk
from bank_simulator.protocols.yookassa.checks import (
    IDEMPOTENCE_KEY,
    read_capture,
    read_payment,
    read_refund,
)
from bank_simulator.protocols.yookassa.errors import ApiError, invalid
from bank_simulator.protocols.yookassa.lists import PAYMENTS, REFUNDS, read_page
from bank_simulator.protocols.yookassa.notifications import forge, message, pause
from bank_simulator.protocols.yookassa.objects import (
    View,
    payment_object,
    receipt_object,
    refund_object,
)
from bank_simulator.records import (
    BankRefusal,
    NewOperation,
    Operation,
    Refund,
    RefundState,
    Shop,
    State,
)
from bank_simulator.web import Answer, NotReadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bank_simulator.bank import Bank
    from bank_simulator.protocols.base import Message
    from bank_simulator.records import Event, Json
    from bank_simulator.web import Request

KEY_LIFE = timedelta(hours=24)
IDENTIFIER = r"(?P<id>[0-9a-zA-Z-]{1,64})"


Act = Callable[[Shop, str, "Json", "datetime"], "Json"]
"""Shop, identifier in the path, body, moment → what is shown of the result."""


class YooKassa(Desk):
    """YooKassa API v3 over the bank."""

    name = "yookassa"
    prefixes: tuple[str, ...] = ("/v3/",)

    def __init__(
        self,
        bank: Bank,
        *,
        shops: Mapping[str, Shop],
        page_of: Callable[[str], str],
        order_required: bool,
    ) -> None:
        super().__init__(bank, shops=shops, page_of=page_of)
        self._order_required = order_required
        self._reads = (
            (re.compile(r"/v3/me"), self._me),
            (re.compile(r"/v3/payments"), self._payments),
            (re.compile(rf"/v3/payments/{IDENTIFIER}"), self._payment),
            (re.compile(r"/v3/refunds"), self._refunds),
            (re.compile(rf"/v3/refunds/{IDENTIFIER}"), self._refund),
            (re.compile(r"/v3/receipts"), self._receipts),
        )
        self._acts = (
            (re.compile(r"/v3/payments"), self._create),
            (re.compile(rf"/v3/payments/{IDENTIFIER}/capture"), self._capture),
            (re.compile(rf"/v3/payments/{IDENTIFIER}/cancel"), self._cancel),
            (re.compile(r"/v3/refunds"), self._give_back),
        )

    # What every protocol has

    def answer(self, request: Request) -> Answer:
        """Answer a shop; see ``WireProtocol``."""
        try:
            shop = self._authenticate(request)
            return (
                self._act(shop, request) if request.method == "POST" else self._read(shop, request)
            )
        except ApiError as error:
            with self._bank.store.transaction():
                return self._refusal(error)

    def message(self, event: Event) -> Message | None:
        """Return the notification of the event; a cancelled refund has none."""
        return message(event, self._payment_json(event.operation))

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the notification with one lie in it."""
        others = [shop for shop in self._shops if f'"{shop}"' not in message.body]
        stranger = self._bank.dice.identifier("forged")
        return forge(message, lie=lie, stranger=stranger, other_shop=(others or ["999999"])[0])

    def pause(self, attempts: int, lived: timedelta) -> timedelta | None:
        """Repeat for a day."""
        return pause(attempts, lived)

    # From the wire to a call

    def _authenticate(self, request: Request) -> Shop:
        kind, _, packed = request.header("Authorization").partition(" ")
        if kind.lower() != "basic":
            raise ApiError(
                "invalid_credentials", "Basic authorization is needed.", parameter="Authorization"
            )
        try:
            name, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, secret = "", ""
        shop = self._shops.get(name)
        if shop is None or not compare_digest(secret.encode(), shop.secret.encode()):
            raise ApiError(
                "invalid_credentials", "Wrong shop or secret key.", parameter="Authorization"
            )
        return shop

    def _read(self, shop: Shop, request: Request) -> Answer:
        for pattern, call in self._reads:
            if found := pattern.fullmatch(request.path):
                with self._bank.work() as now:
                    identifier = found.groupdict().get("id", "")
                    return Answer.of_json(call(shop, identifier, request, now))
        raise ApiError("not_found", "There is no such address.")

    def _act(self, shop: Shop, request: Request) -> Answer:
        """Do it once for one key: the second request gets the first answer."""
        key = request.header("Idempotence-Key")
        if not IDEMPOTENCE_KEY.fullmatch(key):
            raise invalid("Idempotence-Key", "From 1 to 64 of 0-9 A-Z a-z + - _ . are expected.")
        call, identifier = self._act_at(request.path)
        try:
            body = request.json()
        except NotReadable as problem:
            raise ApiError("invalid_request", str(problem)) from problem
        asked = _digest(request, body)
        with self._bank.work() as now:
            remembered = self._recall(shop, key, asked, now=now)
            if remembered is not None:
                return remembered
            try:
                with self._bank.store.attempt():
                    done = Answer.of_json(call(shop, identifier, body, now))
            except ApiError as error:
                done = self._refusal(error)
            self._remember(shop, key, asked, done, now=now)
        if request.path == "/v3/payments" and done.status == 200:  # noqa: PLR2004  (created)
            self.after_create(str(json.loads(done.body)["id"]))
        return done

    def _act_at(self, path: str) -> tuple[Act, str]:
        for pattern, call in self._acts:
            if found := pattern.fullmatch(path):
                return call, found.groupdict().get("id", "")
        raise ApiError("not_found", "There is no such address.")

    def _recall(self, shop: Shop, key: str, asked: str, *, now: datetime) -> Answer | None:
        store = self._bank.store
        store.rows(
            "DELETE FROM answers WHERE protocol = :protocol AND shop = :shop AND key = :key"
            " AND made_at <= :oldest",
            {"protocol": self.name, "shop": shop.id, "key": key, "oldest": to_text(now - KEY_LIFE)},
        )
        row = store.row(
            "SELECT * FROM answers WHERE protocol = :protocol AND shop = :shop AND key = :key",
            {"protocol": self.name, "shop": shop.id, "key": key},
        )
        if row is None:
            return None
        if row["asked"] != asked:
            raise invalid("Idempotence-Key", "This key was already used for another request.")
        return Answer(row["status"], row["body"].encode())

    def _remember(self, shop: Shop, key: str, asked: str, answer: Answer, *, now: datetime) -> None:
        self._bank.store.insert(
            "answers",
            {
                "protocol": self.name,
                "shop": shop.id,
                "key": key,
                "asked": asked,
                "status": answer.status,
                "body": answer.body.decode(),
                "made_at": to_text(now),
            },
        )

    def _refusal(self, error: ApiError) -> Answer:
        identifier = self._bank.dice.identifier("error")
        return Answer.of_json(error.body(identifier=identifier), status=error.status)

    # Reads

    def _me(self, shop: Shop, _id: str, _request: Request, _now: datetime) -> Json:
        return {
            "account_id": shop.id,
            "status": "enabled",
            "test": True,
            "fiscalization": {"enabled": True},
            "payment_methods": ["bank_card"],
        }

    def _payments(self, shop: Shop, _id: str, request: Request, now: datetime) -> Json:
        page = read_page(self._bank.store, PAYMENTS, shop=shop.id, asked=_asked(request), now=now)
        items = [self._payment_json(Operation.of(row)) for row in page.rows]
        return _list(items, page.next_cursor)

    def _payment(self, shop: Shop, identifier: str, _request: Request, _now: datetime) -> Json:
        return self._payment_json(self._asked_for(shop, identifier))

    def _refunds(self, shop: Shop, _id: str, request: Request, now: datetime) -> Json:
        page = read_page(self._bank.store, REFUNDS, shop=shop.id, asked=_asked(request), now=now)
        items = [refund_object(Refund.of(row)) for row in page.rows]
        return _list(items, page.next_cursor)

    def _refund(self, shop: Shop, identifier: str, _request: Request, _now: datetime) -> Json:
        try:
            refund = self._bank.refund_called(identifier)
        except BankRefusal as refusal:
            raise ApiError("not_found", refusal.text) from refusal
        if refund.shop != shop.id:
            raise ApiError("not_found", "There is no such refund.")
        return refund_object(refund, receipt_done=not self._bank.receipts_stuck)

    def _receipts(self, shop: Shop, _id: str, request: Request, now: datetime) -> Json:
        """List the receipt of one payment or of one refund; other filters are not served."""
        asked = _asked(request)
        if set(asked) == {"payment_id"}:
            operation = self._asked_for(shop, asked["payment_id"])
            ready = operation.state == State.CAPTURED and "receipt" in operation.details
            shown = receipt_object(operation, kind="payment", at=to_text(now)) if ready else None
        elif set(asked) == {"refund_id"}:
            refund = self._bank.refund_called(asked["refund_id"])
            ready = refund.state == RefundState.SUCCEEDED and "receipt" in refund.details
            own = ready and refund.shop == shop.id
            shown = receipt_object(refund, kind="refund", at=to_text(now)) if own else None
        else:
            raise invalid("payment_id", "Either payment_id or refund_id is expected.")
        return _list([shown] if shown and not self._bank.receipts_stuck else [], "")

    # Acts

    def _create(self, shop: Shop, _id: str, body: Json, now: datetime) -> Json:
        asked = read_payment(body, order_required=self._order_required)
        operation = self._bank.create(
            NewOperation(
                protocol=self.name,
                shop=shop.id,
                amount=asked.amount,
                currency="RUB",
                steps=asked.steps,
                title=asked.description,
                payee=asked.payee,
                return_url=asked.return_url,
                keeps_card=asked.keeps_card,
                forces_code=asked.forces_code,
                details=asked.details,
            ),
            now=now,
        )
        if asked.method:
            try:
                operation = kept.charge(self._bank, operation, token=asked.method, now=now)
            except BankRefusal as refusal:
                raise invalid("payment_method_id", refusal.text) from refusal
        return self._payment_json(operation)

    def _capture(self, shop: Shop, identifier: str, body: Json, now: datetime) -> Json:
        operation = self._asked_for(shop, identifier)
        amount = read_capture(body)
        try:
            done = self._bank.capture(
                operation, amount=operation.amount if amount is None else amount, now=now
            )
        except BankRefusal as refusal:
            at_fault = "amount.value" if refusal.word == "too_much" else "payment_id"
            raise invalid(at_fault, refusal.text) from refusal
        return self._payment_json(done)

    def _cancel(self, shop: Shop, identifier: str, body: Json, now: datetime) -> Json:
        operation = self._asked_for(shop, identifier)
        if body:
            raise ApiError("invalid_request", "The body of a cancellation is empty.")
        try:
            return self._payment_json(self._bank.cancel(operation, now=now))
        except BankRefusal as refusal:
            raise invalid("payment_id", refusal.text) from refusal

    def _give_back(self, shop: Shop, _id: str, body: Json, now: datetime) -> Json:
        asked = read_refund(body)
        try:
            operation = self._asked_for(shop, asked.payment)
        except ApiError as error:
            raise invalid("payment_id", error.description) from error
        try:
            refund = self._bank.refund(
                operation, amount=asked.amount, details=asked.details, now=now
            )
        except BankRefusal as refusal:
            at_fault = "amount.value" if refusal.word == "too_much" else "payment_id"
            raise invalid(at_fault, refusal.text) from refusal
        return refund_object(refund)

    # Shapes

    def _asked_for(self, shop: Shop, identifier: str) -> Operation:
        """Return the shop's own payment."""
        operation = self._own(shop, identifier)
        if operation is None:
            raise ApiError("not_found", "There is no such payment.")
        return operation

    def _payment_json(self, operation: Operation) -> Json:
        returned = self._bank.given_back(operation, pending=False)
        view = View(
            page=self._page_of(operation.id),
            returned=returned,
            in_return=self._bank.given_back(operation, pending=True) - returned,
            card_kept=kept.is_kept(self._bank, operation.method or operation.id),
            receipt_done=not self._bank.receipts_stuck,
        )
        return payment_object(operation, view)


def _digest(request: Request, body: Json) -> str:
    """Return what makes two requests the same: the call and its data, not their spelling."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return sha256(f"{request.method} {request.path}\n{canonical}".encode()).hexdigest()


def _asked(request: Request) -> dict[str, str]:
    try:
        return request.asked()
    except NotReadable as problem:
        raise ApiError("invalid_request", str(problem)) from problem


def _list(items: list[Json], next_cursor: str) -> Json:
    shown: Json = {"type": "list", "items": items}
    return shown | ({"next_cursor": next_cursor} if next_cursor else {})
