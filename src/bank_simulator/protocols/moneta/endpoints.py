"""The payer's form and the calls of the Merchant API.

The API is not described in PROTOCOLS; its shapes are those of open clients of it, and only
what this shop needs is here: operations by the shop's number, by their own, and refunds.
"""

from __future__ import annotations

import re
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bank_simulator.clock import MOSCOW
from bank_simulator.protocols.desk import ApiError, Desk
from bank_simulator.protocols.moneta import calls
from bank_simulator.protocols.moneta.marks import REQUEST, mark
from bank_simulator.records import (
    BankRefusal,
    NewOperation,
    Operation,
    Refund,
    RefundState,
    State,
)
from bank_simulator.web import Answer, NotReadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from bank_simulator.bank import Bank
    from bank_simulator.protocols.base import Message
    from bank_simulator.records import Event, Json, Shop
    from bank_simulator.sender import Outgoing
    from bank_simulator.web import Request

FORM, SERVICES = "/assistant.htm", "/services"
LONGEST_NUMBER = 255
SUM = re.compile(r"\d{1,9}\.\d{2}\Z", re.ASCII)
FORM_FIELDS = (
    *REQUEST, "MNT_SIGNATURE", "MNT_DESCRIPTION", "MNT_SUCCESS_URL", "MNT_FAIL_URL",
    "MNT_INPROGRESS_URL", "MNT_RETURN_URL", "MNT_CUSTOM1", "MNT_CUSTOM2", "MNT_CUSTOM3",
    "moneta.locale", "paymentSystem.unitId", "paymentSystem.limitIds", "followup",
)  # fmt: skip
REFUND_NUMBERS = 900_000_000
NO_LOGIN, WRONG_DATA, NOT_FOUND = "500.1.2", "500.2.1", "500.3.1.18"
STATES = {State.PENDING: "INPROGRESS", State.HELD: "FROZEN", State.CANCELLED: "CANCELED"}
REFUND_STATES = {
    RefundState.PENDING: "INPROGRESS",
    RefundState.SUCCEEDED: "SUCCEED",
    RefundState.CANCELLED: "CANCELED",
}


