"""The frame in which protocols answer: whose call it is, one transaction, a refusal in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from bank_simulator.records import BankRefusal
from bank_simulator.sender import Outgoing
from bank_simulator.web import Answer, NotReadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bank_simulator.bank import Bank
    from bank_simulator.records import Json, Operation, Shop
    from bank_simulator.web import Request

    Act = Callable[[Shop, Json, datetime], Json | list[Json]]

OK_STATUS = 200


class ApiError(Exception):
    """The API says no, in a code of the vendor's. Nothing was done."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Desk:
    """What all protocols have: the bank, its shops, the payer's page; each adds its words."""

    name: str
    tells_at_once = False

    def __init__(
        self, bank: Bank, *, shops: Mapping[str, Shop], page_of: Callable[[str], str]
    ) -> None:
        self._bank = bank
        self._shops = shops
        self._page_of = page_of
        self.after_create: Callable[[str], None] = lambda _operation: None

    def outgoing(self, url: str, body: str) -> Outgoing:
        """Post the JSON."""
        return Outgoing(url, body.encode())

    def accepts(self, status: int, body: bytes) -> bool:  # noqa: ARG002  (the protocol's)
        """Only HTTP 200 ends the deliveries; the body is not read."""
        return status == OK_STATUS

    def _own(self, shop: Shop, identifier: str) -> Operation | None:
        """Return the shop's own operation; a stranger's is as good as none."""
        try:
            operation = self._bank.operation(identifier)
        except BankRefusal:
            return None
        same = operation.shop == shop.id and operation.protocol == self.name
        return operation if same else None


class CodedDesk(Desk, ABC):
    """Vendors that answer HTTP 200 to errors of business too, with a code in the body."""

    _acts: Mapping[str, Act]

    def answer(self, request: Request) -> Answer:
        """Answer a shop; see ``WireProtocol``."""
        act = self._acts.get(request.path.rpartition("/")[2])
        if act is None or request.method != "POST":
            return self._no_method()
        try:
            body = self._body(request)
            shop = self._authenticate(body)
            with self._bank.work() as now:
                done = act(shop, body, now)
        except (ApiError, BankRefusal, NotReadable) as problem:
            return self._refusal(problem)
        if isinstance(done, dict) and (opened := self._opened(done)):
            self.after_create(opened)
        return Answer.of_json(done)

    def _no_method(self) -> Answer:
        return Answer(404, b"Not found", "text/plain")

    def _body(self, request: Request) -> Json:
        return request.json()

    @abstractmethod
    def _authenticate(self, body: Json) -> Shop:
        """Return the shop that signed the call."""

    @abstractmethod
    def _refusal(self, problem: Exception) -> Answer:
        """Say no in the vendor's words."""

    @abstractmethod
    def _opened(self, done: Json) -> str:
        """Return the identifier when the answer opens a payment, empty for every other."""
