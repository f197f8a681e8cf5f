"""Verbs of payments: start, settle, give up, hear a notice, watch the unfinished, load."""

from abonent.domain.payments.operations.cancelling import CannotCancel, cancel_payment
from abonent.domain.payments.operations.janitor import settle_awaiting
from abonent.domain.payments.operations.load import Conflict, Loaded, load_payments
from abonent.domain.payments.operations.notices import handle_notice, receive_notice
from abonent.domain.payments.operations.settling import check_payment, settle_payment
from abonent.domain.payments.operations.starting import (
    AlreadyPaying,
    CannotPayOnline,
    KeyReused,
    OnlyForReading,
    SumTooLarge,
    SumTooSmall,
    start_another_payment,
    start_payment,
)

__all__ = [
    "AlreadyPaying",
    "CannotCancel",
    "CannotPayOnline",
    "Conflict",
    "KeyReused",
    "Loaded",
    "OnlyForReading",
    "SumTooLarge",
    "SumTooSmall",
    "cancel_payment",
    "check_payment",
    "handle_notice",
    "load_payments",
    "receive_notice",
    "settle_awaiting",
    "settle_payment",
    "start_another_payment",
    "start_payment",
]
