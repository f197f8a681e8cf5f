"""The outbox: everything the house says to people outside."""

from django.db import models

from abonent.domain.messaging.rules import Channel, MessageState, SubscriptionKind


class Message(models.Model):
    """A letter, an SMS or a push, written in the same transaction as its cause."""

    # The room of suppliers lies above this one: only the identifier is known here.
    supplier_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=8, choices=[(word, word) for word in Channel])
    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    # The same words for a reader that shows colours; empty for a letter of text alone.
    html = models.TextField(blank=True)
    # Where one press ends these letters (RFC 8058).
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    # The name of a file that another room keeps, ``document:17``: read when the letter leaves.
    attachment = models.CharField(max_length=64, blank=True)
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


class Subscription(models.Model):
    """Somebody wants to be told of one kind of thing about an account, by one way.

    It counts once it is confirmed, until it is ended. ``user_id`` is empty for a mailbox that
    was proven without a cabinet. The room knows accounts and users as identifiers alone.
    """

    supplier_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16, choices=[(word, word) for word in SubscriptionKind])
    channel = models.CharField(max_length=8, choices=[(word, word) for word in Channel])
    recipient = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Of bills the last month that was sent, of reminders the last day they were about.
    served_through = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "kind", "channel", "recipient", "user_id"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="subscription_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["supplier_id", "kind", "id"],
                condition=models.Q(ended_at=None),
                name="subscription_living",
            )
        ]
