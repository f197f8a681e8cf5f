"""What a payer does at the bank: shows a card, confirms by a code, goes away, pays late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import TYPE_CHECKING

from bank_simulator.bank import LATE_BY
from bank_simulator.cards import GOOD_CARD
from bank_simulator.records import BankRefusal, Card, State

if TYPE_CHECKING:
    from datetime import datetime

    from bank_simulator.bank import Bank
    from bank_simulator.cards import TypedCard
    from bank_simulator.records import Operation

TRIES = 3
CODE_DIGITS = 6


class Step(StrEnum):
    """Where the payer stands after an act."""

    FINISHED = "finished"
    ASKED_CODE = "asked_code"
    WRONG_CODE = "wrong_code"


@dataclass(frozen=True, slots=True)
class Challenge:
    """The bank of the card asks its owner for a code."""

    operation: str
    code: str
    wrong: int
    refusal: str
    card: Card

    @property
    def left(self) -> int:
        """Return how many tries remain."""
        return TRIES - self.wrong


class Payer:
    """Acts of the payer; an operation that is finished refuses them."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def show_card(self, operation: Operation, typed: TypedCard, *, now: datetime) -> Step:
        """Offer a card: it pays, is declined, or its bank asks for a code."""
        trial = typed.trial
        if trial.asks_code or (operation.forces_code and not trial.refusal):
            self._ask_code(operation, typed)
            return Step.ASKED_CODE
        if trial.refusal:
            self._bank.decline(operation, reason=trial.refusal, card=typed.card, now=now)
        else:
            self._bank.authorise(
                operation, card=typed.card, method=operation.id, code_asked=False, now=now
            )
        return Step.FINISHED

    def challenge(self, operation: Operation) -> Challenge | None:
        """Return the open question of the card's bank, if there is one."""
        row = self._bank.store.row(
            "SELECT * FROM challenges WHERE operation = :id", {"id": operation.id}
        )
        if row is None or operation.state != State.PENDING:
            return None
        return Challenge(
            operation=operation.id,
            code=row["code"],
            wrong=row["wrong"],
            refusal=row["refusal"],
            card=Card.of(row),
        )

    def answer_code(self, operation: Operation, code: str, *, now: datetime) -> Step:
        """Answer with a code; three wrong ones end the operation without money."""
        challenge = self.challenge(operation)
        if challenge is None:
            return Step.FINISHED
        if not compare_digest(code.encode(), challenge.code.encode()):
            self._bank.store.rows(
                "UPDATE challenges SET wrong = wrong + 1 WHERE operation = :id",
                {"id": operation.id},
            )
            if challenge.left > 1:
                return Step.WRONG_CODE
            self._bank.decline(operation, reason="3d_secure_failed", card=challenge.card, now=now)
        elif challenge.refusal:
            self._bank.decline(operation, reason=challenge.refusal, card=challenge.card, now=now)
        else:
            self._bank.authorise(
                operation, card=challenge.card, method=operation.id, code_asked=True, now=now
            )
        return Step.FINISHED

    def act(
        self, identifier: str, *, act: str, reason: str, after: timedelta, now: datetime
    ) -> Operation:
        """Do in one call what the control API and the buttons of the page ask for."""
        operation = self._bank.operation(identifier)
        if act == "pay":
            card = GOOD_CARD.card()
            return self._bank.authorise(
                operation, card=card, method=operation.id, code_asked=True, now=now
            )
        if act == "decline":
            return self._bank.decline(operation, reason=reason, card=GOOD_CARD.card(), now=now)
        if act == "pay_late":
            return self._bank.pay_late(operation, after=after or LATE_BY, now=now)
        if act == "close":
            return operation
        raise BankRefusal("unknown_act", "A payer can pay, decline, close and pay_late.")

    def _ask_code(self, operation: Operation, typed: TypedCard) -> None:
        open_one = self.challenge(operation)
        if open_one is not None and open_one.card == typed.card:
            # The form was sent twice, or the payer went back: the same code still works.
            return
        self._bank.store.rows("DELETE FROM challenges WHERE operation = :id", {"id": operation.id})
        self._bank.store.insert(
            "challenges",
            {
                "operation": operation.id,
                "code": self._bank.dice.digits("code", count=CODE_DIGITS),
                "refusal": typed.trial.refusal,
                **typed.card.columns(),
            },
        )
