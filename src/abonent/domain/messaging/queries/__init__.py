"""Reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime

from abonent.common.invariants import Invariant, measure
from abonent.domain.messaging.models import Message

_ONCE = """
SELECT key FROM messaging_message WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
UNION ALL
SELECT 'ключ сообщения больше не уникален' WHERE NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = to_regclass('messaging_message') AND a.attname = 'key'
      AND i.indnatts = 1 AND i.indisunique AND i.indisvalid
)
"""


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
    html: str = ""
    attachment: str = ""


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


def sent_at(*, key: str) -> datetime | None:
    """Return when the message of this key was handed to a carrier; None while it was not."""
    return Message.objects.filter(key=key).values_list("sent_at", flat=True).first()


def invariants() -> list[Invariant]:
    """Measure I11: one cause, one message."""
    return [measure(code="I11", text="Об одном событии написано одно сообщение", query=_ONCE)]
