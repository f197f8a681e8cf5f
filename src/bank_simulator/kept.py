"""Cards that the bank keeps for a shop: what charges them, who may, and how they go.

A card is kept with the payment that was made by it and under the shop's own name for its
payer, where the vendor asks for one (``keeper``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_simulator.clock import to_text
from bank_simulator.records import BankRefusal, Card, KeptCard

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from bank_simulator.bank import Bank
    from bank_simulator.records import Operation
    from bank_simulator.store import Value

CODE_DIGITS = 6


def charge(bank: Bank, operation: Operation, *, token: str, now: datetime) -> Operation:
    """Charge a kept card with no payer present; it is taken, or refused for a known reason."""
    kept = find(bank, token, shop=operation.shop)
    if kept.refusal:
        return bank.refuse_kept(
            operation, card=kept.card, method=token, reason=kept.refusal, now=now
        )
    return bank.authorise(operation, card=kept.card, method=token, code_asked=False, now=now)


def ask_code(bank: Bank, operation: Operation, one: KeptCard) -> None:
    """Let the card's bank ask its owner for a code: the charge waits for somebody to type it."""
    bank.store.rows("DELETE FROM challenges WHERE operation = :id", {"id": operation.id})
    asked: dict[str, Value] = {
        "operation": operation.id,
        "code": bank.dice.digits("code", count=CODE_DIGITS),
        "refusal": one.refusal,
    }
    bank.store.insert("challenges", {**asked, **one.card.columns()})


def find(bank: Bank, token: str, *, shop: str) -> KeptCard:
    """Return a card that the shop keeps; refused with ``unknown_method`` when it has none."""
    row = bank.store.row(
        "SELECT * FROM kept_cards WHERE id = :id AND shop = :shop AND removed_at IS NULL",
        {"id": token, "shop": shop},
    )
    if row is None:
        raise BankRefusal("unknown_method", "This shop keeps no such card.")
    return _kept(row)


def kept_under(bank: Bank, keeper: str, *, shop: str) -> list[KeptCard]:
    """Return the cards that the shop keeps under this name of its own."""
    rows = bank.store.rows(
        "SELECT * FROM kept_cards WHERE keeper = :keeper AND shop = :shop"
        " AND removed_at IS NULL ORDER BY seq",
        {"keeper": keeper, "shop": shop},
    )
    return [_kept(row) for row in rows]


def forget(bank: Bank, token: str, *, shop: str, now: datetime) -> None:
    """Strike a kept card out; it can never be charged again."""
    find(bank, token, shop=shop)
    bank.store.rows(
        "UPDATE kept_cards SET removed_at = :now WHERE id = :id", {"id": token, "now": to_text(now)}
    )


def spoil(bank: Bank, token: str, *, refusal: str) -> None:
    """Make charges of a kept card end with this refusal, or with none when it is empty."""
    found = bank.store.row(
        "UPDATE kept_cards SET refusal = :refusal WHERE id = :id RETURNING id",
        {"id": token, "refusal": refusal},
    )
    if found is None:
        raise BankRefusal("unknown_method", "No such card is kept.")


def is_kept(bank: Bank, token: str) -> bool:
    """Tell whether a card is kept under this name."""
    row = bank.store.row(
        "SELECT 1 FROM kept_cards WHERE id = :id AND removed_at IS NULL", {"id": token}
    )
    return row is not None


def _kept(row: sqlite3.Row) -> KeptCard:
    return KeptCard(row["seq"], row["id"], row["keeper"], row["refusal"], Card.of(row))