class Moneta(Desk):
    """MONETA over the bank: nobody opens a payment but the payer who brings the form."""

    name = "moneta"
    prefixes: tuple[str, ...] = (FORM, SERVICES)
    tells_at_once = True

    def __init__(
        self, bank: Bank, *, shops: Mapping[str, Shop], page_of: Callable[[str], str]
    ) -> None:
        super().__init__(bank, shops=shops, page_of=page_of)
        self._acts: Mapping[str, Callable[[Shop, Json, datetime], Json]] = {
            "FindOperationsListByCTID": self._find,
            "GetOperationDetailsById": self._details,
            "Refund": self._refund,
        }

    # What every protocol has

    def answer(self, request: Request) -> Answer:
        """Answer a payer with his page, a shop with what it asks."""
        if request.path == FORM:
            return self._form(request)
        try:
            return Answer.of_json({"Envelope": {"Body": self._serve(request.json())}})
        except (ApiError, BankRefusal, NotReadable) as problem:
            code = problem.code if isinstance(problem, ApiError) else WRONG_DATA
            fault = {
                "faultcode": "Client", "faultstring": str(problem), "detail": {"faultDetail": code},
            }  # fmt: skip
            return Answer.of_json({"Envelope": {"Body": {"fault": fault}}}, status=500)

    def message(self, event: Event) -> Message | None:
        """Return the report to the pay address."""
        return calls.message(event, self._shops[event.operation.shop])

    def forge(self, message: Message, *, lie: str) -> Message:
        """Return the report with one lie in it."""
        shop = next(one for one in self._shops if f"MNT_ID={one}&" in message.body)
        stranger = self._bank.dice.digits("forged", count=8)
        return calls.forge(message, lie=lie, stranger=stranger, code=self._shops[shop].secret)

    def outgoing(self, url: str, body: str) -> Outgoing:
        """Carry the report as a form."""
        return calls.outgoing(url, body)

    def accepts(self, status: int, body: bytes) -> bool:
        """Only SUCCESS ends the reports."""
        return calls.accepts(status, body)

    def pause(self, attempts: int, lived: timedelta) -> timedelta | None:
        """Repeat for 26 hours."""
        return calls.pause(attempts, lived)

    # The payer

    def _form(self, request: Request) -> Answer:
        """Open the operation that the form asks for, if the shop agrees to be paid."""
        try:
            fields = request.form() if request.method == "POST" else request.asked()
            shop = self._signer(fields)
            with self._bank.work() as now:
                operation = self._open(shop, fields, now)
        except (NotReadable, ApiError) as problem:
            return _note(400, f"Форма оплаты неверна: {problem}")
        if shop.webhook_url:
            code = calls.check(operation, shop)
            if code not in calls.MAY_BE_PAID:
                with self._bank.work() as now:
                    self._bank.withdraw(operation, now=now)
                return _note(409, f"Магазин не подтвердил заказ: {code}. Деньги не списаны.")
        self.after_create(operation.id)
        return Answer.redirect(self._page_of(operation.id))

    def _signer(self, fields: dict[str, str]) -> Shop:
        for name in fields:
            if name not in FORM_FIELDS:
                raise ApiError(WRONG_DATA, f"неизвестное поле {name}")
        shop = self._shops.get(fields.get("MNT_ID", ""))
        if shop is None:
            raise ApiError(WRONG_DATA, "нет такого счёта")
        given = fields.get("MNT_SIGNATURE", "").lower()
        if not compare_digest(given.encode(), mark(fields, REQUEST, shop.secret).encode()):
            raise ApiError(WRONG_DATA, "подпись")
        return shop

    def _open(self, shop: Shop, fields: dict[str, str], now: datetime) -> Operation:
        """Return the waiting operation of the order, else a new one: an order may have many."""
        number, text = fields.get("MNT_TRANSACTION_ID", ""), fields.get("MNT_AMOUNT", "")
        if not 0 < len(number) <= LONGEST_NUMBER or not SUM.match(text):
            raise ApiError(WRONG_DATA, "номер или сумма")
        if fields.get("MNT_CURRENCY_CODE") != "RUB" or fields.get("MNT_TEST_MODE", "0") != "0":
            raise ApiError(WRONG_DATA, "валюта или режим")
        success = fields.get("MNT_SUCCESS_URL", "")
        if urlsplit(success).scheme not in ("http", "https"):
            raise ApiError(WRONG_DATA, "адрес возврата")
        amount = int(text.replace(".", ""))
        for one in self._bank.operations_numbered(shop.id, number):
            if (one.protocol, one.state, one.amount) == (self.name, State.PENDING, amount):
                return one
        return self._bank.create(
            NewOperation(
                protocol=self.name, shop=shop.id, amount=amount, currency="RUB", steps=1,
                title=fields.get("MNT_DESCRIPTION", ""), payee="", return_url=success,
                keeps_card=False, forces_code=True,
                identifier=f"3{self._bank.dice.digits('moneta_operation', count=8)}",
                details={
                    "number": number, "subscriber": fields.get("MNT_SUBSCRIBER_ID", ""),
                    "fail_url": fields.get("MNT_FAIL_URL", success),
                },
            ),
            now=now,
        )  # fmt: skip

    # The shop

    def _serve(self, body: Json) -> Json:
        envelope = _object(body, "Envelope")
        login = _object(_object(_object(envelope, "Header"), "Security"), "UsernameToken")
        shop = self._shops.get(str(login.get("Username", "")))
        given = str(login.get("Password", "")).encode()
        if shop is None or not compare_digest(given, shop.secret.encode()):
            raise ApiError(NO_LOGIN, "Login failed.")
        asked = _object(envelope, "Body")
        for name, act in self._acts.items():
            if f"{name}Request" in asked:
                with self._bank.work() as now:
                    return {f"{name}Response": act(shop, asked, now)}
        raise ApiError(WRONG_DATA, "Unknown request.")

    def _find(self, shop: Shop, asked: Json, now: datetime) -> Json:
        told = _object(asked, "FindOperationsListByCTIDRequest")
        if str(told.get("accountId")) != shop.id:
            raise ApiError(NO_LOGIN, "The account is not yours.")
        number = str(told.get("clientTransaction", ""))
        found = [
            self._operation(one, now=now)
            for one in self._bank.operations_numbered(shop.id, number)
            if one.protocol == self.name
        ]
        found += [self._returned(one) for one in self._refunds_numbered(shop, number)]
        size = len(found)
        return {
            "pageSize": 100, "pageNumber": 1, "pagesCount": 1, "size": size, "totalSize": size,
            "operation": found,
        }  # fmt: skip

    def _details(self, shop: Shop, asked: Json, now: datetime) -> Json:
        number = str(asked["GetOperationDetailsByIdRequest"])
        operation = self._own(shop, number)
        if operation is not None:
            return {"operation": self._operation(operation, now=now)}
        rows = self._bank.store.rows(
            "SELECT * FROM refunds WHERE shop = :shop AND CAST(seq + :first AS TEXT) = :number",
            {"shop": shop.id, "first": REFUND_NUMBERS, "number": number},
        )
        if not rows:
            raise ApiError(NOT_FOUND, "There is no such operation.")
        return {"operation": self._returned(Refund.of(rows[0]))}

    def _refund(self, shop: Shop, asked: Json, now: datetime) -> Json:
        """Give back; the shop's own number does not make a repetition harmless here."""
        told = _object(asked, "RefundRequest")
        operation = self._own(shop, str(told.get("transactionId")))
        if operation is None:
            raise ApiError(NOT_FOUND, "There is no such operation.")
        text = str(told.get("amount", ""))
        if not SUM.match(text):
            raise ApiError(WRONG_DATA, "amount")
        refund = self._bank.refund(
            operation, amount=int(text.replace(".", "")),
            details={"number": str(told.get("clientTransaction", ""))}, now=now,
        )  # fmt: skip
        return self._returned(refund)

    # Shapes

    def _refunds_numbered(self, shop: Shop, number: str) -> list[Refund]:
        rows = self._bank.store.rows(
            "SELECT * FROM refunds WHERE shop = :shop"
            " AND json_extract(details, '$.number') = :number ORDER BY seq",
            {"shop": shop.id, "number": number},
        )
        return [Refund.of(row) for row in rows]

    def _operation(self, operation: Operation, *, now: datetime) -> Json:
        """Show a payment: one whose report was not taken is not complete for 26 hours."""
        status = STATES.get(operation.state, "SUCCEED")
        if operation.captured_at and now - operation.captured_at < calls.PATIENCE:
            untold = self._bank.store.row(
                "SELECT 1 FROM notifications WHERE operation = :id AND forged = ''"
                " AND state <> 'delivered'",
                {"id": operation.id},
            )
            status = "TAKENIN_NOTSENT" if untold else status
        attributes = {
            "statusid": status,
            "clienttransaction": operation.number,
            "targetaccountid": operation.shop,
            "targetamount": calls.roubles(operation.amount),
            "targetcurrencycode": operation.currency,
            "category": "BUSINESS",
            "modified": (operation.captured_at or now).astimezone(MOSCOW).isoformat(),
        }
        if operation.card is not None:
            attributes["cardnumber"] = f"{operation.card.first6}******{operation.card.last4}"
        return _shown(int(operation.id), attributes)

    def _returned(self, refund: Refund) -> Json:
        attributes = {
            "statusid": REFUND_STATES[refund.state],
            "clienttransaction": str(refund.details.get("number", "")),
            "sourceaccountid": refund.shop,
            "sourceamount": f"-{calls.roubles(refund.amount)}",
            "sourcecurrencycode": refund.currency,
            "isrefund": "1",
            "parentid": refund.operation,
        }
        return _shown(REFUND_NUMBERS + refund.seq, attributes)


def _shown(number: int, attributes: dict[str, str]) -> Json:
    listed = [{"key": key, "value": value} for key, value in attributes.items()]
    return {"id": number, "attribute": listed}


def _object(body: Json, name: str) -> Json:
    found = body.get(name)
    if not isinstance(found, dict):
        raise ApiError(WRONG_DATA, f"{name} is missing.")
    return found


def _note(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), "text/plain; charset=utf-8")
