"""Autopayment: its states, when it charges, what it may charge. Pure (TRUST I15, T47)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from abonent.common.periods import Period


class MandateState(StrEnum):
    """Whether an autopayment works."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class MandateFact(StrEnum):
    """What happens to an autopayment."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


MANDATE_MOVES: dict[tuple[MandateState, MandateFact], MandateState] = {
    (MandateState.ACTIVE, MandateFact.PAUSE): MandateState.PAUSED,
    (MandateState.PAUSED, MandateFact.RESUME): MandateState.ACTIVE,
    (MandateState.ACTIVE, MandateFact.STOP): MandateState.STOPPED,
    (MandateState.PAUSED, MandateFact.STOP): MandateState.STOPPED,
}
LIVING = frozenset({MandateState.ACTIVE, MandateState.PAUSED})


class TurnState(StrEnum):
    """Where one bill's turn stands."""

    # The person was told; the charge waits for its hour.
    ANNOUNCED = "announced"
    # A payment of it stands and may be on its way.
    CHARGING = "charging"
    PAID = "paid"
    # Nothing was due, or too little: nobody is bothered.
    SKIPPED = "skipped"
    # Something was due and is not charged: the person is told to look and pay by hand.
    REFUSED = "refused"
    FAILED = "failed"
    # The person paused or stopped the autopayment before the charge.
    CANCELLED = "cancelled"


_T = TurnState
TURN_MOVES = frozenset(
    {
        (_T.ANNOUNCED, _T.CHARGING),
        (_T.ANNOUNCED, _T.SKIPPED),
        (_T.ANNOUNCED, _T.REFUSED),
        (_T.ANNOUNCED, _T.FAILED),
        (_T.ANNOUNCED, _T.CANCELLED),
        # The payment never left for the bank: the turn is weighed once more.
        (_T.CHARGING, _T.ANNOUNCED),
        (_T.CHARGING, _T.PAID),
        (_T.CHARGING, _T.FAILED),
        (_T.CHARGING, _T.CANCELLED),
        # Money that came late is still money (TRUST R7).
        (_T.FAILED, _T.PAID),
    }
)
OPEN = frozenset({_T.ANNOUNCED, _T.CHARGING})


class Why(StrEnum):
    """Why a turn was not charged, or a mandate stopped."""

    NOTHING_DUE = "nothing_due"
    BELOW_MINIMUM = "below_minimum"
    ABOVE_CEILING = "above_ceiling"
    UNUSUAL = "unusual"
    NOT_TOLD = "not_told"
    BUSY = "busy"
    DECLINED = "declined"
    CARD_REMOVED = "card_removed"
    CARD_REVOKED = "card_revoked"
    CARD_EXPIRED = "card_expired"
    NO_ACCESS = "no_access"
    BY_PERSON = "by_person"
    BY_LINK = "by_link"
    CABINET_CLOSED = "cabinet_closed"
    PASSWORD_RECOVERED = "password_recovered"  # noqa: S105  (no secret: a reason)


NOTICE = timedelta(hours=24)
# The letter is written a little earlier, so that it has been sent a day before the charge.
TELL_BEFORE = timedelta(hours=26)
LOOK_EVERY = timedelta(hours=1)
MOST_ATTEMPTS = 3
# An announced charge that could not be made for so long is given up, and the person told.
WAITS_AT_MOST = timedelta(days=3)
LAST_DAY = 28
_HOUR = time(10)


@dataclass(frozen=True)
class Limits:
    """What one charge may be, kopecks: ``usual`` is the mean of the bills before, if any."""

    ceiling: int
    fixed: int | None
    minimum: int
    usual: int | None
    times: int


@dataclass(frozen=True)
class Judgement:
    """What to do about a bill: charge ``amount``, or nothing for the reason given."""

    amount: int = 0
    state: TurnState | None = None
    why: str = ""


def judge(due: int, limits: Limits) -> Judgement:
    """Judge what may be charged of what is due, kopecks.

    Nothing due is passed over. A sum above the ceiling, or above so many times the usual
    bill, is not charged at all: a part of a wrong bill is wrong as well, and the person must
    look (TRUST T47). A fixed sum is never more than the debt.
    """
    if due <= 0:
        return Judgement(state=TurnState.SKIPPED, why=Why.NOTHING_DUE)
    amount = due if limits.fixed is None else min(due, limits.fixed)
    if amount < limits.minimum:
        return Judgement(state=TurnState.SKIPPED, why=Why.BELOW_MINIMUM)
    if amount > limits.ceiling:
        return Judgement(state=TurnState.REFUSED, why=Why.ABOVE_CEILING)
    if limits.usual is not None and amount > limits.times * limits.usual:
        return Judgement(state=TurnState.REFUSED, why=Why.UNUSUAL)
    return Judgement(amount=amount)


def usual_sum(charged: Sequence[int]) -> int | None:
    """Return the mean of what earlier bills charged, kopecks rounded down; None without any."""
    known = [one for one in charged if one > 0]
    return sum(known) // len(known) if known else None


def charge_moment(*, day: int, bill_at: datetime, zone: str) -> datetime:
    """Return when the bill that came out at ``bill_at`` is charged.

    Never sooner than a day after it came out. On ``day`` of a month at ten o'clock at the
    supplier's place, or as soon as may be with ``day`` 0.
    """
    soonest = bill_at + NOTICE
    if day == 0:
        return soonest
    place = ZoneInfo(zone)
    month = Period.of(soonest.astimezone(place).date())
    for later in (month, month.plus(1)):
        moment = datetime.combine(later.day(day), _HOUR, tzinfo=place)
        if moment >= soonest:
            return moment
    return datetime.combine(month.plus(2).day(day), _HOUR, tzinfo=place)


def next_mandate(state: MandateState, fact: MandateFact) -> MandateState | None:
    """Return where a mandate goes on this fact; None when the table names no move."""
    return MANDATE_MOVES.get((state, fact))
