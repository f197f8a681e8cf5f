"""The states of a payment and the only moves between them, as a table (PROTOCOLS 0.2)."""

from enum import StrEnum


class PaymentState(StrEnum):
    """Where a payment stands. Unknown is a state of its own: it never means "failed"."""

    CREATED = "created"
    SENT = "sent"
    AWAITING = "awaiting_payer"
    UNKNOWN = "unknown"
    CAPTURED = "captured"
    DECLINED = "declined"
    EXPIRED = "expired"
    # The payer gave it up while the bank surely had no money. The bank's page may still be
    # open in another window, so this is watched like a payment that waits.
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"


class Fact(StrEnum):
    """What we have learnt of a payment."""

    SENDING = "sending"  # the request is about to leave
    PENDING = "pending"  # the bank waits for the payer
    PAID = "paid"  # the bank took the money
    DECLINED = "declined"  # the bank surely did not take it
    EXPIRED = "expired"  # the payer's time ran out at the bank
    REFUSED = "refused"  # the bank did not accept the only request we made
    ABSENT = "absent"  # the bank has no such payment and can no longer get one
    UNCLEAR = "unclear"  # no answer, or one that cannot be read
    OVERDUE = "overdue"  # no answer, and the payer's time has passed
    ABANDONED = "abandoned"  # the request never left
    GIVEN_UP = "given_up"  # the payer wants it no more, and the bank has just said: no money
    MISMATCH = "mismatch"  # the bank speaks of another sum, currency, number or mode


_S = PaymentState
_UNFINISHED = (_S.SENT, _S.AWAITING, _S.UNKNOWN)

MOVES: dict[tuple[PaymentState, Fact], PaymentState] = {
    (_S.CREATED, Fact.SENDING): _S.SENT,
    (_S.CREATED, Fact.ABANDONED): _S.EXPIRED,
    (_S.SENT, Fact.PENDING): _S.AWAITING,
    (_S.SENT, Fact.REFUSED): _S.DECLINED,
    (_S.SENT, Fact.UNCLEAR): _S.UNKNOWN,
    (_S.UNKNOWN, Fact.PENDING): _S.AWAITING,
    (_S.UNKNOWN, Fact.ABSENT): _S.EXPIRED,
    (_S.AWAITING, Fact.OVERDUE): _S.UNKNOWN,
    # A form that nobody has brought to the bank.
    (_S.AWAITING, Fact.ABSENT): _S.EXPIRED,
    (_S.AWAITING, Fact.GIVEN_UP): _S.CANCELLED,
    **{(state, Fact.PAID): _S.CAPTURED for state in _UNFINISHED},
    **{(state, Fact.DECLINED): _S.DECLINED for state in _UNFINISHED},
    **{(state, Fact.EXPIRED): _S.EXPIRED for state in _UNFINISHED},
    **{(state, Fact.MISMATCH): _S.QUARANTINED for state in _UNFINISHED},
    # Money that came late is still money (TRUST R7).
    (_S.DECLINED, Fact.PAID): _S.CAPTURED,
    (_S.EXPIRED, Fact.PAID): _S.CAPTURED,
    (_S.CANCELLED, Fact.PAID): _S.CAPTURED,
    (_S.DECLINED, Fact.MISMATCH): _S.QUARANTINED,
    (_S.EXPIRED, Fact.MISMATCH): _S.QUARANTINED,
    (_S.CANCELLED, Fact.MISMATCH): _S.QUARANTINED,
}

ALLOWED = frozenset((before, after) for (before, _), after in MOVES.items())
# Nothing the bank says moves these; one that came to nothing may still be paid late.
FINAL = frozenset({_S.CAPTURED, _S.QUARANTINED})
CAME_TO_NOTHING = frozenset({_S.DECLINED, _S.EXPIRED, _S.CANCELLED})
IN_FLIGHT = frozenset({_S.CREATED, *_UNFINISHED})


def next_state(state: PaymentState, fact: Fact) -> PaymentState:
    """Return where a payment goes on this fact; it stays when the table names no move."""
    return MOVES.get((state, fact), state)
