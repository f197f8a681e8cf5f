"""What the vendor checks before it opens a payment or a refund."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bank_simulator.protocols.yookassa.errors import invalid
from bank_simulator.protocols.yookassa.fields import Fields

if TYPE_CHECKING:
    from bank_simulator.records import Json

IDEMPOTENCE_KEY = re.compile(r"[0-9A-Za-z+_.-]{1,64}", re.ASCII)
LEAST, MOST = 100, 35_000_000
"""Kopecks: a card pays from 1 to 350 000 roubles at once."""

PAYMENT_FIELDS = (
    "amount", "description", "receipt", "recipient", "payment_token", "payment_method_id",
    "payment_method_data", "confirmation", "save_payment_method", "capture", "client_ip",
    "metadata", "airline", "transfers", "deal", "fraud_data", "merchant_customer_id",
    "payment_order", "receiver", "statements",
)  # fmt: skip
REFUND_FIELDS = (
    "payment_id", "amount", "description", "receipt", "sources", "deal", "refund_method_data",
    "metadata",
)  # fmt: skip
ORDER_FIELDS = (
    "type", "amount", "payment_purpose", "recipient", "kbk", "oktmo", "payment_period",
    "payment_document_id", "payment_document_number", "account_number", "unified_account_number",
    "service_id",
)  # fmt: skip
RECEIPT_ITEMS = 100


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """A checked request for a payment."""

    amount: int
    steps: int
    description: str
    payee: str
    return_url: str
    forces_code: bool
    keeps_card: bool
    method: str
    details: Json


def read_payment(body: Json, *, order_required: bool) -> PaymentAsked:
    """Return the payment asked for, or refuse the first field that is wrong."""
    fields = Fields(body)
    fields.only(PAYMENT_FIELDS)
    amount = fields.kopecks("amount")
    if not LEAST <= amount <= MOST:
        raise invalid("amount.value", "A card pays from 1.00 to 350000.00 RUB.")
    method = _read_method(fields)
    return_url, forces_code = ("", False) if method else _read_confirmation(fields)
    payee = _read_order(fields, amount=amount, required=order_required)
    if "receipt" in fields:
        _check_receipt(fields.nested("receipt"), amount=amount)
    details: Json = {"metadata": fields.metadata()}
    for name, most in (("description", 128), ("merchant_customer_id", 200), ("client_ip", 45)):
        if name in fields:
            details[name] = fields.text(name, most=most)
    for name in ("receipt", "payment_order", "payment_method_data"):
        if name in fields:
            details[name] = fields.raw(name)
    return PaymentAsked(
        amount=amount,
        steps=1 if fields.flag("capture", default=False) else 2,
        description=str(details.get("description", "")),
        payee=payee,
        return_url=return_url,
        forces_code=forces_code,
        keeps_card=fields.flag("save_payment_method", default=False),
        method=method,
        details=details,
    )


def _read_method(fields: Fields) -> str:
    """Return the kept card to charge, or nothing when a payer will bring one."""
    given = [
        name
        for name in ("payment_method_data", "payment_method_id", "payment_token")
        if name in fields
    ]
    if len(given) > 1:
        raise invalid(given[1], f"Only one of {', '.join(given)} can be given.")
    if "payment_token" in fields:
        raise invalid("payment_token", "This shop has no payment widget.")
    if "payment_method_id" in fields:
        if "confirmation" in fields:
            raise invalid("confirmation", "A kept card is charged without confirmation.")
        return fields.text("payment_method_id", most=36)
    if "payment_method_data" in fields:
        kind = fields.nested("payment_method_data").text("type", most=40)
        if kind != "bank_card":
            raise invalid("payment_method_data.type", "The test shop takes only bank_card.")
    return ""


def _read_confirmation(fields: Fields) -> tuple[str, bool]:
    confirmation = fields.nested("confirmation")
    confirmation.only(("type", "return_url", "locale", "enforce"))
    if confirmation.text("type", most=20) != "redirect":
        raise invalid("confirmation.type", "This shop confirms only by redirect.")
    return_url = confirmation.text("return_url", most=2048)
    parts = urlsplit(return_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("confirmation.return_url", "An address with http or https is expected.")
    if "locale" in confirmation:
        confirmation.text("locale", least=5, most=5)
    return return_url, confirmation.flag("enforce", default=False)


def _read_order(fields: Fields, *, amount: int, required: bool) -> str:
    """Check the order to the bank for housing services and return the name of the payee."""
    if "payment_order" not in fields:
        if required:
            raise invalid("payment_order", "This shop takes utility payments: it is obligatory.")
        return ""
    order = fields.nested("payment_order")
    order.only(ORDER_FIELDS)
    if order.text("type", most=20) != "utilities":
        raise invalid(order.name("type"), "Only utilities is known.")
    if order.kopecks("amount") != amount:
        raise invalid(order.name("amount"), "It must be equal to the amount of the payment.")
    order.text("payment_purpose", most=210)
    _check_codes(order)
    recipient = order.nested("recipient")
    recipient.only(("name", "inn", "kpp", "bank"))
    recipient.digits("inn", count=10)
    recipient.digits("kpp", count=9)
    bank = recipient.nested("bank")
    bank.only(("name", "bic", "account", "correspondent_account"))
    bank.text("name", most=45)
    bank.digits("bic", count=9)
    bank.digits("account", count=20)
    bank.digits("correspondent_account", count=20)
    return recipient.text("name", most=160)


def _check_codes(order: Fields) -> None:
    """Check the optional codes, and that at least one tells what is being paid."""
    if "kbk" in order:
        order.digits("kbk", count=20, or_zero=True)
    if "oktmo" in order:
        order.digits("oktmo", count=8, or_zero=True)
    if "payment_period" in order:
        period = order.nested("payment_period")
        period.only(("month", "year"))
        period.integer("month", least=1, most=12)
        period.integer("year", least=1920, most=2050)
    lengths = {
        "payment_document_id": (18, 18),
        "payment_document_number": (1, 30),
        "account_number": (1, 30),
        "unified_account_number": (10, 10),
        "service_id": (13, 13),
    }
    given = [name for name in lengths if name in order]
    for name in given:
        least, most = lengths[name]
        order.text(name, least=least, most=most)
    if not given:
        raise invalid(order.name("account_number"), f"One of {', '.join(lengths)} is needed.")


def _check_receipt(receipt: Fields, *, amount: int) -> None:
    """Check that the receipt has a customer and that its lines add up to the payment."""
    if "customer" in receipt:
        customer = receipt.nested("customer")
        if "email" not in customer and "phone" not in customer:
            raise invalid(customer.name("email"), "An e-mail or a phone is needed.")
    elif "email" not in receipt and "phone" not in receipt:
        raise invalid(receipt.name("customer"), "An e-mail or a phone is needed.")
    items = receipt.objects("items")
    if len(items) > RECEIPT_ITEMS:
        raise invalid(receipt.name("items"), f"At most {RECEIPT_ITEMS} lines.")
    total = Decimal(0)
    for item in items:
        item.text("description", most=128)
        item.integer("vat_code", least=1, most=12)
        line = item.kopecks("amount") * _quantity(item)
        total += line.quantize(Decimal(1), ROUND_HALF_UP)
    if total != amount:
        raise invalid(receipt.name("items"), "The lines do not add up to the payment.")


def _quantity(item: Fields) -> Decimal:
    try:
        quantity = Decimal(str(item.raw("quantity")))
    except InvalidOperation as problem:
        raise invalid(item.name("quantity"), "A number is expected.") from problem
    if not quantity.is_finite() or not 0 < quantity <= MOST:
        raise invalid(item.name("quantity"), "A positive number is expected.")
    return quantity


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A checked request for a refund."""

    payment: str
    amount: int
    details: Json


def read_refund(body: Json) -> RefundAsked:
    """Return the refund asked for, or refuse the first field that is wrong."""
    fields = Fields(body)
    fields.only(REFUND_FIELDS)
    details: Json = {"metadata": fields.metadata()}
    if "description" in fields:
        details["description"] = fields.text("description", most=250)
    amount = fields.kopecks("amount")
    if "receipt" in fields:
        _check_receipt(fields.nested("receipt"), amount=amount)
        details["receipt"] = fields.raw("receipt")
    return RefundAsked(fields.text("payment_id", most=36), amount, details)


def read_capture(body: Json) -> int | None:
    """Return the kopecks to capture, or nothing for all that is held."""
    fields = Fields(body)
    fields.only(("amount", "receipt", "airline", "transfers", "deal"))
    return fields.kopecks("amount") if "amount" in fields else None
