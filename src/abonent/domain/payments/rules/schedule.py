"""When the janitor looks at a payment again, and what it asks then (TRUST R3, R11)."""

from datetime import datetime, timedelta
from enum import StrEnum

from abonent.domain.payments.rules.states import FINAL, PaymentState

# A call to a bank ends within 40 s; before this nobody else takes the payment up (R14).
LEASE = timedelta(seconds=60)
# YooKassa keeps a key for 24 h; well before that we stop creating and only look.
CREATE_UNTIL = timedelta(hours=12)
# A bank's list may lag behind: only after this is "not in the list" an answer.
ABSENCE_AFTER = timedelta(minutes=15)
# While a bank is silent the oldest unknown payment is its probe (TRUST I7: 15 minutes).
PROBE_EVERY = timedelta(minutes=10)

_UNKNOWN_STEPS = [timedelta(minutes=minutes) for minutes in (1, 3, 10, 30)] + [
    timedelta(hours=hours) for hours in range(1, 25)
]
_AFTER_DEADLINE = [timedelta(minutes=minutes) for minutes in (0, 10, 60, 24 * 60)]


class Question(StrEnum):
    """What to ask the bank now."""

    NOTHING = "nothing"
    ABANDON = "abandon"
    CREATE = "create"
    STATE = "state"
    FIND = "find"


def next_look(
    *, state: PaymentState, since: datetime, deadline: datetime | None, now: datetime
) -> datetime | None:
    """Return when to ask about the payment again, None when nobody will by himself.

    An unfinished payment without a next look is the operator's (TRUST I7, R11).
    """
    if state in FINAL:
        return None
    if state in {PaymentState.CREATED, PaymentState.SENT}:
        return since + LEASE
    if state == PaymentState.UNKNOWN:
        return _first_after(now, since, _UNKNOWN_STEPS)
    return _first_after(now, deadline, _AFTER_DEADLINE) if deadline else None


def question(
    *,
    state: PaymentState,
    known_to_bank: bool,
    refused: bool,
    charges: bool = False,
    created_at: datetime,
    since: datetime,
    now: datetime,
) -> Question:
    """Return what must be asked to learn more of a payment.

    ``known_to_bank``: we have the bank's own number. ``refused``: a repeated request was
    turned down, so whether the first one was carried out must be looked up. ``charges``: a
    kept card is charged; that is asked for once, whoever may have changed his mind since.
    """
    if state in FINAL:
        return Question.NOTHING
    fresh = now - since < LEASE
    if state == PaymentState.CREATED:
        return Question.NOTHING if fresh else Question.ABANDON
    if known_to_bank:
        return Question.STATE
    if state in {PaymentState.DECLINED, PaymentState.EXPIRED}:
        return Question.NOTHING
    if state == PaymentState.SENT and fresh:
        return Question.NOTHING
    if refused or charges or now - created_at >= CREATE_UNTIL:
        return Question.FIND
    return Question.CREATE


def _first_after(now: datetime, start: datetime, steps: list[timedelta]) -> datetime | None:
    """Return the first of the moments that lies ahead."""
    return next((start + step for step in steps if start + step > now), None)
