"""Put messages into the outbox and send what is due."""

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from abonent.common.crash import crash_point
from abonent.common.transactions import requires_transaction
from abonent.domain.messaging.models import Message
from abonent.domain.messaging.ports import (
    Attachment,
    Attachments,
    Carrier,
    CarrierError,
    Parcel,
)
from abonent.domain.messaging.queries.carriers import carrier_of
from abonent.domain.messaging.rules import RETRY_AFTER, Channel, MessageState
from abonent.domain.messaging.rules.letters import Letter, in_html, in_text

_BATCH = 100


@requires_transaction
def enqueue(
    *,
    supplier_id: int | None,
    channel: str,
    recipient: str,
    kind: str,
    subject: str,
    body: str,
    now: datetime,
    key: str | None = None,
) -> int:
    """Put a message into the outbox; it leaves after the surrounding transaction commits.

    ``channel`` is email, sms or push; ``kind`` is a short word for staff and reports.
    With a ``key`` the message exists once: a repeated call returns the first one's
    identifier and changes nothing. Line breaks in the subject become spaces, so that
    nothing typed by a person can add headers to a letter.
    """
    row = Message(
        supplier_id=supplier_id,
        channel=Channel(channel),
        recipient=recipient,
        kind=kind,
        subject=_one_line(subject),
        body=body,
        key=key,
        created_at=now,
        due_at=now,
    )
    return _write(row)


@requires_transaction
def enqueue_letter(
    *,
    supplier_id: int | None,
    recipient: str,
    kind: str,
    letter: Letter,
    now: datetime,
    key: str | None = None,
    attachment: str = "",
) -> int:
    """Put a letter into the outbox, as text and in colours; otherwise as ``enqueue``.

    ``attachment`` names a file that another room keeps (``document:17``): it is read when
    the letter leaves, so the outbox stays small.
    """
    row = Message(
        supplier_id=supplier_id,
        channel=Channel.EMAIL,
        recipient=recipient,
        kind=kind,
        subject=_one_line(letter.subject),
        body=in_text(letter),
        html=in_html(letter),
        unsubscribe_url=letter.unsubscribe_url,
        attachment=attachment,
        key=key,
        created_at=now,
        due_at=now,
    )
    return _write(row)


def _one_line(subject: str) -> str:
    return re.sub(r"[\r\n]+", " ", subject)[:200]


def _write(row: Message) -> int:
    """Store a message; one with a key that is there already stays as it was."""
    if row.key is not None:
        Message.objects.bulk_create([row], ignore_conflicts=True)
        return int(Message.objects.values_list("pk", flat=True).get(key=row.key))
    row.save()
    return int(row.pk)


def send_due(*, now: datetime) -> int:
    """Send every message whose time has come; return how many were taken over by carriers.

    Each message is locked, handed over and marked in a transaction of its own, so a crash
    repeats at most one. A failure waits longer each time (1, 5, 30, 180 minutes), then
    the message is marked failed. Several workers may run at once.
    """
    sent = 0
    tried: list[int] = []
    while True:
        waiting = (
            Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now)
            .exclude(pk__in=tried)
            .order_by("due_at", "pk")
            .values_list("pk", flat=True)[:_BATCH]
        )
        batch = list(waiting)
        if not batch:
            return sent
        tried += batch
        sent += sum(_send_one(message_id, now) for message_id in batch)


def _send_one(message_id: int, now: datetime) -> bool:
    """Hand one message over; False when another worker has it or the carrier refused it."""
    with transaction.atomic():
        row = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, state=MessageState.QUEUED)
            .first()
        )
        if row is None:
            return False
        row.attempts += 1
        crash_point("message.taken")
        try:
            _carrier_for(row.channel).send(_parcel(row))
        except CarrierError as error:
            row.last_error = str(error)[:300]
            if row.attempts > len(RETRY_AFTER):
                row.state = MessageState.FAILED
            else:
                row.due_at = now + RETRY_AFTER[row.attempts - 1]
        else:
            row.state = MessageState.SENT
            row.sent_at = now
            row.last_error = ""
            crash_point("message.sent")
        row.save()
        return row.state == MessageState.SENT


def _parcel(row: Message) -> Parcel:
    """Return the message with the files that go with it."""
    return Parcel(
        id=row.pk,
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        html=row.html,
        unsubscribe_url=row.unsubscribe_url,
        attachments=(_attached(row.attachment),) if row.attachment else (),
    )


def _attached(name: str) -> Attachment:
    """Fetch a file from whoever keeps it, as the settings say."""
    keeper: Attachments = import_string(settings.ATTACHMENTS)()
    return keeper.open(name)


def _carrier_for(channel: str) -> Carrier:
    """Return the first configured carrier of the channel."""
    found = carrier_of(channel)
    if found is None:
        message = f"no carrier for {channel}"
        raise CarrierError(message)
    return found
