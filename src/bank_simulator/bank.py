"""The bank itself: what it holds, takes and gives back, and when terms run out.

It knows no protocol. Protocols ask it for acts, it tells what happened by events, inside
the same transaction. Every verb runs inside ``work()``, which first lets everything that
has fallen due happen at its own moment, so a jump of the clock loses nothing.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bank_simulator.cards import GOOD_CARD
from bank_simulator.clock import from_text, to_text
from bank_simulator.records import (
    CONFIRMATION_EXPIRED,
    BankRefusal,
    Card,
    Event,
    EventKind,
    NewOperation,
    Operation,
    Refund,
    RefundState,
    State,
    Traces,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bank_simulator.clock import Clock
    from bank_simulator.dice import Dice
    from bank_simulator.records import Json
    from bank_simulator.store import Store, Value

HOLD_LIFE = timedelta(days=7)
LATE_BY = timedelta(minutes=5)
FEE_IN_TEN_THOUSANDTHS = 280
"""The bank keeps 2.8 %; the figure only has to be plausible and to reconcile."""

DUE = """
SELECT confirm_until AS due, 'unconfirmed' AS what, id FROM operations
    WHERE state = 'pending' AND confirm_until <= :now
UNION ALL SELECT hold_until, 'uncaptured', id FROM operations
    WHERE state = 'held' AND hold_until <= :now
UNION ALL SELECT pay_late_at, 'late', id FROM operations
    WHERE pay_late_at IS NOT NULL AND pay_late_at <= :now
UNION ALL SELECT settle_at, 'refund', id FROM refunds
    WHERE state = 'pending' AND settle_at <= :now
ORDER BY due, what, id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """How the next refunds end: after so long, and with a refusal or none."""

    after: timedelta = timedelta(minutes=1)
    refusal: str = ""


def fee_of(amount: int) -> int:
    """Return the fee in kopecks, half a kopeck rounded up."""
    return (amount * FEE_IN_TEN_THOUSANDTHS + 5000) // 10000


