"""What the vendor tells the shop: whether an order may be paid, and that it was.

A report that finds no good answer is repeated for 26 hours; then the operation is complete
without the shop (PROTOCOLS 5.4).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from bank_simulator.protocols.base import Message
from bank_simulator.protocols.moneta.marks import ANSWER, CALL, mark, signed
from bank_simulator.records import BankRefusal, EventKind
from bank_simulator.sender import Outgoing, send

if TYPE_CHECKING:
    from bank_simulator.records import Event, Operation, Shop

OK_STATUS, OK_BODY = 200, b"SUCCESS"
FORM = "application/x-www-form-urlencoded"
FIRST = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
HOURLY, PATIENCE = timedelta(hours=1), timedelta(hours=26)
MAY_BE_PAID = ("100", "402")
WRONG_ANSWER, UNREACHABLE, WRONG_XML = "302", "-600", "-700"
LIES = ("amount", "currency", "unknown_id", "foreign_shop", "test_flag", "signature", "split")


def message(event: Event, shop: Shop) -> Message | None:
    """Return the report of a payment; nothing else is told."""
    if event.kind != EventKind.CAPTURED:
        return None
    return Message("pay", urlencode(signed(_told(event.operation), CALL, shop.secret)))


def outgoing(url: str, body: str) -> Outgoing:
    """Carry a call as a form."""
    return Outgoing(url, body.encode(), content_type=FORM)


def accepts(status: int, body: bytes) -> bool:
    """Only the word ends the reports."""
    return status == OK_STATUS and body.strip() == OK_BODY


def pause(attempts: int, lived: timedelta) -> timedelta | None:
    """Return the pause after a failed report, nothing when the operation completes by itself."""
    step = FIRST[attempts] if attempts < len(FIRST) else HOURLY
    return step if lived + step <= PATIENCE else None


def check(operation: Operation, shop: Shop, *, sends_from: str = "") -> str:
    """Ask the shop whether the order may be paid; return its code or that of the trouble."""
    fields = {"MNT_COMMAND": "CHECK", **_told(operation)}
    body = urlencode(signed(fields, CALL, shop.secret))
    reply = send(outgoing(shop.webhook_url, body), sends_from=sends_from)
    if reply.status is None:
        return UNREACHABLE
    if reply.status != OK_STATUS:
        return WRONG_ANSWER
    answer = {name: _value(reply.body, name) for name in (*ANSWER, "MNT_SIGNATURE")}
    same = all(answer[name] == fields[name] for name in ("MNT_ID", "MNT_TRANSACTION_ID"))
    if not same or answer["MNT_SIGNATURE"].lower() != mark(answer, ANSWER, shop.secret):
        return WRONG_XML
    return answer["MNT_RESULT_CODE"]


def forge(told: Message, *, lie: str, stranger: str, code: str) -> Message:
    """Return the report with one lie in it, signed by whoever knows the code of integrity."""
    if lie not in LIES:
        raise BankRefusal("unknown_lie", f"This vendor's reports can lie by {', '.join(LIES)}.")
    fields = dict(parse_qsl(told.body, keep_blank_values=True))
    changes = {
        "amount": {"MNT_AMOUNT": f"1{fields['MNT_AMOUNT']}"},
        "currency": {"MNT_CURRENCY_CODE": "USD"},
        "unknown_id": {"MNT_TRANSACTION_ID": stranger},
        "foreign_shop": {"MNT_ID": stranger},
        "test_flag": {"MNT_TEST_MODE": "1"},
    }
    lying = fields | changes.get(lie, {})
    if lie == "split":
        # The number lends its last digit to the sum: the signature stays what it was.
        number = fields["MNT_OPERATION_ID"]
        lying |= {
            "MNT_OPERATION_ID": number[:-1], "MNT_AMOUNT": f"{number[-1]}{fields['MNT_AMOUNT']}",
        }  # fmt: skip
        return Message("pay", urlencode(lying))
    return Message("pay", urlencode(signed(lying, CALL, "guessed" if lie == "signature" else code)))


def roubles(kopecks: int) -> str:
    """Write a sum as the vendor does: a point and two decimals."""
    return f"{kopecks // 100}.{kopecks % 100:02d}"


def _told(operation: Operation) -> dict[str, str]:
    return {
        "MNT_ID": operation.shop,
        "MNT_TRANSACTION_ID": operation.number,
        "MNT_OPERATION_ID": operation.id,
        "MNT_AMOUNT": roubles(operation.amount),
        "MNT_CURRENCY_CODE": "RUB",
        "MNT_SUBSCRIBER_ID": str(operation.details.get("subscriber", "")),
        "MNT_TEST_MODE": "0",
    }


def _value(body: bytes, tag: str) -> str:
    found = re.search(rf"<{tag}>([^<]*)</{tag}>".encode(), body)
    return found[1].decode("utf-8", "replace") if found else ""
