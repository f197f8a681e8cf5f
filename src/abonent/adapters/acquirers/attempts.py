"""Banks that know no key of ours: one payment may be several orders there.

When the answer to a request is lost, the order may stand at the bank while nobody has its
page: the bank does not give the page again. Such an order is left behind and the payment
tries anew under the next number, ``<payment>-<attempt>`` (PROTOCOLS 2.3, 3.2). The bank's
own memory counts the attempts, so a killed process forgets nothing.
"""

import base64
from collections.abc import Callable, Iterator
from uuid import UUID

from abonent.domain.payments.ports import Answer, NotDone, Order, Seen, Standing, Unknown

# Every attempt is at least a minute after the last: nine have never been seen.
MOST = 9
# The reason of a ``NotDone`` with which a bank says that it has no such order.
ABSENT = "absent"
# An attempt that stands so is passed over when the payment is opened anew.
CAME_TO_NOTHING = frozenset({Standing.DECLINED, Standing.EXPIRED})
_UUID_LENGTH = 26


def numbers(order: Order) -> Iterator[str]:
    """Return the numbers under which the bank may know the payment, the first one first.

    At most 32 signs are allowed (PROTOCOLS 3.2) and a uuid alone has 36: so it is written in
    base 32.
    """
    stem = base64.b32encode(UUID(order.number).bytes).decode()[:_UUID_LENGTH]
    return (f"{stem}-{attempt}" for attempt in range(1, MOST + 1))


def payment_number(order_number: str) -> str:
    """Return our payment's number from the bank's order number, empty when it is not ours."""
    stem, _, attempt = order_number.partition("-")
    if len(stem) != _UUID_LENGTH or not attempt.isdecimal():
        return ""
    try:
        return str(UUID(bytes=base64.b32decode(f"{stem}======")))
    except ValueError:
        return ""


def find(order: Order, look: Callable[[str], Answer]) -> Answer:
    """Look the attempts up one after another: a paid one, else the latest.

    ``look`` answers for one number, ``NotDone`` with ``ABSENT`` when the bank has none. The
    payment is absent when its first attempt is: attempts are numbered without gaps.
    """
    latest: Seen | None = None
    for number in numbers(order):
        answer = look(number)
        if isinstance(answer, Unknown) or (isinstance(answer, Seen) and _paid(answer)):
            return answer
        if isinstance(answer, NotDone):
            if answer.reason != ABSENT:
                return Unknown(why=f"refused: {answer.reason}", exchange=answer.exchange)
            return latest or answer
        latest = answer
    return latest or Unknown(why="no attempts", exchange=answer.exchange)


def _paid(seen: Seen) -> bool:
    return seen.standing == Standing.PAID
