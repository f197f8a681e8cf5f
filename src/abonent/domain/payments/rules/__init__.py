"""Pure rules of payments: states and moves, when to look again, what is compared, words."""

from abonent.domain.payments.rules.purposes import (
    Kind,
    Purpose,
    intent_mark,
    payment_number,
    provider_key,
)
from abonent.domain.payments.rules.schedule import LEASE, Question, next_look, question
from abonent.domain.payments.rules.states import (
    ALLOWED,
    CAME_TO_NOTHING,
    FINAL,
    IN_FLIGHT,
    Fact,
    PaymentState,
    next_state,
)
from abonent.domain.payments.rules.words import CHANNEL_NAMES, STATE_TEXTS, decline_text

__all__ = [
    "ALLOWED",
    "CAME_TO_NOTHING",
    "CHANNEL_NAMES",
    "FINAL",
    "IN_FLIGHT",
    "LEASE",
    "STATE_TEXTS",
    "Fact",
    "Kind",
    "PaymentState",
    "Purpose",
    "Question",
    "decline_text",
    "intent_mark",
    "next_look",
    "next_state",
    "payment_number",
    "provider_key",
    "question",
]
