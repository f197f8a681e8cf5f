"""Checks of numbers by agents: one that goes through the numbers is stopped (TRUST T1)."""

from datetime import datetime, timedelta

from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.models import OpenRequest
from abonent.domain.accounts.operations.open_pages import TooManyTries

AGENT = "agent"
_HOUR = timedelta(hours=1)


@requires_transaction
def refuse_searching(
    *, supplier_id: int, channel: str, terminal: str, limits: tuple[int, int], now: datetime
) -> None:
    """Refuse with TooManyTries when a terminal or its channel asked for too many wrong numbers.

    ``limits`` are those within an hour, of one terminal and of the channel. Numbers that
    exist get the same refusal then: whoever searches learns nothing from it.
    """
    for place, limit in zip(_places(channel, terminal), limits, strict=True):
        wrong = OpenRequest.objects.filter(
            supplier_id=supplier_id,
            purpose=AGENT,
            address_block=place,
            asked_at__gt=now - _HOUR,
        )
        if place and wrong.count() >= limit:
            raise TooManyTries("Слишком много неверных номеров подряд. Повторите запрос через час.")


@requires_transaction
def count_wrong_number(
    *, supplier_id: int, channel: str, terminal: str, number: str, now: datetime
) -> None:
    """Remember that an agent asked for a number that is not there."""
    OpenRequest.objects.bulk_create(
        OpenRequest(
            supplier_id=supplier_id,
            purpose=AGENT,
            account_number=number[:64],
            address_block=place,
            asked_at=now,
            right=False,
        )
        for place in _places(channel, terminal)
        if place
    )


def _places(channel: str, terminal: str) -> tuple[str, str]:
    """Return what is counted: the terminal, if the agent names it, and the channel."""
    return (f"{channel}/{terminal}"[:64] if terminal else "", channel[:64])
