"""Verbs of payments: money through acquirers, in files, and from agents who took it."""

from abonent.domain.payments.operations.accepting import accept_payment, check_account
from abonent.domain.payments.operations.agents import answer_agent
from abonent.domain.payments.operations.attributing import (
    AlreadyAttributed,
    ReasonMissing,
    attribute_payment,
)
from abonent.domain.payments.operations.cancelling import CannotCancel, cancel_payment
from abonent.domain.payments.operations.janitor import settle_awaiting
from abonent.domain.payments.operations.load import Conflict, Loaded, load_payments
from abonent.domain.payments.operations.notices import handle_notice, receive_notice
from abonent.domain.payments.operations.refunding import (
    AlreadyDecided,
    CannotRefund,
    RefundInFlight,
    RefundTooLarge,
    SecondPersonNeeded,
    approve_refund,
    record_charge_back,
    refund_payment,
    reject_refund,
)
from abonent.domain.payments.operations.returning import cancel_accepted
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
    "AlreadyAttributed",
    "AlreadyDecided",
    "AlreadyPaying",
    "CannotCancel",
    "CannotPayOnline",
    "CannotRefund",
    "Conflict",
    "KeyReused",
    "Loaded",
    "OnlyForReading",
    "ReasonMissing",
    "RefundInFlight",
    "RefundTooLarge",
    "SecondPersonNeeded",
    "SumTooLarge",
    "SumTooSmall",
    "accept_payment",
    "answer_agent",
    "approve_refund",
    "attribute_payment",
    "cancel_accepted",
    "cancel_payment",
    "check_account",
    "check_payment",
    "handle_notice",
    "load_payments",
    "receive_notice",
    "record_charge_back",
    "refund_payment",
    "reject_refund",
    "settle_awaiting",
    "settle_payment",
    "start_another_payment",
    "start_payment",
]
