"""What became of a fiscal receipt: the bank is asked until its cash register has answered."""

import logging
from datetime import datetime

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
    _note(row, told, now)
    return Heard.SILENT if isinstance(answer, Unknown) else Heard.ANSWERED


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
