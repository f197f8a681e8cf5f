"""Notices of acquirers: kept as they came, answered at once, weighed by a job."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime

from django.db import connection

from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.queue import defer
from abonent.common.transactions import outermost
from abonent.domain.payments.models import Notice, Payment, Refund
from abonent.domain.payments.operations.asking import ask_refund, number_at_bank
from abonent.domain.payments.operations.fiscal import note_told
from abonent.domain.payments.operations.giving_back import record_foreign, settle_refund
from abonent.domain.payments.operations.settling import Heard, settle
from abonent.domain.payments.operations.twice import settle_attempt
from abonent.domain.payments.ports import (
    CURRENCY,
    WHOLE_CALL,
    Hint,
    RefundSeen,
    acquirer,
    test_money_is_allowed,
)
from abonent.domain.payments.rules import FINAL, PaymentState, Question
from abonent.domain.payments.rules.notices import Outcome, found_number
from abonent.domain.payments.rules.refunds import REFUND_FINAL, RefundState
from abonent.domain.suppliers import queries as suppliers

_log = logging.getLogger("abonent.payments")

_KEEP = """
INSERT INTO payments_notice (channel, supplier_id, body_hash, body, address, received_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (channel, supplier_id, body_hash) DO UPDATE SET times = payments_notice.times + 1
RETURNING id, times, handled_at IS NOT NULL, outcome
"""


def receive_notice(
    *, channel: str, supplier_id: int, body: bytes, address: str, now: datetime
) -> str:
    """Keep a notice as it came, once, and queue the job that weighs it.

    Calls nobody: the sender is answered at once. A copy of a notice that led to nothing yet
    is weighed again. Returns what the sender must read, or it tells the same again. There
    are no refusals: whatever the body says, it is kept.
    """
    crash_point("webhook.body_read")
    _keep(channel, supplier_id, body, address, now)
    crash_point("webhook.committed")
    return acquirer(channel).notice_answer


@outermost
def _keep(channel: str, supplier_id: int, body: bytes, address: str, now: datetime) -> None:
    """Store the notice and its job in one transaction (TRUST R6)."""
    digest = hashlib.sha256(body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [channel, supplier_id, digest, body, address[:64], now])
        notice_id, times, handled, outcome = cursor.fetchone()
        if handled and outcome == Outcome.NOTED:
            cursor.execute(
                "UPDATE payments_notice SET handled_at = NULL WHERE id = %s", [notice_id]
            )
    if times == 1 or (handled and outcome == Outcome.NOTED):
        defer("handle_notice", notice_id=notice_id)
    crash_point("webhook.inserted")


def handle_notice(*, notice_id: int, now: datetime) -> Heard:
    """Weigh a notice: find the payment it hints at and settle that with the bank's own word.

    A notice that contradicts our payment is quarantined with an alarm and moves nothing.
    While the bank is silent the notice stays open and the janitor takes it up again.
    """
    crash_point("worker.job_taken")
    notice = Notice.objects.get(pk=notice_id)
    if notice.handled_at is not None:
        return Heard.NOTHING_TO_ASK
    supplier = suppliers.supplier_by_id(notice.supplier_id)
    hint = acquirer(notice.channel).read_notice(bytes(notice.body), supplier_code=supplier.code)
    if hint is None:
        return _close(notice, Outcome.UNREADABLE, None, now)
    row = _payment_of(notice, hint)
    if row is None:
        _log.warning("notice %s speaks of a payment that is not ours", notice.pk)
        return _close(notice, Outcome.STRANGER, None, now)
    if hint.receipt is not None and not _contradicts(row, hint):
        return _weigh_receipt(notice, row, hint, now)
    if hint.refund_id and not hint.forged:
        return _weigh_refund(notice, row, hint, now)
    return _weigh_payment(notice, row, hint, now)


def _weigh_payment(notice: Notice, row: Payment, hint: Hint, now: datetime) -> Heard:
    """Settle the payment that a notice hints at, unless the notice contradicts it."""
    if _is_of_another_attempt(row, hint):
        heard, outcome = settle_attempt(row.pk, bank_number=hint.provider_id, now=now)
        if outcome == Outcome.QUARANTINED:
            _log.error("notice %s contradicts payment %s", notice.pk, row.pk)
        return _close(notice, outcome, row.pk, now, heard) if outcome else heard
    if _contradicts(row, hint):
        _log.error("notice %s contradicts payment %s", notice.pk, row.pk)
        return _close(notice, Outcome.QUARANTINED, row.pk, now)
    if row.state in FINAL:
        return _close(notice, Outcome.REPEATED, row.pk, now)
    heard = settle(row.pk, cause="notice", seconds=WHOLE_CALL, now=now, hinted=hint.provider_id)
    crash_point("worker.committed")
    if heard == Heard.NOT_OURS:
        _log.error("notice %s names another's number for payment %s", notice.pk, row.pk)
        return _close(notice, Outcome.QUARANTINED, row.pk, now)
    if heard == Heard.SILENT:
        return heard
    row.refresh_from_db()
    settled = row.state == PaymentState.CAPTURED
    return _close(notice, Outcome.SETTLED if settled else Outcome.NOTED, row.pk, now, heard)


def _weigh_receipt(notice: Notice, row: Payment, hint: Hint, now: datetime) -> Heard:
    """Take over the numbers of a receipt, for which some banks have no other word than this.

    Nothing but a receipt that is waited for is changed by it. One that came before its
    payment was credited is a hint about that too.
    """
    if row.state not in FINAL:
        settle(row.pk, cause="notice", seconds=WHOLE_CALL, now=now, hinted=hint.provider_id)
    expected = bool((row.asked or {}).get("receipt"))
    noted = hint.receipt is not None and note_told(
        paid=row, told=hint.receipt, given_back=hint.given_back, now=now
    )
    if expected and not noted:
        return Heard.NOTHING_TO_ASK
    return _close(notice, Outcome.NOTED, row.pk, now)


def _weigh_refund(notice: Notice, paid: Payment, hint: Hint, now: datetime) -> Heard:
    """Settle the refund that a notice hints at; one of the bank's own is asked for and recorded."""
    own = Refund.objects.filter(payment_id=paid.pk)
    uuid = found_number(hint.number)
    row = own.filter(external_id=hint.refund_id).first()
    if row is None and uuid is not None:
        row = own.filter(uuid=uuid).first()
    if row is not None:
        if row.amount != hint.amount or hint.currency != CURRENCY:
            _log.error("notice %s contradicts refund %s", notice.pk, row.pk)
            return _close(notice, Outcome.QUARANTINED, paid.pk, now)
        if row.state in REFUND_FINAL:
            return _close(notice, Outcome.REPEATED, paid.pk, now)
        heard = settle_refund(
            row.pk, cause="notice", seconds=WHOLE_CALL, now=now, hinted=hint.refund_id
        )
        row.refresh_from_db()
        if heard == Heard.SILENT:
            return heard
        settled = row.state == RefundState.DONE
        return _close(notice, Outcome.SETTLED if settled else Outcome.NOTED, paid.pk, now, heard)
    asked = Refund(uuid=new_uuid(), amount=hint.amount or 0)
    answer = ask_refund(asked, paid, Question.STATE, bank_number=hint.refund_id, seconds=WHOLE_CALL)
    if not isinstance(answer, RefundSeen):
        return Heard.SILENT
    recorded = record_foreign(paid, answer, now=now)
    return _close(notice, Outcome.SETTLED if recorded else Outcome.QUARANTINED, paid.pk, now)


def _payment_of(notice: Notice, hint: Hint) -> Payment | None:
    """Find the payment by the bank's number, else by ours; only at the notice's supplier."""
    own = Payment.objects.filter(supplier_id=notice.supplier_id, channel=notice.channel)
    found = own.filter(external_id=hint.provider_id).exclude(external_id="").first()
    if found is not None:
        return found
    uuid = found_number(hint.number)
    return own.filter(uuid=uuid).first() if uuid else None


def _is_of_another_attempt(row: Payment, hint: Hint) -> bool:
    """Tell whether only the bank's number is another: the payer had two pages of one payment."""
    other = bool(row.external_id) and hint.provider_id != row.external_id
    ours = hint.number == number_at_bank(row)
    return other and ours and not _contradicts(row, replace(hint, provider_id=row.external_id))


def _contradicts(row: Payment, hint: Hint) -> bool:
    """Tell whether the notice is forged or speaks of another sum, currency, number or mode.

    All of TRUST R4 is compared: one word that is not ours makes the whole a lie.
    """
    return (
        hint.forged
        or (hint.amount is not None and hint.amount != row.amount)
        or hint.currency not in {"", CURRENCY}
        or (bool(hint.number) and hint.number != number_at_bank(row))
        or (bool(row.external_id) and hint.provider_id != row.external_id)
        or (hint.test and not test_money_is_allowed())
    )


@outermost
def _close(
    notice: Notice,
    outcome: Outcome,
    payment_id: int | None,
    now: datetime,
    heard: Heard = Heard.NOTHING_TO_ASK,
) -> Heard:
    """Note what became of the notice."""
    Notice.objects.filter(pk=notice.pk).update(
        handled_at=now, outcome=outcome, payment_id=payment_id
    )
    return heard