class Bank:
    """Operations, refunds and movements of money, with the virtual clock over them."""

    def __init__(self, store: Store, clock: Clock, dice: Dice) -> None:
        self.store = store
        self.clock = clock
        self.dice = dice
        self.announce: Callable[[Event], None] = lambda _event: None
        # Whether the cash register gives no receipts for now.
        self.receipts_stuck = False
        self.refund_plans: list[RefundPlan] = []

    @contextmanager
    def work(self) -> Iterator[datetime]:
        """Let what is due happen, then open a transaction and give the moment of this work.

        What was due is committed first: it has happened even if the work is refused.
        """
        with self.store.alone():
            with self.store.transaction():
                now = self.clock.now()
                while due := self.store.row(DUE, {"now": to_text(now)}):
                    self._fall_due(due["what"], due["id"], at=from_text(due["due"]))
            with self.store.transaction():
                yield now

    # Operations

    def create(self, new: NewOperation, *, now: datetime) -> Operation:
        """Open an operation that waits for its payer as long as it was asked to."""
        identifier = new.identifier or self.dice.identifier("operation")
        self.store.insert(
            "operations",
            {
                "id": identifier,
                "protocol": new.protocol,
                "shop": new.shop,
                "state": State.PENDING,
                "amount": new.amount,
                "currency": new.currency,
                "steps": new.steps,
                "title": new.title,
                "payee": new.payee,
                "return_url": new.return_url,
                "keeps_card": int(new.keeps_card),
                "forces_code": int(new.forces_code),
                "created_at": to_text(now),
                "confirm_until": to_text(now + new.life),
                "details": json.dumps(new.details, ensure_ascii=False),
            },
        )
        return self.operation(identifier)

    def operation(self, identifier: str) -> Operation:
        """Return the operation; refused with ``unknown`` when there is none."""
        row = self.store.row("SELECT * FROM operations WHERE id = :id", {"id": identifier})
        if row is None:
            raise BankRefusal("unknown", "There is no such operation.")
        return Operation.of(row)

    def operations_numbered(self, shop: str, number: str) -> list[Operation]:
        """Return the shop's operations with this number of its own, the oldest first."""
        rows = self.store.rows(
            "SELECT * FROM operations WHERE shop = :shop"
            " AND json_extract(details, '$.number') = :number ORDER BY seq",
            {"shop": shop, "number": number},
        )
        return [Operation.of(row) for row in rows]

    def visit(self, operation: Operation, *, now: datetime) -> None:
        """Note that the payer has opened the page."""
        self.store.rows(
            "INSERT INTO visits VALUES (:id, :at) ON CONFLICT DO NOTHING",
            {"id": operation.id, "at": to_text(now)},
        )

    def traces(self, operation: Operation) -> Traces:
        """Return what the payer has left behind on the page so far."""
        values = {"id": operation.id}
        row = self.store.row(
            "SELECT EXISTS (SELECT 1 FROM visits WHERE operation = :id) AS visited,"
            " EXISTS (SELECT 1 FROM challenges WHERE operation = :id) AS asked_code",
            values,
        )
        query = "SELECT reason FROM refusals WHERE operation = :id ORDER BY seq"
        reasons = tuple(one["reason"] for one in self.store.rows(query, values))
        return Traces(bool(row and row["visited"]), bool(row and row["asked_code"]), reasons)

    def authorise(
        self, operation: Operation, *, card: Card, method: str, code_asked: bool, now: datetime
    ) -> Operation:
        """Take the money from the card: held in a two-step payment, captured otherwise."""
        self._expect(operation, State.PENDING)
        changes: dict[str, Value] = {
            **card.columns(),
            "method": method,
            "rrn": self.dice.digits("rrn", count=12),
            "auth_code": self.dice.digits("auth_code", count=6),
            "code_asked": int(code_asked),
            "pay_late_at": None,
        }
        if operation.keeps_card and method == operation.id:
            self._keep_card(operation, card)
        if operation.steps == 1:
            self._change(operation.id, changes)
            return self._take(operation.id, operation.amount, now=now)
        changes |= {"state": State.HELD, "hold_until": to_text(now + HOLD_LIFE)}
        self._change(operation.id, changes)
        return self._tell(EventKind.HELD, operation.id, now=now)

    def capture(self, operation: Operation, *, amount: int, now: datetime) -> Operation:
        """Take held money, all or a part; the rest goes back to the card."""
        self._expect(operation, State.HELD)
        if amount > operation.amount:
            raise BankRefusal("too_much", "More than was held cannot be captured.")
        self._change(operation.id, {"amount": amount})
        return self._take(operation.id, amount, now=now)

    def cancel(self, operation: Operation, *, now: datetime) -> Operation:
        """Let held money go at the shop's wish."""
        self._expect(operation, State.HELD)
        return self._end(operation.id, party="merchant", reason="canceled_by_merchant", now=now)

    def withdraw(self, operation: Operation, *, now: datetime) -> Operation:
        """Close the page of an operation that nobody has paid, at the shop's wish."""
        self._expect(operation, State.PENDING)
        return self._end(operation.id, party="merchant", reason="canceled_by_merchant", now=now)

    def decline(
        self, operation: Operation, *, reason: str, card: Card | None, now: datetime
    ) -> Operation:
        """Refuse a card, for a reason the shop will read; the last try ends the operation."""
        self._expect(operation, State.PENDING)
        if card is not None:
            self._change(operation.id, {**card.columns(), "method": operation.id})
        self.store.rows("DELETE FROM challenges WHERE operation = :id", {"id": operation.id})
        refused: dict[str, Value] = {"operation": operation.id, "at": to_text(now)}
        self.store.insert("refusals", {**refused, "reason": reason})
        if len(self.traces(operation).refusals) < operation.tries:
            return self._tell(EventKind.REFUSED, operation.id, now=now)
        own = {CONFIRMATION_EXPIRED, "internal_timeout", "fraud_suspected", "deal_expired"}
        party = "yoo_money" if reason in own else "payment_network"
        return self._end(operation.id, party=party, reason=reason, now=now)

    def pay_late(self, operation: Operation, *, after: timedelta, now: datetime) -> Operation:
        """Let the money come although the term has passed: the worst a real bank does.

        The operation is cancelled on its deadline and turns captured so long after it. The
        vendor promises that a cancelled payment is final; shops must survive it anyway.
        """
        late = (
            operation.state == State.CANCELLED and operation.cancel_reason == CONFIRMATION_EXPIRED
        )
        if operation.state != State.PENDING and not late:
            raise BankRefusal("wrong_state", f"The operation is {operation.state}.")
        moment = operation.confirm_until + max(after, timedelta(seconds=1))
        self._change(operation.id, {"pay_late_at": to_text(max(moment, now))})
        if moment <= now:
            self._fall_due("late", operation.id, at=now)
        return self.operation(operation.id)

    # Refunds

    def refund(self, operation: Operation, *, amount: int, details: Json, now: datetime) -> Refund:
        """Begin to give money back, never more than is left of the captured amount."""
        self._expect(operation, State.CAPTURED)
        if amount > operation.amount - self.given_back(operation, pending=True):
            raise BankRefusal("too_much", "More than was paid cannot be returned.")
        plan = self.refund_plans.pop(0) if self.refund_plans else RefundPlan()
        identifier = self.dice.identifier("refund")
        self.store.insert(
            "refunds",
            {
                "id": identifier,
                "operation": operation.id,
                "shop": operation.shop,
                "state": RefundState.PENDING,
                "amount": amount,
                "currency": operation.currency,
                "created_at": to_text(now),
                "settle_at": to_text(now + plan.after),
                "refusal": plan.refusal,
                "details": json.dumps(details, ensure_ascii=False),
            },
        )
        if plan.after <= timedelta(0):
            self._fall_due("refund", identifier, at=now)
        return self.refund_called(identifier)

    def refund_called(self, identifier: str) -> Refund:
        """Return the refund; refused with ``unknown`` when there is none."""
        row = self.store.row("SELECT * FROM refunds WHERE id = :id", {"id": identifier})
        if row is None:
            raise BankRefusal("unknown", "There is no such refund.")
        return Refund.of(row)

    def given_back(self, operation: Operation, *, pending: bool) -> int:
        """Return the kopecks given back, with or without the refunds still on their way."""
        row = self.store.row(
            "SELECT coalesce(sum(amount), 0) FROM refunds WHERE operation = :id"
            " AND (state = 'succeeded' OR (state = 'pending' AND :pending))",
            {"id": operation.id, "pending": int(pending)},
        )
        return int(row[0]) if row else 0

    # Kept cards: ``kept`` has the rest

    def refuse_kept(
        self, operation: Operation, *, card: Card, method: str, reason: str, now: datetime
    ) -> Operation:
        """End a charge of a kept card that its bank has refused."""
        self._expect(operation, State.PENDING)
        self._change(operation.id, {**card.columns(), "method": method})
        refused: dict[str, Value] = {"operation": operation.id, "at": to_text(now)}
        self.store.insert("refusals", {**refused, "reason": reason})
        return self._end(operation.id, party="payment_network", reason=reason, now=now)

    # Inner acts

    def _keep_card(self, operation: Operation, card: Card) -> None:
        keeper = str(operation.details.get("keeper", ""))
        kept: dict[str, Value] = {"id": operation.id, "shop": operation.shop, "keeper": keeper}
        self.store.insert("kept_cards", {**kept, **card.columns()})

    def _take(self, identifier: str, amount: int, *, now: datetime) -> Operation:
        fee = fee_of(amount)
        operation = self.operation(identifier)
        self._change(identifier, {"state": State.CAPTURED, "captured_at": to_text(now), "fee": fee})
        self.store.insert(
            "movements",
            {
                "at": to_text(now),
                "kind": "capture",
                "shop": operation.shop,
                "operation": identifier,
                "amount": amount,
                "fee": fee,
            },
        )
        told = self._tell(EventKind.CAPTURED, identifier, now=now)
        if "receipt" in operation.details and not self.receipts_stuck:
            self._tell(EventKind.FISCALISED, identifier, now=now)
        return told

    def _end(self, identifier: str, *, party: str, reason: str, now: datetime) -> Operation:
        self._change(
            identifier,
            {
                "state": State.CANCELLED,
                "cancelled_at": to_text(now),
                "cancel_party": party,
                "cancel_reason": reason,
            },
        )
        return self._tell(EventKind.CANCELLED, identifier, now=now)

    def _fall_due(self, what: str, identifier: str, *, at: datetime) -> None:
        if what == "unconfirmed":
            self._end(identifier, party="yoo_money", reason=CONFIRMATION_EXPIRED, now=at)
        elif what == "uncaptured":
            self._end(identifier, party="yoo_money", reason="expired_on_capture", now=at)
        elif what == "late":
            self._pay_late_now(self.operation(identifier), at=at)
        else:
            self._settle(self.refund_called(identifier), at=at)

    def _pay_late_now(self, operation: Operation, *, at: datetime) -> None:
        if operation.state != State.CANCELLED or operation.cancel_reason != CONFIRMATION_EXPIRED:
            # Another end came first: the payer closed the matter before the late money did.
            self._change(operation.id, {"pay_late_at": None})
            return
        self._change(operation.id, {"state": State.PENDING, "pay_late_at": None})
        self.authorise(
            self.operation(operation.id),
            card=GOOD_CARD.card(),
            method=operation.id,
            code_asked=True,
            now=at,
        )

    def _settle(self, refund: Refund, *, at: datetime) -> None:
        state = RefundState.CANCELLED if refund.refusal else RefundState.SUCCEEDED
        self.store.rows(
            "UPDATE refunds SET state = :state, settle_at = :at WHERE id = :id",
            {"state": state, "at": to_text(at), "id": refund.id},
        )
        if state == RefundState.SUCCEEDED:
            self.store.insert(
                "movements",
                {
                    "at": to_text(at),
                    "kind": "refund",
                    "shop": refund.shop,
                    "operation": refund.operation,
                    "refund": refund.id,
                    "amount": refund.amount,
                },
            )
        kind = EventKind.REFUND_CANCELLED if refund.refusal else EventKind.REFUNDED
        operation = self.operation(refund.operation)
        self.announce(Event(kind, operation, self.refund_called(refund.id), at))
        if (
            state == RefundState.SUCCEEDED
            and "receipt" in refund.details
            and not self.receipts_stuck
        ):
            done = self.refund_called(refund.id)
            self.announce(Event(EventKind.FISCALISED, operation, done, at))

    def _tell(self, kind: EventKind, identifier: str, *, now: datetime) -> Operation:
        operation = self.operation(identifier)
        self.announce(Event(kind, operation, None, now))
        return operation

    def _expect(self, operation: Operation, state: State) -> None:
        if operation.state != state:
            raise BankRefusal("wrong_state", f"The operation is {operation.state}.")

    def _change(self, identifier: str, changes: dict[str, Value]) -> None:
        settings = ", ".join(f"{name} = :{name}" for name in changes)
        # Column names come from this module, never from a request.
        self.store.rows(
            f"UPDATE operations SET {settings} WHERE id = :identifier",
            {"identifier": identifier, **changes},
        )
