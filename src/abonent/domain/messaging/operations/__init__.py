"""Verbs of messages: the outbox, and who has asked for what."""

from abonent.domain.messaging.operations.outbox import enqueue, enqueue_letter, send_due
from abonent.domain.messaging.operations.subscriptions import (
    ask_subscription,
    confirm_subscription,
    end_subscription,
    leave,
    mark_served,
    subscribe,
    unsubscribe,
)

__all__ = [
    "ask_subscription",
    "confirm_subscription",
    "end_subscription",
    "enqueue",
    "enqueue_letter",
    "leave",
    "mark_served",
    "send_due",
    "subscribe",
    "unsubscribe",
]
