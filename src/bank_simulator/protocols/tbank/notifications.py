"""What the vendor tells the shop by itself, and what a forger would tell it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bank_simulator.protocols.base import Message
from bank_simulator.protocols.tbank.fields import token_of
from bank_simulator.protocols.tbank.receipts import told_fields
from bank_simulator.records import BankRefusal, EventKind

if TYPE_CHECKING:
    from bank_simulator.protocols.tbank.ways import TBankWays
    from bank_simulator.records import Event, Json, Shop

OK_STATUS, OK_BODY = 200, b"OK"
HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
MONTH = timedelta(days=30)
LIES = ("amount", "unknown_id", "foreign_shop", "status", "signature", "split")


def message(event: Event, shown: Json, shop: Shop) -> Message | None:
    """Return the signed notification; a refund that was not carried out has none.

    ``shown`` is the payment as ``GetState`` shows it; its number travels as a number here.
    """
    if event.kind == EventKind.REFUND_CANCELLED:
        return None
    body: Json = {
        "TerminalKey": shop.id,
        "OrderId": shown["OrderId"],
        "Success": shown["Success"],
        "Status": shown["Status"],
        "PaymentId": int(str(shown["PaymentId"])),
        "ErrorCode": shown["ErrorCode"],
        "Amount": event.refund.amount if event.refund else shown["Amount"],
    }
    card = event.operation.card
    if card is not None:
        body |= {
            "CardId": 10_000 + event.operation.seq,
            "Pan": f"{card.first6}******{card.last4}",
            "ExpDate": f"{card.month}{card.year[-2:]}",
        }
        if event.operation.keeps_card:
            body["RebillId"] = event.operation.id
    if event.kind == EventKind.FISCALISED:
        told = {"Status": "RECEIPT", "Success": True, "ErrorCode": "0", **told_fields(event)}
        return _signed("RECEIPT", body | told, shop)
    return _signed(str(shown["Status"]), body, shop)


def accepts(status: int, body: bytes) -> bool:
    """Only the two letters end the deliveries."""
    return status == OK_STATUS and body == OK_BODY


def pause(lived: timedelta, ways: TBankWays) -> timedelta | None:
    """Return the pause after a failed attempt, nothing once the vendor gives up."""
    if lived + HOURLY <= DAILY:
        return HOURLY
    return DAILY if ways.repeats == "month" and lived + DAILY <= MONTH else None


def forge(told: Message, *, lie: str, stranger: str, shop: Shop) -> Message:
    """Return the notification with one lie, always saying that the money has come.

    ``stranger`` is a payment number the bank has never given.
    """
    if lie not in LIES:
        raise BankRefusal("unknown_lie", f"This vendor's notices can lie by {', '.join(LIES)}.")
    body = json.loads(told.body)
    body |= {"Success": True, "Status": "CONFIRMED", "ErrorCode": "0"}
    if lie == "amount":
        body["Amount"] *= 10
    elif lie == "unknown_id":
        body["PaymentId"] = int(stranger)
    elif lie == "foreign_shop":
        body["TerminalKey"] = f"{int(stranger)}DEMO"
    if lie == "split":
        return _split(body, shop)
    signed = _signed("CONFIRMED", body, shop)
    if lie != "signature":
        return signed
    body = json.loads(signed.body)
    body["Token"] = token_of(body, "guessed")
    return Message("CONFIRMED", json.dumps(body, ensure_ascii=False))


def _split(body: Json, shop: Shop) -> Message:
    """Move the first digit of the card to the end of the sum: the token stays what it was."""
    body["CardId"] = body.get("CardId", 12345)
    honest = token_of(body, shop.secret)
    card = str(body["CardId"])
    body |= {"Amount": int(f"{body['Amount']}{card[0]}"), "CardId": card[1:]}
    return Message("CONFIRMED", json.dumps(body | {"Token": honest}, ensure_ascii=False))


def _signed(event: str, body: Json, shop: Shop) -> Message:
    body["Token"] = token_of(body, shop.secret)
    return Message(event, json.dumps(body, ensure_ascii=False))
