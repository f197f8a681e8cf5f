"""A refund on its way: sent, asked about, carried to the ledger once (TRUST R1–R6)."""

import logging
from collections.abc import Sequence
from datetime import date, datetime

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.ledger.rules import Part
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments.models import Payment, PaymentPart, Refund, RefundMove
from abonent.domain.payments.operations.asking import ask_refund, refund_fact
from abonent.domain.payments.operations.crediting import post_refund, received
from abonent.domain.payments.operations.moving import be_brief, keep_call
from abonent.domain.payments.operations.receipting import open_receipt
from abonent.domain.payments.operations.settling import Heard
from abonent.domain.payments.ports import (
    CURRENCY,
    NotDone,
    RefundAnswer,
    RefundSeen,
    RefundStanding,
    Unknown,
)
from abonent.domain.payments.rules import Kind, Purpose, Question, payment_number
from abonent.domain.payments.rules.receipts import Receipt
from abonent.domain.payments.rules.refunds import (
    REFUND_FINAL,
    Origin,
    RefundFact,
    RefundState,
    next_refund_look,
    next_refund_state,
    refund_question,
    shares_of_refund,
)
from abonent.domain.suppliers import queries as suppliers

_log = logging.getLogger("abonent.payments")
_TRIES = 3


def settle_refund(
    refund_id: int, *, cause: str, seconds: float, now: datetime, hinted: str = ""
) -> Heard:
    """Send a refund that may go, or learn where it stands, and record all that follows.

    Asks outside any transaction. ``hinted`` is the refund's number at the bank that a notice
    gave. Whoever lost the race changes nothing and looks again. No refusals.
    """
    heard = Heard.NOTHING_TO_ASK
    for _ in range(_TRIES):
        row = Refund.objects.get(pk=refund_id)
        paid = Payment.objects.get(pk=row.payment_id)
        bank_number = row.external_id or hinted
        asking = refund_question(
            state=RefundState(row.state),
            known_to_bank=bool(bank_number),
            since=row.state_since,
            now=now,
        )
        if asking == Question.NOTHING:
            return heard
        if asking == Question.CREATE:
            sending = _about_to_send(row, now)
            if sending is None:
                continue
            row = sending
            crash_point("refund.sending")
        answer = ask_refund(row, paid, asking, bank_number=bank_number, seconds=seconds)
        crash_point("refund.after_provider_answer")
        heard = Heard.SILENT if isinstance(answer, Unknown) else Heard.ANSWERED
        if _record(row, paid, answer, asking, cause=cause, now=now):
            return heard
    return heard


@outermost
def record_foreign(paid: Payment, seen: RefundSeen, *, now: datetime) -> bool:
    """Record a refund that the bank made by itself and has just confirmed; False when it is none.

    Made in the bank's own cabinet, it has no number of ours. The bank's number makes it once.
    """
    be_brief()
    locked = Payment.objects.select_for_update().get(pk=paid.pk)
    done = seen.standing == RefundStanding.DONE and seen.payment_id == paid.external_id
    if seen.number or not done or seen.currency != CURRENCY:
        return False
    if Refund.objects.filter(payment_id=paid.pk, external_id=seen.provider_id).exists():
        return True
    row = Refund(
        uuid=new_uuid(),
        supplier_id=paid.supplier_id,
        payment_id=paid.pk,
        account_id=0,
        amount=seen.amount,
        origin=Origin.BANK,
        why="Возврат сделан в кабинете банка",
        state=RefundState.DONE,
        version=0,
        asked_at=now,
        state_since=now,
        done_at=now,
        external_id=seen.provider_id,
        answer_word="",
    )
    row.save(force_insert=True)
    keep_call(paid.pk, seen.exchange, now)
    complete(row, locked, on=_today(row, now), now=now)
    return True


@requires_transaction
def complete(row: Refund, paid: Payment, *, on: date, now: datetime) -> None:
    """Carry money that has gone back to the ledger, the history, the journal and the payer."""
    meant = [_purpose(part) for part in PaymentPart.objects.filter(payment_id=paid.pk)]
    earlier = Refund.objects.filter(payment_id=paid.pk, back_id__isnull=False)
    gone = PaymentPart.objects.filter(payment_id__in=earlier.values("back_id"))
    shares = shares_of_refund(
        meant, [_purpose(part) for part in gone], account_id=row.account_id, amount=row.amount
    )
    back = received(
        supplier_id=paid.supplier_id,
        channel=paid.channel,
        external_id=row.external_id,
        account_id=shares[0].account_id,
        amount=row.amount,
        on=on,
        now=now,
    )
    back.kind, back.uuid, back.user_id = Kind.REFUND, row.uuid, paid.user_id
    back.method, back.card = paid.method, paid.card
    back.save(force_insert=True)
    parts = PaymentPart.objects.bulk_create(_parts(back.pk, shares))
    post_refund(back, parts, now=now)
    if row.receipt:
        open_receipt(back, Receipt.of_json(row.receipt), now=now)
    crash_point("refund.posted")
    Refund.objects.filter(pk=row.pk).update(back_id=back.pk)
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=row.asked_by,
        action="payment_refunded",
        subject=f"payment:{paid.pk}",
        details={"refund": row.pk, "amount": row.amount, "origin": row.origin, "why": row.why},
        now=now,
    )
    if row.origin != Origin.CHARGE_BACK:
        _tell(row, paid, now)


