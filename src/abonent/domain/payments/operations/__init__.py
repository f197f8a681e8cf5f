"""Verbs of payments: money through acquirers, in files, and from agents who took it."""

from abonent.domain.payments.operations.accepting import accept_payment, check_account
from abonent.domain.payments.operations.agents import answer_agent
from abonent.domain.payments.operations.announcing import Addresses
from abonent.domain.payments.operations.attributing import (
    AlreadyAttributed,
    ReasonMissing,
    attribute_payment,
)
from abonent.domain.payments.operations.cancelling import CannotCancel, cancel_payment
from abonent.domain.payments.operations.cards import (
    remove_card,
    remove_cards,
    strike_out_cards,
)
from abonent.domain.payments.operations.charging import CardExpired, FirstPayment
from abonent.domain.payments.operations.janitor import settle_awaiting
from abonent.domain.payments.operations.load import Conflict, Loaded, load_payments
from abonent.domain.payments.operations.mandates import (
    CannotSetUp,
    change_autopay,
    pause_autopay,
    resume_autopay,
    set_autopay,
    stop_autopay,
    stop_autopays_of,
    stop_by_link,
)
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
from abonent.domain.payments.operations.reminding import remind_of_payment
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
from abonent.domain.payments.operations.turns import run_autopays

__all__ = [
    "Addresses",
    "AlreadyAttributed",
    "AlreadyDecided",
    "AlreadyPaying",
    "CannotCancel",
    "CannotPayOnline",
    "CannotRefund",
    "CannotSetUp",
    "CardExpired",
    "Conflict",
    "FirstPayment",
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
    "change_autopay",
    "check_account",
    "check_payment",
    "handle_notice",
    "load_payments",
    "pause_autopay",
    "receive_notice",
    "record_charge_back",
    "refund_payment",
    "reject_refund",
    "remind_of_payment",
    "remove_card",
    "remove_cards",
    "resume_autopay",
    "run_autopays",
    "set_autopay",
    "settle_awaiting",
    "settle_payment",
    "start_another_payment",
    "start_payment",
    "stop_autopay",
    "stop_autopays_of",
    "stop_by_link",
    "strike_out_cards",
]
