"""What became of a fiscal receipt: the bank is asked until its cash register has answered."""

import logging
from datetime import datetime

from abonent.common.crash import crash_point
from abonent.common.transactions import outermost
from abonent.domain.payments.models import FiscalReceipt, Payment, Refund
from abonent.domain.payments.operations.asking import ask, ask_refund
from abonent.domain.payments.operations.settling import Heard
from abonent.domain.payments.ports import Answer, Fiscal, RefundAnswer, RefundSeen, Seen, Unknown
from abonent.domain.payments.rules import Kind, Question
from abonent.domain.payments.rules.receipts import ReceiptState, next_receipt_look

_log = logging.getLogger("abonent.payments")


def ask_receipt(*, receipt_id: int, seconds: float, now: datetime) -> Heard:
    """Ask the bank what became of a receipt and note it. No refusals."""
    row = FiscalReceipt.objects.get(pk=receipt_id)
    if row.state != ReceiptState.PENDING:
        return Heard.NOTHING_TO_ASK
    crash_point("receipt.asked")
    back = Payment.objects.get(pk=row.payment_id)
    if back.kind == Kind.REFUND:
        refund = Refund.objects.get(back_id=back.pk)
        paid = Payment.objects.get(pk=refund.payment_id)
        answer: RefundAnswer | Answer = ask_refund(
            refund, paid, Question.STATE, bank_number=refund.external_id, seconds=seconds
        )
    else:
        answer = ask(back, Question.STATE, bank_number=back.external_id, seconds=seconds)
    told = answer.receipt if isinstance(answer, Seen | RefundSeen) else None
    crash_point("receipt.answered")
    _note(row, told, now)
    return Heard.SILENT if isinstance(answer, Unknown) else Heard.ANSWERED


def note_told(*, paid: Payment, told: Fiscal, given_back: bool, now: datetime) -> bool:
    """Note what a bank has told of a payment's receipt, or of its refund's; False if too early.

    The receipt must be waited for: one that is given already is not changed any more.
    """
    owners = [paid.pk]
    if given_back:
        backs = Refund.objects.filter(payment_id=paid.pk).values_list("back_id", flat=True)
        owners = [one for one in backs if one is not None]
    rows = FiscalReceipt.objects.filter(payment_id__in=owners).order_by("pk")
    waiting = rows.filter(state=ReceiptState.PENDING).first()
    if waiting is not None:
        _note(waiting, told, now)
    return rows.exists()


@outermost
def _note(seen: FiscalReceipt, told: Fiscal | None, now: datetime) -> None:
    row = FiscalReceipt.objects.select_for_update().get(pk=seen.pk)
    if row.state != ReceiptState.PENDING:
        return
    if told is None or told.state == ReceiptState.PENDING:
        row.next_check_at = next_receipt_look(since=row.opened_at, now=now)
        if row.next_check_at is None:
            _log.error("receipt %s is left to the operator", row.pk)
    else:
        row.state, row.next_check_at = told.state, None
        row.document_number, row.storage_number = told.document_number, told.storage_number
        row.sign, row.registered_at = told.sign, told.registered_at
        if told.state == ReceiptState.FAILED:
            _log.error("receipt %s was not registered", row.pk)
    row.save(force_update=True)
