"""Orders to a network of terminals by HTTP: who puts money in, and what the lines then do.

``POST /put_in {account, amount}`` → the deal; ``POST /act {number, manner}`` → the deal after
it (``pay``, ``at_once``, ``hang_up``, ``otherwise``, ``cancel``); ``GET /truth`` → all deals.
Amounts are kopecks.
"""

from __future__ import annotations

import http.client
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from bank_simulator.web import Answer, NotReadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bank_simulator.records import Json
    from bank_simulator.terminals.network import Deal, Terminals
    from bank_simulator.web import Request

LINES = 5
"""How many lines tell of one deal at the same time."""


class Desk:
    """Translates JSON into acts of the network; answers only its own machine."""

    def __init__(self, network: Terminals) -> None:
        self._network = network
        self._deals: dict[str, Deal] = {}
        self._lock = Lock()
        self._manners: dict[str, Callable[[Deal], object]] = {
            "pay": network.pay,
            "at_once": lambda deal: network.pay_at_once(deal, LINES),
            "hang_up": network.hang_up,
            "otherwise": lambda deal: network.pay_otherwise(deal, amount=deal.amount + 1),
            "cancel": network.cancel,
        }

    def answer(self, request: Request) -> Answer:
        """Carry an order out; 400 with the reason for a wrong one, 403 for a stranger."""
        if not request.is_from_here:
            return _problem(403, "Only its own machine gives orders.")
        try:
            if (request.method, request.path) == ("GET", "/truth"):
                return Answer.of_json({"deals": [_shown(deal) for deal in self._deals.values()]})
            if (request.method, request.path) == ("POST", "/put_in"):
                return Answer.of_json(self._put_in(request.json()))
            if (request.method, request.path) == ("POST", "/act"):
                return Answer.of_json(self._act(request.json()))
        except (NotReadable, KeyError, TypeError, ValueError) as problem:
            return _problem(400, f"{type(problem).__name__}: {problem}")
        return _problem(404, "There is no such order.")

    def _put_in(self, order: Json) -> Json:
        account, amount = order["account"], order["amount"]
        if not isinstance(account, str) or not isinstance(amount, int) or amount <= 0:
            message = "account is a text, amount is kopecks above zero"
            raise TypeError(message)
        with self._lock:
            deal = self._network.put_in(account, amount, datetime.now().astimezone())
            self._deals[deal.number] = deal
        return _shown(deal)

    def _act(self, order: Json) -> Json:
        """Let the lines act; a broken one leaves the deal as it was, to be told again."""
        deal = self._deals[str(order["number"])]
        manner = self._manners[str(order["manner"])]
        try:
            manner(deal)
        except (OSError, http.client.HTTPException) as problem:
            return _shown(deal) | {"problem": type(problem).__name__}
        return _shown(deal)


def _shown(deal: Deal) -> Json:
    return {
        "number": deal.number,
        "account": deal.account,
        "amount": deal.amount,
        "outcome": deal.outcome,
        "ours": deal.ours,
    }


def _problem(status: int, text: str) -> Answer:
    return Answer.of_json({"problem": text}, status=status)
