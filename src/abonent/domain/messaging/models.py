"""The outbox: everything the house says to people outside."""

from django.db import models

from abonent.domain.messaging.rules import Channel, MessageState


class Message(models.Model):
    """A letter, an SMS or a push, written in the same transaction as its cause."""

    # The room of suppliers lies above this one: only the identifier is known here.
    supplier_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=8, choices=[(word, word) for word in Channel])
    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    # A key makes a message go once, however often its cause is repeated.
    key = models.CharField(max_length=120, unique=True, null=True)
    state = models.CharField(
        max_length=8,
        choices=[(word, word) for word in MessageState],
        default=MessageState.QUEUED,
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=MessageState.QUEUED),
                name="message_due",
            ),
            models.Index(fields=["recipient", "created_at"], name="message_recipient"),
            models.Index(fields=["created_at"], name="message_created"),
        ]
