"""Settle a payment: ask the bank, then change everything in one transaction (TRUST A3b, 4)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.transactions import outermost
from abonent.domain.payments import queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations.asking import ask, fact_of, overdue
from abonent.domain.payments.operations.cards import bind_card, drop_revoked
from abonent.domain.payments.operations.charging import may_still_charge
from abonent.domain.payments.operations.crediting import credit
from abonent.domain.payments.operations.moving import (
    be_brief,
    keep_call,
    locked,
    move,
    save_fenced,
)
from abonent.domain.payments.ports import (
    WHOLE_CALL,
    Answer,
    NotDone,
    Seen,
    Standing,
    Unknown,
    acquirer,
)
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.rules import Fact, PaymentState, Question, question
from abonent.domain.payments.rules.cards import PERMISSION_REVOKED
from abonent.domain.payments.rules.schedule import ABSENCE_AFTER, CREATE_UNTIL
from abonent.domain.suppliers import queries as suppliers

# A page does not let its visitor wait for a slow bank, nor ask at each refresh.
PAGE_SECONDS = 8.0
PAGE_PAUSE = timedelta(seconds=10)
CHARGE_LIFE = timedelta(minutes=5)
_TRIES = 3


class Heard(StrEnum):
    """What came of a settlement: for the janitor and the notices."""

    NOTHING_TO_ASK = "nothing_to_ask"
    ANSWERED = "answered"
    SILENT = "silent"
    # The number that a notice gave is that of somebody else's payment.
    NOT_OURS = "not_ours"


def settle_payment(*, payment_id: int, now: datetime) -> PaymentView:
    """Learn where the payment stands and make our side agree with the bank's.

    The one verb for webhook, return page, registry and janitor. Asks outside any
    transaction; then, in one, locks the payment, moves it by the table, posts
    ``payment:<id>:settled`` from the acquirer's clearing account to the payer's advance,
    allocates the advance, records and tells. Whoever lost the race changes nothing and
    asks again. Silence never means failure. No refusals.
    """
    settle(payment_id, cause="settle", seconds=WHOLE_CALL, now=now)
    return queries.view_of(payment_id)


def check_payment(
    *, user_id: int | None, supplier_id: int, payment_uuid: UUID, now: datetime
) -> PaymentView:
    """Settle a payment for somebody who looks at its page; at most every ten seconds.

    ``user_id`` None is the open page. Refuses with NotFound for a stranger.
    """
    view = (
        queries.open_payment_view(supplier_id=supplier_id, payment_uuid=payment_uuid)
        if user_id is None
        else queries.payment_view(
            user_id=user_id, supplier_id=supplier_id, payment_uuid=payment_uuid
        )
    )
    # Who comes back from the bank at once is answered: opening the payment was no look at it.
    looked = view.checked_at or view.created_at
    fresh = looked > view.created_at and now - looked < PAGE_PAUSE
    # One that was given up may have been paid all the same, on the bank's open page.
    ended = view.final and view.state != PaymentState.CANCELLED
    if ended or fresh:
        return view
    settle(view.id, cause="page", seconds=PAGE_SECONDS, now=now)
    if user_id is None:
        return queries.open_payment_view(supplier_id=supplier_id, payment_uuid=payment_uuid)
    return queries.payment_view(user_id=user_id, supplier_id=supplier_id, payment_uuid=payment_uuid)


def send(payment_id: int, *, now: datetime) -> None:
    """Open a new payment at the bank, unless somebody else is doing it already."""
    row = _about_to_send(payment_id, now)
    if row is None:
        return
    crash_point("pay.sending")
    answer = ask(row, Question.CREATE, bank_number="", seconds=WHOLE_CALL)
    crash_point("pay.after_provider_answer")
    if not _record(row, answer, Question.CREATE, first=True, cause="start", now=now):
        # A notice was faster than the bank's answer; what it brought is newer.
        settle(payment_id, cause="start", seconds=WHOLE_CALL, now=now)


def settle(
    payment_id: int, *, cause: str, seconds: float, now: datetime, hinted: str = ""
) -> Heard:
    """Ask and record; ``hinted`` is the bank's number that a notice gave."""
    heard = Heard.NOTHING_TO_ASK
    for _ in range(_TRIES):
        row = _as_seen(payment_id)
        bank_number = row.external_id or hinted
        asking = question(
            state=PaymentState(row.state),
            known_to_bank=bool(bank_number),
            refused=row.state == PaymentState.UNKNOWN and bool(row.answer_word),
            charges=row.bound_card_id is not None,
            created_at=row.created_at,
            since=row.state_since,
            now=now,
        )
        if asking == Question.NOTHING:
            return heard
        if asking == Question.ABANDON:
            if _abandon(row, now):
                return heard
            continue
        answer = ask(row, asking, bank_number=bank_number, seconds=seconds)
        crash_point("worker.state_read")
        if hinted and not row.external_id and _of_another(row, answer):
            return Heard.NOT_OURS
        heard = Heard.SILENT if isinstance(answer, Unknown) else Heard.ANSWERED
        recorded = _record(row, answer, asking, first=False, cause=cause, now=now)
        # The answer to a repeated key is the bank's first answer and may be old news.
        if recorded and not (asking == Question.CREATE and isinstance(answer, Seen)):
            return heard
    return heard


