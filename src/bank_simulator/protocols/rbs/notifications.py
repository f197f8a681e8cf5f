"""What the engine tells the shop by itself, and what a forger would tell it."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from bank_simulator.clock import MOSCOW
from bank_simulator.protocols.base import Message
from bank_simulator.records import CONFIRMATION_EXPIRED, BankRefusal, EventKind

if TYPE_CHECKING:
    from bank_simulator.protocols.rbs.ways import RbsWays
    from bank_simulator.records import Event, Shop

AGAIN = timedelta(minutes=5)
LIES = ("amount", "unknown_id", "status", "signature")


def message(event: Event, shop: Shop, ways: RbsWays) -> Message | None:
    """Return the notification of the event, or nothing when the engine keeps silent."""
    told = _operation(event)
    if told is None:
        return None
    operation, status = told
    fields = {
        "mdOrder": event.operation.id,
        "orderNumber": event.operation.number,
        "operation": operation,
        "status": status,
        "amount": str(event.refund.amount if event.refund else event.operation.amount),
        "callbackCreationDate": event.at.astimezone(MOSCOW).strftime("%a %b %d %H:%M:%S MSK %Y"),
    }
    return _signed(operation, fields, shop.secret if ways.signs_notices else "")


def pause(attempts: int) -> timedelta | None:
    """Try once more and no more: how often the engine repeats is written nowhere."""
    return AGAIN if attempts == 0 else None


def checksum(fields: dict[str, str], key: str) -> str:
    """Return the checksum of all fields but the checksum itself and the name of its key."""
    signed = {k: v for k, v in fields.items() if k not in ("checksum", "sign_alias")}
    text = "".join(f"{name};{signed[name]};" for name in sorted(signed))
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest().upper()


def forge(told: Message, *, lie: str, stranger: str, key: str) -> Message:
    """Return the notification with one lie, always saying that the money has come."""
    if lie not in LIES:
        raise BankRefusal("unknown_lie", f"This engine's notices can lie by {', '.join(LIES)}.")
    fields = dict(parse_qsl(told.body)) | {"operation": "deposited", "status": "1"}
    if lie == "amount":
        fields["amount"] = str(int(fields["amount"]) * 10)
    elif lie == "unknown_id":
        fields["mdOrder"] = stranger
    return _signed("deposited", fields, "guessed" if lie == "signature" else key)


def _operation(event: Event) -> tuple[str, str] | None:
    if event.kind == EventKind.CANCELLED:
        if event.operation.cancel_reason == CONFIRMATION_EXPIRED:
            return "declinedByTimeout", "1"
        by_shop = event.operation.cancel_party == "merchant"
        return ("reversed", "1") if by_shop else ("deposited", "0")
    words = {
        EventKind.HELD: "approved",
        EventKind.CAPTURED: "deposited",
        EventKind.REFUNDED: "refunded",
    }
    return (words[event.kind], "1") if event.kind in words else None


def _signed(event: str, fields: dict[str, str], key: str) -> Message:
    if key:
        fields["checksum"] = checksum(fields, key)
    return Message(event, urlencode(fields))
