"""Reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime

from abonent.domain.messaging.models import Message


@dataclass(frozen=True)
class MessageView:
    """A message as the outbox page and staff see it."""

    id: int
    supplier_id: int | None
    channel: str
    recipient: str
    kind: str
    subject: str
    body: str
    state: str
    created_at: datetime
    sent_at: datetime | None


def recent_messages(
    *, supplier_id: int | None = None, recipient: str = "", limit: int = 100
) -> list[MessageView]:
    """Return the newest messages first, of one supplier and recipient when given."""
    rows = Message.objects.order_by("-created_at", "-pk")
    if supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id)
    if recipient:
        rows = rows.filter(recipient__icontains=recipient)
    return [
        MessageView(**{name: getattr(row, name) for name in MessageView.__dataclass_fields__})
        for row in rows[:limit]
    ]


def count_since(*, channel: str, recipient: str, since: datetime) -> int:
    """Return how many messages of a channel were written to a recipient since a moment."""
    return Message.objects.filter(
        channel=channel, recipient=recipient, created_at__gte=since
    ).count()
