"""What the vendor tells the shop by itself, and what a forger would tell it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bank_simulator.protocols.base import Message
from bank_simulator.protocols.yookassa.fields import roubles
from bank_simulator.protocols.yookassa.objects import refund_object
from bank_simulator.records import BankRefusal, Event, EventKind

if TYPE_CHECKING:
    from bank_simulator.records import Json

EVENTS = {
    EventKind.HELD: "payment.waiting_for_capture",
    EventKind.CAPTURED: "payment.succeeded",
    EventKind.CANCELLED: "payment.canceled",
    EventKind.REFUNDED: "refund.succeeded",
}
"""A cancelled refund is missing on purpose: the vendor never tells of it."""

PAUSES = (1, 5, 15, 60)
"""Minutes after each failed attempt; the last one is repeated until ``LIFE`` is over."""

LIFE = timedelta(hours=24)


def pause(attempts: int, lived: timedelta) -> timedelta | None:
    """Return the pause after a failed attempt, nothing once the day is over."""
    wait = timedelta(minutes=PAUSES[min(attempts, len(PAUSES) - 1)])
    return wait if lived + wait <= LIFE else None


def message(event: Event, payment: Json) -> Message | None:
    """Return the notification of the event, or nothing when the vendor keeps silent."""
    name = EVENTS.get(event.kind)
    if name is None:
        return None
    shown = refund_object(event.refund) if event.refund is not None else payment
    body = {"type": "notification", "event": name, "object": shown}
    return Message(name, json.dumps(body, ensure_ascii=False))


def forge(message: Message, *, lie: str, stranger: str, other_shop: str) -> Message:
    """Return the message with one lie: everything else in it stays plausible.

    ``stranger`` is an identifier the bank has never given, ``other_shop`` is not the shop
    the notification goes to.
    """
    if lie in {"signature", "split"}:
        raise BankRefusal("unknown_lie", "This vendor signs nothing.")
    body = json.loads(message.body)
    told = body["object"]
    if body["event"].startswith("payment."):
        # A forger always says that the money has come.
        body["event"] = "payment.succeeded"
        told |= {"status": "succeeded", "paid": True}
    if lie == "amount":
        rub, kop = told["amount"]["value"].split(".")
        told["amount"]["value"] = roubles((int(rub) * 100 + int(kop)) * 10)
    elif lie == "currency":
        told["amount"]["currency"] = "USD"
    elif lie == "unknown_id":
        told["id"] = stranger
    elif lie == "foreign_shop":
        told["id"] = stranger
        told["recipient"] = {"account_id": other_shop, "gateway_id": other_shop}
    elif lie == "test_flag":
        told["test"] = not told.get("test", False)
    return Message(body["event"], json.dumps(body, ensure_ascii=False))
