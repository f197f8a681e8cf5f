"""What agents who took money for us ask, and what they are answered. Pure.

One set of words for terminals, banks and aggregators of every protocol. A sum is kopecks; an
agent's number of an operation is text: up to 24 digits were seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from abonent.common.money import Kopecks

# An agent's clock may be a day ahead of ours (TRUST R13); an older operation than this is
# a typing error or a replay, not a repetition.
CLOCK_AHEAD = timedelta(days=1)
OLDEST = timedelta(days=366)


class Verdict(StrEnum):
    """What becomes of a call. A dialect has its own code for each."""

    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    # An order that is paid already: it must not be charged again.
    PAID = "paid"
    # Nothing is decided: the agent repeats. Never a final refusal for a failure of ours.
    BUSY = "busy"
    NOT_FOUND = "not_found"
    CLOSED = "closed"
    STOPPED = "stopped"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    # The number of the operation is known with another sum or account.
    DIFFERS = "differs"
    # The operation was cancelled before it was paid.
    VOID = "void"
    CANNOT_CANCEL = "cannot_cancel"
    UNKNOWN_OPERATION = "unknown_operation"
    # What cannot be read, found by the adapter that knows the protocol.
    UNKNOWN_COMMAND = "unknown_command"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_NUMBER = "wrong_number"
    WRONG_SUM = "wrong_sum"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_MOMENT = "wrong_moment"
    WRONG_SIGNATURE = "wrong_signature"
    UNREADABLE = "unreadable"


class UnknownAccount(StrEnum):
    """What becomes of money for a number that we do not have."""

    KEEP = "keep"  # the money was taken: it waits among unmatched receipts
    REFUSE = "refuse"  # the agent gives it back


class Telling(StrEnum):
    """What a check may tell whoever stands at the terminal."""

    NAME = "name"
    DEBT = "debt"


@dataclass(frozen=True)
class AgentTerms:
    """On what terms a channel takes money for a supplier."""

    channel: str
    name: str
    minimum: int
    maximum: int
    unknown: UnknownAccount = UnknownAccount.KEEP
    # How many days after its day an accepted payment may be cancelled; None: never.
    cancel_days: int | None = None
    # A stopped channel refuses checks; money that was taken is accepted all the same (R17).
    taking: bool = True
    tells: frozenset[Telling] = frozenset({Telling.NAME})
    # The agent's word for a service → our code; "*" is any word. Empty: the whole account.
    services: Mapping[str, str] = field(default_factory=dict)
    # Wrong numbers within an hour, at one terminal and in the whole channel.
    misses_of_terminal: int = 5
    misses_of_channel: int = 300

    def service_code(self, word: str) -> str | None:
        """Return our code of the agent's service, "" for the whole account, None if not ours."""
        if not self.services:
            return ""
        return self.services.get(word, self.services.get("*"))


@dataclass(frozen=True)
class CheckAsked:
    """Whether money may be taken for this number."""

    account: str
    amount: int | None = None
    service: str = ""
    terminal: str = ""
    order: str = ""


@dataclass(frozen=True)
class PayAsked:
    """Money was taken. ``paid_on`` is the agent's day, None when he names none.

    ``order`` is what the payer was sent to pay, where the agent names that: maybe a payment
    that we began.
    """

    number: str
    account: str
    amount: int
    paid_on: date | None
    service: str = ""
    order: str = ""


@dataclass(frozen=True)
class CancelAsked:
    """Money was given back. ``own_number`` is the cancellation's own, where it has one."""

    number: str
    own_number: str = ""
    amount: int | None = None
    ours: str = ""


@dataclass(frozen=True)
class StatusAsked:
    """What became of an operation."""

    number: str


@dataclass(frozen=True)
class Unanswerable:
    """A call that is not one of the protocol, and what is wrong with it.

    ``grave``: money may stand behind it, or somebody who only pretends; staff look at it.
    """

    verdict: Verdict
    grave: bool


Asked = CheckAsked | PayAsked | CancelAsked | StatusAsked | Unanswerable


@dataclass(frozen=True)
class RawCall:
    """A call as it came, without its credentials: kept when it contradicts."""

    text: bytes
    address: str


@dataclass(frozen=True)
class AgentAnswer:
    """What an agent is answered; ``ours`` is our number of the operation.

    ``repeated``: the call had been answered before. ``name`` is masked; ``owed`` is None
    unless the channel may tell it.
    """

    verdict: Verdict
    ours: int | None = None
    amount: Kopecks | None = None
    at: datetime | None = None
    repeated: bool = False
    name: str = ""
    owed: Kopecks | None = None


def agreed_sum(amount: int, terms: AgentTerms) -> Verdict | None:
    """Return what is wrong with a sum by the contract, None when it is within the limits."""
    if amount < terms.minimum:
        return Verdict.TOO_SMALL
    return Verdict.TOO_LARGE if amount > terms.maximum else None


def day_of_payment(told: date | None, today: date) -> date | None:
    """Return the agent's day, bounded by ours; None when it cannot be true."""
    if told is None:
        return today
    if told - today > CLOCK_AHEAD or today - told > OLDEST:
        return None
    return min(told, today)


def cancel_number(asked: CancelAsked) -> str:
    """Return the number that a cancellation goes by, its own or made of the operation's."""
    return asked.own_number or f"{asked.number}/cancel"
