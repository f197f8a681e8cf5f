"""What happens in a round: drawn from the seed alone, so that a seed replays every decision."""

import random
from dataclasses import dataclass
from enum import StrEnum

WEB, WORKER, JANITOR, STAFF = "web", "worker", "janitor", "staff"

# Where each process may be told to die (TRUST A6); between them every point of the money paths.
POINTS = (
    (WEB, "pay.before_insert"), (WEB, "pay.inserted"), (WEB, "pay.committed"),
    (WEB, "pay.sending"), (WEB, "pay.after_provider_answer"), (WEB, "pay.stored"),
    (WEB, "webhook.body_read"), (WEB, "webhook.inserted"), (WEB, "webhook.committed"),
    (WEB, "terminal.inserted"), (WEB, "terminal.posted"), (WEB, "terminal.committed"),
    (WEB, "terminal.cancel_inserted"), (WEB, "terminal.cancel_posted"),
    (WORKER, "worker.job_taken"), (WORKER, "worker.state_read"), (WORKER, "worker.row_updated"),
    (WORKER, "worker.crediting"), (WORKER, "worker.posted"), (WORKER, "worker.committed"),
    (WORKER, "message.taken"), (WORKER, "message.sent"),
    (JANITOR, "worker.state_read"), (JANITOR, "worker.row_updated"), (JANITOR, "worker.posted"),
    (STAFF, "refund.inserted"), (STAFF, "refund.committed"), (STAFF, "refund.sending"),
    (STAFF, "refund.after_provider_answer"), (STAFF, "refund.row_updated"),
    (JANITOR, "refund.posted"), (JANITOR, "receipt.asked"), (JANITOR, "receipt.answered"),
)  # fmt: skip
STOP_EVERY = 3
STOPPED_AT = ("worker.job_taken", "worker.state_read", "worker.posted", "worker.committed")
FAULTS = (
    "timeout",
    "reset",
    "500",
    "502html",
    "slow",
    "truncate",
    "garbage",
    "badgzip",
    "wrong_type",
)
SOURCES = ("fast", "immediate", "kill")

PAYMENTS, DEALS, REFUNDS, CROWD, LINES = 16, 6, 3, 250, 16


class Act(StrEnum):
    """The kinds of steps."""

    PAY = "pay"  # somebody pays in the cabinet: the form, the bank's page, what he does there
    DEAL = "deal"  # somebody puts money into a terminal
    CROWD = "crowd"  # many terminals at once, all for one account
    FAULT = "fault"  # the bank's next answer is spoilt
    NOTICES = "notices"  # something happens to the bank's next notices
    EARLY = "early"  # the next payment is paid and told of before its creation is answered
    ORDER = "order"  # the next process that passes a point dies there, or stops
    REFUND = "refund"  # staff give a payment back, in part or whole, and may die on the way
    KILL = "kill"  # a process is killed wherever it stands
    DATABASE = "database"  # the database is stopped, aborted or killed, and started again
    DISK = "disk"  # the disk of the database and of all files is full for a while


@dataclass(frozen=True)
class Step:
    """One decision. ``kopecks`` tells payments apart: no two of a run have the same sum."""

    act: Act
    word: str = ""
    more: str = ""
    number: int = 0
    kopecks: int = 0


def draw_round(seed: int, place: int) -> tuple[Step, ...]:
    """Return the steps of a round, in order: the same for the same seed and place."""
    dice = random.Random(f"{seed}:{place}")
    steps = [
        *_payments(dice, place),
        *_deals(dice, place),
        Step(Act.CROWD, number=CROWD, kopecks=100 + dice.randrange(50_000)),
        *(Step(Act.FAULT, dice.choice(FAULTS), dice.choice(("before", "after"))) for _ in range(6)),
        *(_notices(dice) for _ in range(6)),
        Step(Act.EARLY),
        *_refunds(dice, seed, place),
        Step(Act.KILL, dice.choice((WEB, WORKER))),
        Step(Act.KILL, dice.choice((WEB, WORKER))),
        *([Step(Act.DATABASE, dice.choice(SOURCES))] if place % 2 else []),
    ]
    dice.shuffle(steps)
    for order in _orders(dice, seed, place):
        # In the first half, so that what follows reaches the point.
        steps.insert(dice.randrange(len(steps) // 2), order)
    return tuple(steps)


def with_full_disk(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the round with a full disk while hundreds of terminals tell of their money."""
    after = 1 + next(place for place, step in enumerate(steps) if step.act == Act.CROWD)
    return (*steps[:after], Step(Act.DISK), *steps[after:])


def _payments(dice: random.Random, place: int) -> list[Step]:
    acts = ["pay"] * 9 + ["decline"] * 3 + ["close"] * 2 + ["pay_late"] * 2
    dice.shuffle(acts)
    return [
        Step(
            Act.PAY,
            act,
            dice.choice(("once", "once", "twice")),
            number=dice.randrange(1_000),
            kopecks=10_000 + place * 100 + at,
        )
        for at, act in enumerate(acts[:PAYMENTS])
    ]


def _deals(dice: random.Random, place: int) -> list[Step]:
    manners = ["plain", "at_once", "hang_up", "otherwise", "cancel", "cancel"]
    return [
        Step(Act.DEAL, manner, number=dice.randrange(1_000), kopecks=5_000 + place * 100 + at)
        for at, manner in enumerate(manners[:DEALS])
    ]


def _refunds(dice: random.Random, seed: int, place: int) -> list[Step]:
    points = ["", *_turns(seed, STAFF)]
    return [
        Step(
            Act.REFUND,
            dice.choice(("whole", "part")),
            points[(place * REFUNDS + at) % len(points)],
            number=dice.randrange(1_000),
        )
        for at in range(REFUNDS)
    ]


def _turns(seed: int, role: str) -> list[str]:
    """Return the points of a role in the order of this seed."""
    own = [point for owner, point in POINTS if owner == role]
    random.Random(seed).shuffle(own)
    return own


def _notices(dice: random.Random) -> Step:
    word = dice.choice(("duplicate", "delay", "reorder", "drop", "forge"))
    drawn = dice.randrange(7_200)
    number = {"duplicate": 10, "delay": 1 + drawn, "reorder": 3}.get(word, drawn)
    return Step(Act.NOTICES, word, number=number)


def _orders(dice: random.Random, seed: int, place: int) -> list[Step]:
    """Return the deaths of a round: the points take turns, so that each has its round."""
    chosen: list[Step] = []
    for role in (WEB, WEB, WORKER, JANITOR):
        own = _turns(seed, role)
        second = len([one for one in chosen if one.word == role])
        point = own[(place * (2 if role == WEB else 1) + second) % len(own)]
        chosen.append(Step(Act.ORDER, role, point))
    if (place + 1) % STOP_EVERY == 0:
        chosen.append(Step(Act.ORDER, WORKER, f"{dice.choice(STOPPED_AT)} stop"))
    return chosen
