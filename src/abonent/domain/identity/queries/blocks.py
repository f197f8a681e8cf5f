"""Cabinets that are blocked: their numbered requests, the signed mark of a notice."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from abonent.domain.identity.models import BlockRequest
from abonent.domain.identity.rules import BlockChannel, block_number

_SALT = "identity.stolen"
_SECONDS = 30 * 24 * 60 * 60


@dataclass(frozen=True)
class BlockView:
    """A request to block a cabinet: its number, by which way it came, when it was lifted."""

    number: str
    user_id: int
    channel: BlockChannel
    asked_at: datetime
    suspected_since: datetime | None
    lifted_at: datetime | None


def block_of(user_id: int) -> BlockView | None:
    """Return the request under which the cabinet is closed now, or None."""
    row = BlockRequest.objects.filter(user_id=user_id, lifted_at=None).first()
    return block_view(row) if row else None


def stolen_mark(user_id: int) -> str:
    """Return the signed mark of a notice's link «это не я»: it blocks this cabinet and no more."""
    return signing.dumps(user_id, salt=_SALT)


def user_of_stolen_mark(mark: str) -> int | None:
    """Return whom a mark of the last 30 days names, or None for a forged or an older one."""
    try:
        return int(signing.loads(mark, salt=_SALT, max_age=_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def block_view(row: BlockRequest) -> BlockView:
    """Turn a row into what other rooms may know."""
    return BlockView(
        number=block_number(row.pk),
        user_id=row.user_id,
        channel=BlockChannel(row.channel),
        asked_at=row.asked_at,
        suspected_since=row.suspected_since,
        lifted_at=row.lifted_at,
    )
