"""Calls to acquirers: always outside a transaction, always with an answer."""

import logging
from dataclasses import replace
from datetime import datetime

from django.db import connection

from abonent.domain.payments.models import BoundCard, Payment, Refund
from abonent.domain.payments.ports import (
    CURRENCY,
    Answer,
    Exchange,
    NotDone,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundSeen,
    RefundStanding,
    Seen,
    Standing,
    Unknown,
    acquirer,
    test_money_is_allowed,
)
from abonent.domain.payments.queries.refunds import returned
from abonent.domain.payments.rules import (
    Fact,
    PaymentState,
    Question,
    payment_number,
)
from abonent.domain.payments.rules.receipts import Receipt
from abonent.domain.payments.rules.refunds import RefundFact, absence, refund_key

_log = logging.getLogger("abonent.payments")

_FACTS = {
    Standing.PENDING: Fact.PENDING,
    Standing.TRIED: Fact.PENDING,
    Standing.PAID: Fact.PAID,
    Standing.DECLINED: Fact.DECLINED,
    Standing.EXPIRED: Fact.EXPIRED,
}


_REFUND_FACTS = {
    RefundStanding.PENDING: RefundFact.PENDING,
    RefundStanding.DONE: RefundFact.DONE,
    RefundStanding.REFUSED: RefundFact.REFUSED,
}


def ask(row: Payment, asking: Question, *, bank_number: str, seconds: float) -> Answer:
    """Put the question to the payment's acquirer; whatever happens, there is an answer."""
    _refuse_inside_transaction()
    try:
        order = replace(Order.of_json(row.asked or {}), token=_token(row))
        port = acquirer(row.channel)
        if asking == Question.STATE:
            return port.state(order, bank_number, seconds=seconds)
        if asking == Question.FIND:
            return port.find(order, seconds=seconds)
        return port.create(order, seconds=seconds)
    except Exception as error:  # noqa: BLE001  (an adapter must not raise; if it does: unknown)
        _log.exception("the adapter %s broke its promise", row.channel)
        return Unknown(why=type(error).__name__, exchange=Exchange(question=str(asking)))


def _token(row: Payment) -> str:
    """Return what charges the payment's card: read when the bank is asked, kept nowhere else."""
    if row.bound_card_id is None:
        return ""
    cards = BoundCard.objects.filter(pk=row.bound_card_id)
    return cards.values_list("token", flat=True).first() or ""


def fact_of(row: Payment, answer: Answer, asking: Question, *, first: bool) -> Fact:
    """Return what the answer teaches about the payment.

    ``first``: this was the only request to create that ever left, so a plain refusal
    means that nothing was done.
    """
    if isinstance(answer, Seen):
        wrong = mismatches(row, answer)
        if not wrong:
            return _FACTS[answer.standing]
        _log.error("payment %s does not match at %s: %s", row.pk, row.channel, ", ".join(wrong))
        return Fact.MISMATCH
    if isinstance(answer, NotDone):
        if asking == Question.CREATE:
            return Fact.REFUSED if first else Fact.UNCLEAR
        return Fact.ABSENT
    return Fact.UNCLEAR


def number_at_bank(row: Payment) -> str:
    """Return our number as the bank knows it: two payments of one order have the first one's."""
    return str((row.asked or {}).get("number", row.uuid))


def mismatches(row: Payment, seen: Seen) -> list[str]:
    """Name what the bank's payment has otherwise than ours (TRUST R4)."""
    compared = {
        "amount": seen.amount == row.amount,
        "currency": seen.currency == CURRENCY,
        "number": seen.number == number_at_bank(row),
        "identifier": row.external_id in {"", seen.provider_id},
        "test": not seen.test or test_money_is_allowed(),
        # A registry may have brought the same operation before its answer reached us.
        "already credited": bool(row.external_id) or not _stands_elsewhere(row, seen),
    }
    return [name for name, equal in compared.items() if not equal]


def _stands_elsewhere(row: Payment, seen: Seen) -> bool:
    """Tell whether another payment has this bank's number already; a form has none yet."""
    if not seen.provider_id:
        return False
    same = Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id=seen.provider_id
    )
    return same.exclude(pk=row.pk).exists()


def overdue(row: Payment, fact: Fact, *, late: bool) -> Fact:
    """Turn silence about a payment whose time has passed into a fact of its own."""
    silent = fact == Fact.UNCLEAR and row.state == PaymentState.AWAITING
    return Fact.OVERDUE if silent and late else fact


def ask_refund(
    row: Refund, paid: Payment, asking: Question, *, bank_number: str, seconds: float
) -> RefundAnswer:
    """Put a question about a refund to the payment's acquirer; there is always an answer."""
    _refuse_inside_transaction()
    try:
        order = RefundOrder(
            number=str(row.uuid),
            key=refund_key(row.uuid),
            supplier_code=Order.of_json(paid.asked or {}).supplier_code,
            payment_id=paid.external_id,
            payment_number=number_at_bank(paid),
            paid=paid.amount,
            before=returned(payment_id=paid.pk),
            amount=row.amount,
            description=f"Возврат по платежу {payment_number(paid.pk, paid.created_at)}",
            receipt=Receipt.of_json(row.receipt) if row.receipt else None,
        )
        port = acquirer(paid.channel)
        return port.refund(order, asking, provider_id=bank_number, seconds=seconds)
    except Exception as error:  # noqa: BLE001  (an adapter must not raise; if it does: unknown)
        _log.exception("the adapter %s broke its promise", paid.channel)
        return Unknown(why=type(error).__name__, exchange=Exchange(question=str(asking)))


def refund_fact(
    row: Refund, paid: Payment, answer: RefundAnswer, asking: Question, now: datetime
) -> RefundFact:
    """Return what the answer teaches about the refund."""
    if isinstance(answer, RefundSeen):
        if _refund_matches(row, paid, answer):
            return _REFUND_FACTS[answer.standing]
        _log.error("refund %s does not match at %s", row.pk, paid.channel)
        return RefundFact.MISMATCH
    if isinstance(answer, NotDone) and asking == Question.CREATE:
        return RefundFact.REFUSED
    if isinstance(answer, NotDone) and asking == Question.FIND:
        begun_at = row.decided_at or row.asked_at
        return absence(begun_at=begun_at, sent_at=row.sent_at or begun_at, now=now)
    return RefundFact.UNCLEAR


def _refund_matches(row: Refund, paid: Payment, seen: RefundSeen) -> bool:
    """Compare the bank's refund with ours (TRUST R4)."""
    return (
        seen.amount == row.amount
        and seen.currency == CURRENCY
        and seen.number == str(row.uuid)
        and seen.payment_id == paid.external_id
        and row.external_id in {"", seen.provider_id}
    )


def _refuse_inside_transaction() -> None:
    """Stop a call to a bank under a lock; transactions that a test wraps around do not count."""
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):  # as Django's durable does
        message = "a bank is never called inside a transaction"
        raise RuntimeError(message)