@outermost
def _as_seen(payment_id: int) -> Payment:
    """Read the payment; being outermost proves that no transaction surrounds the call."""
    return Payment.objects.get(pk=payment_id)


@outermost
def _about_to_send(payment_id: int, now: datetime) -> Payment | None:
    """Note that the request is leaving; None when it is not ours to send."""
    be_brief()
    row = Payment.objects.select_for_update().get(pk=payment_id)
    if row.state != PaymentState.CREATED:
        return None
    if not may_still_charge(row):
        move(row, Fact.ABANDONED, cause="start", now=now)
        save_fenced(row)
        return None
    row.tried_at = now
    move(row, Fact.SENDING, cause="start", now=now)
    save_fenced(row)
    return row


@outermost
def _abandon(seen: Payment, now: datetime) -> bool:
    """End a payment whose request never left."""
    be_brief()
    row = locked(seen.pk, seen.version)
    if row is None:
        return False
    move(row, Fact.ABANDONED, cause="janitor", now=now)
    save_fenced(row)
    return True


@outermost
def _record(  # the keyword-only tail keeps calls readable
    seen: Payment, answer: Answer, asking: Question, *, first: bool, cause: str, now: datetime
) -> bool:
    """Write down what was heard and all that follows; False when the row has moved meanwhile."""
    be_brief()
    row = locked(seen.pk, seen.version)
    if row is None:
        return False
    keep_call(row.pk, answer.exchange, now)
    fact = _fact(row, answer, asking, first=first, now=now)
    row.checked_at = now
    if asking == Question.CREATE:
        row.tried_at = now
    _learn(row, answer, fact, asking, now)
    moved = move(row, fact, cause=cause, now=now)
    captured = moved and row.state == PaymentState.CAPTURED
    if captured and isinstance(answer, Seen):
        row.settled_at = now
        row.paid_on = row.happened_on = day_of_payment(row, answer, now)
    save_fenced(row)
    crash_point("worker.row_updated")
    if captured:
        credit(row, now=now)
        crash_point("worker.posted")
        if isinstance(answer, Seen):
            bind_card(row, answer.kept, now=now)
    if moved and row.bound_card_id is not None and row.answer_word == PERMISSION_REVOKED:
        drop_revoked(row.bound_card_id, now=now)
    return True


def _fact(row: Payment, answer: Answer, asking: Question, *, first: bool, now: datetime) -> Fact:
    """Return what the answer teaches, weighed by the clock."""
    fact = fact_of(row, answer, asking, first=first)
    if fact == Fact.ABSENT:
        # A request sent a moment ago may not be in the bank's list yet.
        once = row.answer_word or row.bound_card_id is not None
        last = row.tried_at if once and row.tried_at else row.created_at + CREATE_UNTIL
        return Fact.ABSENT if now - last >= ABSENCE_AFTER else Fact.UNCLEAR
    late = row.deadline_at is not None and now >= row.deadline_at
    if late and fact == Fact.PENDING and isinstance(answer, Seen):
        # A refused card was no end while the page took another; its time is over now.
        return Fact.DECLINED if answer.standing == Standing.TRIED else fact
    return overdue(row, fact, late=late)


def _learn(row: Payment, answer: Answer, fact: Fact, asking: Question, now: datetime) -> None:
    """Take over what the bank told about the payment besides its state."""
    if isinstance(answer, NotDone) and asking == Question.CREATE:
        row.answer_word = answer.reason[:64] or "refused"
    if not isinstance(answer, Seen):
        return
    if fact == Fact.MISMATCH:
        return
    # The number may come later than the page: a form has none until somebody pays by it.
    row.external_id = row.external_id or answer.provider_id
    # A charge has no page for the payer: what became of it is soon known.
    charges = row.bound_card_id is not None
    life = CHARGE_LIFE if charges else acquirer(row.channel).page_life
    row.deadline_at = row.deadline_at or now + life
    row.answer_word = answer.reason[:64]
    row.method = answer.method[:32] or row.method
    row.card = answer.card[:24] or row.card
    # Not every bank tells the page again when it is asked where the payment stands.
    page = answer.confirmation_url or row.confirmation_url
    row.confirmation_url = page if fact == Fact.PENDING else ""


def day_of_payment(row: Payment, answer: Seen, now: datetime) -> date:
    """Return the payer's day; the bank's clock may be wrong by a day, ours bounds it (R13)."""
    zone = suppliers.supplier_by_id(row.supplier_id).timezone
    begun, today = clock.local_day(row.created_at, zone), clock.local_day(now, zone)
    told = clock.local_day(answer.captured_at, zone) if answer.captured_at else today
    return min(max(told, begun), today)


def _of_another(row: Payment, answer: Answer) -> bool:
    """Tell whether the bank's number that a notice gave belongs to another payment."""
    return isinstance(answer, Seen) and answer.number != str(row.uuid)
