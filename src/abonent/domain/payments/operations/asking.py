"""Calls to acquirers: always outside a transaction, always with an answer."""

import logging

from django.db import connection

from abonent.domain.payments.models import Payment
from abonent.domain.payments.ports import (
    CURRENCY,
    Answer,
    Exchange,
    NotDone,
    Order,
    Seen,
    Standing,
    Unknown,
    acquirer,
    test_money_is_allowed,
)
from abonent.domain.payments.rules import Fact, PaymentState, Question

_log = logging.getLogger("abonent.payments")

_FACTS = {
    Standing.PENDING: Fact.PENDING,
    Standing.TRIED: Fact.PENDING,
    Standing.PAID: Fact.PAID,
    Standing.DECLINED: Fact.DECLINED,
    Standing.EXPIRED: Fact.EXPIRED,
}


def ask(row: Payment, asking: Question, *, bank_number: str, seconds: float) -> Answer:
    """Put the question to the payment's acquirer; whatever happens, there is an answer."""
    _refuse_inside_transaction()
    try:
        order = Order.of_json(row.asked or {})
        port = acquirer(row.channel)
        if asking == Question.STATE:
            return port.state(order, bank_number, seconds=seconds)
        if asking == Question.FIND:
            return port.find(order, seconds=seconds)
        return port.create(order, seconds=seconds)
    except Exception as error:  # noqa: BLE001  (an adapter must not raise; if it does: unknown)
        _log.exception("the adapter %s broke its promise", row.channel)
        return Unknown(why=type(error).__name__, exchange=Exchange(question=str(asking)))


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


def mismatches(row: Payment, seen: Seen) -> list[str]:
    """Name what the bank's payment has otherwise than ours (TRUST R4)."""
    compared = {
        "amount": seen.amount == row.amount,
        "currency": seen.currency == CURRENCY,
        "number": seen.number == str(row.uuid),
        "identifier": row.external_id in {"", seen.provider_id},
        "test": not seen.test or test_money_is_allowed(),
        # A registry may have brought the same operation before its answer reached us.
        "already credited": bool(row.external_id) or not _stands_elsewhere(row, seen),
    }
    return [name for name, equal in compared.items() if not equal]


def _stands_elsewhere(row: Payment, seen: Seen) -> bool:
    """Tell whether another payment has this bank's number already."""
    same = Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id=seen.provider_id
    )
    return same.exclude(pk=row.pk).exists()


def overdue(row: Payment, fact: Fact, *, late: bool) -> Fact:
    """Turn silence about a payment whose time has passed into a fact of its own."""
    silent = fact == Fact.UNCLEAR and row.state == PaymentState.AWAITING
    return Fact.OVERDUE if silent and late else fact


def _refuse_inside_transaction() -> None:
    """Stop a call to a bank under a lock; transactions that a test wraps around do not count."""
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):  # as Django's durable does
        message = "a bank is never called inside a transaction"
        raise RuntimeError(message)
