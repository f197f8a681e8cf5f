"""Refunds: their states, the only moves between them, when to look again, words. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from abonent.domain.payments.rules.purposes import Purpose
from abonent.domain.payments.rules.schedule import ABSENCE_AFTER, CREATE_UNTIL, LEASE, Question


class RefundState(StrEnum):
    """Where a refund stands. Unknown never means "failed"."""

    ASKED = "asked"  # waits for the second person
    REJECTED = "rejected"  # the second person said no
    READY = "ready"  # may be sent
    SENT = "sent"
    PENDING = "pending"  # the bank is giving the money back
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"  # the bank surely gave nothing back
    QUARANTINED = "quarantined"


class RefundFact(StrEnum):
    """What we have learnt of a refund."""

    APPROVED = "approved"
    REJECTED = "rejected"
    SENDING = "sending"
    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    ABSENT = "absent"  # looked up long after it was sent: the bank never got it
    UNCLEAR = "unclear"
    MISMATCH = "mismatch"


class Origin(StrEnum):
    """Who began the refund."""

    STAFF = "staff"
    BANK = "bank"  # in the bank's own cabinet
    CHARGE_BACK = "charge_back"  # the payer took his money back through his bank


_S = RefundState
_AT_BANK = (_S.SENT, _S.PENDING, _S.UNKNOWN)

REFUND_MOVES: dict[tuple[RefundState, RefundFact], RefundState] = {
    (_S.ASKED, RefundFact.APPROVED): _S.READY,
    (_S.ASKED, RefundFact.REJECTED): _S.REJECTED,
    (_S.READY, RefundFact.SENDING): _S.SENT,
    (_S.SENT, RefundFact.UNCLEAR): _S.UNKNOWN,
    (_S.SENT, RefundFact.PENDING): _S.PENDING,
    (_S.UNKNOWN, RefundFact.PENDING): _S.PENDING,
    (_S.UNKNOWN, RefundFact.ABSENT): _S.READY,
    **{(state, RefundFact.DONE): _S.DONE for state in _AT_BANK},
    **{(state, RefundFact.REFUSED): _S.REFUSED for state in _AT_BANK},
    **{(state, RefundFact.MISMATCH): _S.QUARANTINED for state in _AT_BANK},
}
REFUND_ALLOWED = frozenset((before, after) for (before, _), after in REFUND_MOVES.items())
REFUND_FINAL = frozenset({_S.REJECTED, _S.DONE, _S.REFUSED})
# One of these at a time for a payment, and its sum counts as given back.
REFUND_IN_FLIGHT = frozenset({_S.ASKED, _S.READY, *_AT_BANK, _S.QUARANTINED})

_STEPS = (
    [timedelta(minutes=minutes) for minutes in (1, 3, 10, 30)]
    + [timedelta(hours=hours) for hours in range(1, 25)]
    # The bank never tells of a refund that it gave up, so it is asked for a week.
    + [timedelta(days=days) for days in range(2, 8)]
)

REFUND_TEXTS = {
    _S.ASKED: "Возврат готовится",
    _S.REJECTED: "Возврат отклонён",
    _S.READY: "Возврат готовится",
    _S.SENT: "Связываемся с банком",
    _S.PENDING: "Банк возвращает деньги",
    _S.UNKNOWN: "Проверяем возврат",
    _S.DONE: "Деньги возвращены",
    _S.REFUSED: "Банк не смог вернуть деньги",
    _S.QUARANTINED: "Проверяем возврат вручную",
}


def next_refund_state(state: RefundState, fact: RefundFact) -> RefundState:
    """Return where a refund goes on this fact; it stays when the table names no move."""
    return REFUND_MOVES.get((state, fact), state)


def next_refund_look(*, state: RefundState, since: datetime, now: datetime) -> datetime | None:
    """Return when to take the refund up again, None when nobody will by himself."""
    if state == RefundState.SENT:
        return since + LEASE
    if state == RefundState.READY:
        return now
    if state in {RefundState.PENDING, RefundState.UNKNOWN}:
        return next((since + step for step in _STEPS if since + step > now), None)
    return None


def refund_question(
    *, state: RefundState, known_to_bank: bool, since: datetime, now: datetime
) -> Question:
    """Return what must be asked to learn more of a refund.

    After a lost answer the refund is looked up, never sent again blindly: not every bank
    knows a key of ours (TRUST R3).
    """
    if state == RefundState.READY:
        return Question.CREATE
    if state not in _AT_BANK or (state == RefundState.SENT and now - since < LEASE):
        return Question.NOTHING
    return Question.STATE if known_to_bank else Question.FIND


def absence(*, begun_at: datetime, sent_at: datetime, now: datetime) -> RefundFact:
    """Say what it teaches that the bank does not find a refund.

    A request sent a moment ago may not be in the bank's list yet. Later it surely was not
    carried out and may be sent again, as long as the bank remembers our key.
    """
    if now - sent_at < ABSENCE_AFTER:
        return RefundFact.UNCLEAR
    return RefundFact.ABSENT if now - begun_at < CREATE_UNTIL else RefundFact.REFUSED


def refund_key(uuid: UUID) -> str:
    """Return the bank's idempotency key, derived from the row (TRUST R1)."""
    return f"refund-{uuid}"


def shares_of_refund(
    paid: Sequence[Purpose], returned: Sequence[Purpose], *, account_id: int, amount: int
) -> list[Purpose]:
    """Say from which purposes of a payment a refund takes the money, the last named first.

    ``returned``: what earlier refunds took. ``account_id`` 0: from whatever account, for a
    refund that the bank made by itself; what it took beyond the payment is the first one's.
    """
    left = amount
    found: list[Purpose] = []
    for one in reversed([one for one in paid if account_id in {0, one.account_id}]):
        gone = sum(back.amount for back in returned if _code(back) == _code(one))
        taken = min(left, max(one.amount - gone, 0))
        if taken:
            found.append(Purpose(one.account_id, taken, one.service_id, one.month, one.part))
            left -= taken
    if left:
        first = next(one for one in paid if account_id in {0, one.account_id})
        found.append(Purpose(first.account_id, left, first.service_id, first.month, first.part))
    return found


def _code(one: Purpose) -> tuple[object, ...]:
    return (one.account_id, one.service_id, one.month, one.part)
