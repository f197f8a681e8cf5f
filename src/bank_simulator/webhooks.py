"""Notifications: written with the event they tell of, sent later, repeated as the vendor does.

The order is not promised: those due at the same moment leave in an order the seed decides.
An attempt is booked at the virtual moment it was due, so a jump over a day shows the shop
the same sequence of attempts as a day lived through.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from bank_simulator.clock import from_text, to_text
from bank_simulator.mischief import Mischief
from bank_simulator.records import BankRefusal, Event, EventKind
from bank_simulator.sender import send

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bank_simulator.bank import Bank
    from bank_simulator.protocols.base import Message, WireProtocol
    from bank_simulator.records import Operation, Shop

GATHERING_LIFE = timedelta(hours=1)
USUAL_TURNS = 1_000_000
"""Turns drawn from the seed are below this, turns of reordered notifications above."""

CLAIM = """
UPDATE notifications SET state = 'sending' WHERE seq = (
    SELECT seq FROM notifications
    WHERE state IN ('waiting', 'gathering') AND next_at <= :now
    ORDER BY next_at, turn, seq LIMIT 1
) RETURNING *
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: ``status`` is empty and ``problem`` says why when no answer came."""

    notification: int
    event: str
    operation: str
    url: str
    body: str
    at: datetime
    status: int | None
    problem: str
    accepted: bool


class Webhooks:
    """The outgoing box of the bank."""

    def __init__(
        self,
        bank: Bank,
        *,
        shops: Mapping[str, Shop],
        protocols: Mapping[str, WireProtocol],
        sends_from: str,
    ) -> None:
        self._bank = bank
        self._shops = shops
        self._protocols = protocols
        self._sends_from = sends_from
        self._lock = Lock()
        self._ordered: list[Mischief] = []

    def order(self, mischief: Mischief) -> None:
        """Let something happen to the coming notifications that match."""
        with self._lock:
            self._ordered.append(mischief)

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._ordered.clear()

    def on_event(self, event: Event) -> None:
        """Write the notification of the event; runs inside the event's transaction."""
        message = self._protocols[event.operation.protocol].message(event)
        if message is None:
            return
        mischief = self._take(message.event, event.operation.id)
        at = event.at + timedelta(seconds=mischief.delay)
        url = mischief.to or self._shops[event.operation.shop].webhook_url
        for _ in range(1 + mischief.duplicate):
            state = "dropped" if mischief.drop else "waiting" if url else "nowhere"
            row = self._write(event.operation, message, state=state, url=url, at=at)
            if mischief.reorder:
                self._gather(mischief, row, at=at)
        if mischief.forge:
            self._write_forged(event.operation, message, lie=mischief.forge, url=url, at=at)

    def forge(self, payment: str, *, lie: str, to: str = "") -> None:
        """Send a lying notification of the payment now, as if its money had come."""
        with self._bank.work() as now:
            operation = self._bank.operation(payment)
            message = self._protocols[operation.protocol].message(
                Event(EventKind.CAPTURED, operation, None, now)
            )
            if message is None:
                raise BankRefusal("unknown", "The protocol tells nothing of a payment.")
            url = to or self._shops[operation.shop].webhook_url
            self._write_forged(operation, message, lie=lie, url=url, at=now)

    def deliver_due(self, *, workers: int = 1) -> list[Delivery]:
        """Send everything due by the virtual clock, one after another or side by side.

        A shop may ask the bank from inside the delivery: no lock is held while sending.
        """
        if workers == 1:
            return self._drain()
        with ThreadPoolExecutor(workers) as pool:
            drains = [pool.submit(self._drain) for _ in range(workers)]
        return [delivery for drain in drains for delivery in drain.result()]

    def resume(self) -> None:
        """Put back what was being sent when the process died; the shop may get it twice."""
        with self._bank.store.transaction():
            self._bank.store.rows(
                "UPDATE notifications SET state = 'waiting' WHERE state = 'sending'"
            )

    def _drain(self) -> list[Delivery]:
        done: list[Delivery] = []
        while delivery := self._deliver_one():
            done.append(delivery)
        return done

    def _deliver_one(self) -> Delivery | None:
        with self._bank.work() as now:
            row = self._bank.store.row(CLAIM, {"now": to_text(now)})
        if row is None:
            return None
        protocol = self._protocols[row["protocol"]]
        outgoing = protocol.outgoing(row["url"], row["body"])
        reply = send(outgoing, sends_from=self._sends_from)
        accepted = reply.status is not None and protocol.accepts(reply.status, reply.body)
        at = from_text(row["next_at"])
        with self._bank.store.transaction():
            self._bank.store.insert(
                "deliveries",
                {
                    "notification": row["seq"],
                    "at": row["next_at"],
                    "url": row["url"],
                    "status": reply.status,
                    "problem": reply.problem,
                    "answer": reply.body[:200].decode("utf-8", "replace"),
                },
            )
            lived = at - from_text(row["made_at"])
            pause = None if accepted else protocol.pause(row["attempts"], lived)
            self._book(row["seq"], at=at, accepted=accepted, pause=pause)
        return Delivery(
            notification=row["seq"],
            event=row["event"],
            operation=row["operation"],
            url=row["url"],
            body=row["body"],
            at=at,
            status=reply.status,
            problem=reply.problem,
            accepted=accepted,
        )

    def _book(self, seq: int, *, at: datetime, accepted: bool, pause: timedelta | None) -> None:
        state = "delivered" if accepted else "waiting" if pause else "given_up"
        self._bank.store.rows(
            "UPDATE notifications SET state = :state, next_at = :again,"
            " attempts = attempts + 1 WHERE seq = :seq",
            {"state": state, "again": to_text(at + (pause or timedelta())), "seq": seq},
        )

    def _write(
        self,
        operation: Operation,
        message: Message,
        *,
        state: str,
        url: str,
        at: datetime,
        lie: str = "",
    ) -> int:
        return self._bank.store.insert(
            "notifications",
            {
                "protocol": operation.protocol,
                "shop": operation.shop,
                "operation": operation.id,
                "event": message.event,
                "url": url,
                "body": message.body,
                "forged": lie,
                "state": state,
                "made_at": to_text(at),
                "next_at": to_text(at),
                "turn": int.from_bytes(self._bank.dice.draw("turn")[:8], "big") % USUAL_TURNS,
            },
        )

    def _write_forged(
        self, operation: Operation, message: Message, *, lie: str, url: str, at: datetime
    ) -> None:
        forged = self._protocols[operation.protocol].forge(message, lie=lie)
        state = "waiting" if url else "nowhere"
        self._write(operation, forged, state=state, url=url, at=at, lie=lie)

    def _take(self, event: str, payment: str) -> Mischief:
        with self._lock:
            for mischief in self._ordered:
                if mischief.matches(event=event, payment=payment):
                    mischief.count -= 1
                    if mischief.count == 0:
                        self._ordered.remove(mischief)
                    return mischief
        return Mischief()

    def _gather(self, mischief: Mischief, row: int, *, at: datetime) -> None:
        """Hold the notification until enough have come, then let them go last one first.

        A group that does not fill up within an hour goes in the usual order: a notification
        held by mistake would otherwise look like one lost.
        """
        mischief.gathered.append(row)
        full = len(mischief.gathered) >= mischief.reorder and mischief.count == 0
        for turn, seq in enumerate(reversed(mischief.gathered), start=USUAL_TURNS):
            self._bank.store.rows(
                "UPDATE notifications SET state = :state, next_at = :at, turn = :turn"
                " WHERE seq = :seq",
                {
                    "state": "waiting" if full else "gathering",
                    "at": to_text(at if full else at + GATHERING_LIFE),
                    "turn": turn,
                    "seq": seq,
                },
            )