def move_refund(row: Refund, fact: RefundFact, *, cause: str, now: datetime) -> bool:
    """Take a locked refund where the table sends it; the caller saves by ``save_refund``."""
    before = RefundState(row.state)
    after = next_refund_state(before, fact)
    if after != before:
        row.state, row.state_since = after, now
        RefundMove.objects.create(
            refund_id=row.pk,
            version=row.version + 1,
            before=before,
            after=after,
            cause=cause,
            moved_at=now,
        )
    row.next_check_at = next_refund_look(state=after, since=row.state_since, now=now)
    waits = after in REFUND_FINAL or after == RefundState.ASKED
    if row.next_check_at is None and not waits:
        _log.error("refund %s is left to the operator: %s", row.pk, after)
    return after != before


def save_refund(row: Refund) -> None:
    """Write a locked refund and raise its version."""
    row.version += 1
    row.save(force_update=True)


@outermost
def _about_to_send(seen: Refund, now: datetime) -> Refund | None:
    """Commit that the request is about to leave; None when somebody else is at it."""
    be_brief()
    row = _locked(seen)
    if row is None:
        return None
    row.sent_at = now
    move_refund(row, RefundFact.SENDING, cause="start", now=now)
    save_refund(row)
    return row


@outermost
def _record(  # the keyword-only tail keeps calls readable
    seen: Refund,
    paid: Payment,
    answer: RefundAnswer,
    asking: Question,
    *,
    cause: str,
    now: datetime,
) -> bool:
    """Write down what was heard and all that follows; False when the row has moved meanwhile."""
    be_brief()
    row = _locked(seen)
    if row is None:
        return False
    locked = Payment.objects.select_for_update().get(pk=paid.pk)
    keep_call(paid.pk, answer.exchange, now)
    fact = refund_fact(row, locked, answer, asking, now)
    if isinstance(answer, NotDone):
        row.answer_word = answer.reason[:64] or "refused"
    if isinstance(answer, RefundSeen) and fact != RefundFact.MISMATCH:
        row.external_id, row.answer_word = answer.provider_id, answer.reason[:64]
    moved = move_refund(row, fact, cause=cause, now=now)
    done = moved and row.state == RefundState.DONE
    if done:
        row.done_at = now
    save_refund(row)
    crash_point("refund.row_updated")
    if done:
        complete(row, locked, on=_today(row, now), now=now)
    return True


def _locked(seen: Refund) -> Refund | None:
    """Lock the refund if it is still at the version seen (TRUST R8)."""
    row = Refund.objects.select_for_update().get(pk=seen.pk)
    return row if row.version == seen.version else None


def _today(row: Refund, now: datetime) -> date:
    return clock.local_day(now, suppliers.supplier_by_id(row.supplier_id).timezone)


def _purpose(part: PaymentPart) -> Purpose:
    return Purpose(
        part.account_id,
        part.amount,
        part.service_id,
        Period.of(part.month) if part.month else None,
        Part(part.part),
    )


def _parts(payment_id: int, shares: Sequence[Purpose]) -> list[PaymentPart]:
    return [
        PaymentPart(
            payment_id=payment_id,
            line=line,
            account_id=one.account_id,
            service_id=one.service_id,
            month=one.month.first_day if one.month else None,
            part=int(one.part),
            amount=one.amount,
        )
        for line, one in enumerate(shares, start=1)
    ]


def _tell(row: Refund, paid: Payment, now: datetime) -> None:
    """Write to the payer that his money goes back, once; no sums in the subject."""
    email = identity.user_view(paid.user_id).email if paid.user_id else ""
    if not email:
        return
    number = payment_number(paid.pk, paid.created_at)
    messaging.enqueue(
        supplier_id=row.supplier_id,
        channel="email",
        recipient=email,
        kind="payment_refunded",
        subject="Возвращаем деньги",
        body=(
            "Здравствуйте!\n\n"
            f"Банк вернул {format_kopecks(row.amount)}{NO_BREAK}₽ по платежу {number} туда, "
            "откуда они пришли. На карте деньги появятся в срок её банка, обычно до трёх "
            "рабочих дней."
        ),
        now=now,
        key=f"refund:{row.pk}:done",
    )
