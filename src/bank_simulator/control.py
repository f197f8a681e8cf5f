"""The control API of tests: ``/_sim/…``, answered only to this machine.

It would let a stranger print money in the demo, so it refuses anything that came from
elsewhere or through a proxy, and a web page of another site cannot reach it either: such a
page cannot send JSON without asking first.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bank_simulator.bank import RefundPlan
from bank_simulator.clock import from_text, to_text
from bank_simulator.faults import Fault
from bank_simulator.mischief import FORGERIES, Mischief
from bank_simulator.records import BankRefusal
from bank_simulator.web import Answer, NotReadable
from bank_simulator.words import declinable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bank_simulator.records import Json
    from bank_simulator.simulator import Simulator
    from bank_simulator.web import Request

REFUND_REASONS = (
    "insufficient_funds",
    "general_decline",
    "rejected_by_payee",
    "rejected_by_timeout",
    "yoo_money_account_closed",
)
MISCHIEF_WORDS = (
    "count", "event", "payment", "duplicate", "delay", "reorder", "forge", "drop", "to",
)  # fmt: skip
MIXED = "forge of a payment at once cannot be mixed with duplicate, delay, reorder, drop, event"


class Control:
    """Translates JSON into acts of the simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._posts: dict[str, Callable[[Json], Json]] = {
            "/_sim/fault": self._fault,
            "/_sim/webhook": self._webhook,
            "/_sim/deliver": self._deliver,
            "/_sim/payer": self._payer,
            "/_sim/refund": self._refund,
            "/_sim/method": self._method,
            "/_sim/receipts": self._receipts,
            "/_sim/clock": self._clock,
            "/_sim/reset": self._reset,
        }

    def answer(self, request: Request) -> Answer:
        """Answer the test; 403 to strangers, 400 with the reason to a wrong order."""
        if not request.is_from_here:
            return _problem(403, "The control API answers only to its own machine.")
        try:
            if request.method == "GET":
                return self._get(request)
            if request.method == "POST" and request.path in self._posts:
                if request.header("Content-Type").split(";")[0] != "application/json":
                    return _problem(415, "Orders are given as application/json.")
                return Answer.of_json(self._posts[request.path](request.json()))
        except (BankRefusal, NotReadable, ValueError, TypeError, KeyError) as problem:
            return _problem(400, f"{type(problem).__name__}: {problem}")
        return _problem(404, "There is no such order.")

    def _get(self, request: Request) -> Answer:
        if request.path == "/_sim/truth":
            return Answer.of_json(self._simulator.truth())
        if request.path == "/_sim/registry":
            day = date.fromisoformat(request.asked()["day"])
            text = self._simulator.registry(day)
            return Answer(200, text.encode(), "text/csv; charset=utf-8")
        if request.path == "/_sim/clock":
            return Answer.of_json({"now": to_text(self._simulator.clock.now())})
        if request.path == "/_sim/fault":
            left = self._simulator.faults_left()
            return Answer.of_json(
                {"left": [{"where": f.where, "kind": f.kind, "count": f.count} for f in left]}
            )
        return _problem(404, "There is no such question.")

    def _fault(self, order: Json) -> Json:
        _only(order, ("where", "kind", "match", "count", "seconds"))
        match = order.get("match", {})
        if not isinstance(match, dict):
            message = "match is an object with method and path"
            raise TypeError(message)
        _only(match, ("method", "path"))
        seconds = order.get("seconds")
        self._simulator.fault(
            Fault(
                where=_text(order, "where"),
                kind=_text(order, "kind"),
                method=str(match.get("method", "*")),
                path=str(match.get("path", "*")),
                count=_count(order),
                seconds=None if seconds is None else _number(order, "seconds"),
            )
        )
        return {"ordered": True}

    def _webhook(self, order: Json) -> Json:
        if "before_create_answer" in order:
            _only(order, ("before_create_answer",))
            wanted = order["before_create_answer"]
            self._simulator.pay_before_answer(_whole(wanted, "before_create_answer"))
            return {"ordered": True}
        _only(order, MISCHIEF_WORDS)
        forge = str(order.get("forge", ""))
        if forge and "payment" in order:
            if not set(order) <= {"forge", "payment", "to"}:
                raise ValueError(MIXED)
            if forge not in FORGERIES:
                message = f"forge is one of {', '.join(FORGERIES)}"
                raise ValueError(message)
            self._simulator.forge(_text(order, "payment"), lie=forge, to=str(order.get("to", "")))
            return {"ordered": True}
        self._simulator.mischief(
            Mischief(
                count=_count(order),
                event=str(order.get("event", "*")),
                payment=str(order.get("payment", "*")),
                duplicate=_whole(order.get("duplicate", 0), "duplicate"),
                delay=_number(order, "delay") if "delay" in order else 0,
                reorder=_whole(order.get("reorder", 0), "reorder"),
                forge=forge,
                drop=bool(order.get("drop", False)),
                to=str(order.get("to", "")),
            )
        )
        return {"ordered": True}

    def _deliver(self, order: Json) -> Json:
        _only(order, ("workers",))
        workers = _whole(order.get("workers", 1), "workers")
        done = self._simulator.deliver_due(workers=max(workers, 1))
        return {
            "deliveries": [
                {
                    "event": delivery.event,
                    "payment": delivery.operation,
                    "url": delivery.url,
                    "at": to_text(delivery.at),
                    "status": delivery.status,
                    "problem": delivery.problem,
                }
                for delivery in done
            ]
        }

    def _payer(self, order: Json) -> Json:
        _only(order, ("payment", "act", "reason", "after"))
        act = _text(order, "act")
        reason = str(order.get("reason", "general_decline"))
        if act == "decline" and reason not in declinable():
            message = f"reason is one of {', '.join(declinable())}"
            raise ValueError(message)
        after = timedelta(seconds=_number(order, "after") if "after" in order else 300)
        done = self._simulator.payer(_text(order, "payment"), act=act, reason=reason, after=after)
        return {"payment": done.id, "state": str(done.state)}

    def _refund(self, order: Json) -> Json:
        _only(order, ("outcome", "reason", "after", "count"))
        outcome = _text(order, "outcome")
        if outcome not in ("succeeded", "canceled"):
            message = "outcome is succeeded or canceled"
            raise ValueError(message)
        reason = str(order.get("reason", "insufficient_funds"))
        if reason not in REFUND_REASONS:
            message = f"reason is one of {', '.join(REFUND_REASONS)}"
            raise ValueError(message)
        after = timedelta(seconds=_number(order, "after") if "after" in order else 60)
        plan = RefundPlan(after=after, refusal=reason if outcome == "canceled" else "")
        self._simulator.plan_refunds(plan, count=_count(order))
        return {"ordered": True}

    def _method(self, order: Json) -> Json:
        _only(order, ("method", "refusal"))
        refusal = str(order.get("refusal", ""))
        if refusal and refusal not in declinable():
            message = f"refusal is one of {', '.join(declinable())}"
            raise ValueError(message)
        self._simulator.spoil_saved(_text(order, "method"), refusal=refusal)
        return {"ordered": True}

    def _receipts(self, order: Json) -> Json:
        _only(order, ("stuck",))
        self._simulator.bank.receipts_stuck = bool(order["stuck"])
        return {"ordered": True}

    def _clock(self, order: Json) -> Json:
        _only(order, ("advance", "to"))
        if "to" in order:
            now = self._simulator.move_to(from_text(_text(order, "to")))
        else:
            now = self._simulator.advance(_number(order, "advance"))
        return {"now": to_text(now)}

    def _reset(self, order: Json) -> Json:
        _only(order, ())
        self._simulator.reset()
        return {"now": to_text(self._simulator.clock.now())}


def _only(order: Json, known: tuple[str, ...]) -> None:
    """Refuse unknown words: a misspelt order would make a test that cannot fail."""
    strangers = sorted(set(order) - set(known))
    if strangers:
        message = f"unknown: {', '.join(strangers)}; known: {', '.join(known)}"
        raise ValueError(message)


def _text(order: Json, name: str) -> str:
    value = order[name]
    if not isinstance(value, str) or not value:
        message = f"{name} is a string"
        raise TypeError(message)
    return value


def _number(order: Json, name: str) -> float:
    value = order[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{name} is a number of seconds"
        raise TypeError(message)
    return float(value)


def _whole(value: object, name: str) -> int:
    """Return a whole number; ``true`` counts as one, as in ``{"duplicate": true}``."""
    if not isinstance(value, int):
        message = f"{name} is a whole number"
        raise TypeError(message)
    return int(value)


def _count(order: Json) -> int:
    return _whole(order.get("count", 1), "count")


def _problem(status: int, text: str) -> Answer:
    return Answer.of_json({"problem": text}, status=status)
