"""Messages that leave the house. Pure words."""

from datetime import timedelta
from enum import StrEnum

# After each failure the next try waits longer; after the last one the message has failed.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
)


class Channel(StrEnum):
    """The way by which a message travels."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class MessageState(StrEnum):
    """Where a message is on its way."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class SubscriptionKind(StrEnum):
    """What a person has asked to be told of."""

    BILL = "bill"
    READINGS = "readings"
    VERIFICATION = "verification"
    PAYMENT = "payment"
