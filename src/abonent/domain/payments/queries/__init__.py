"""Reads of payments: one, lists, what is in flight, terms, invariants."""

from abonent.domain.payments.queries.agents import (
    SetAsideView,
    UnmatchedView,
    calls_set_aside,
    operation_status,
    unmatched_payments,
)
from abonent.domain.payments.queries.autopay import (
    AutopayView,
    StopView,
    TurnView,
    autopay_to_stop,
    autopays_of,
)
from abonent.domain.payments.queries.cards import CardView, accounts_paid_by, card_left, cards_of
from abonent.domain.payments.queries.invariants import invariants
from abonent.domain.payments.queries.receipts import ReceiptView, fiscal_receipt
from abonent.domain.payments.queries.refunds import (
    RefundView,
    refund_view,
    refunds_for_operator,
    refunds_of,
    refunds_to_approve,
)
from abonent.domain.payments.queries.register import payments_register
from abonent.domain.payments.queries.terms import PaymentTerms, payment_terms, serves
from abonent.domain.payments.queries.views import (
    PartView,
    PaymentView,
    StepView,
    for_operator,
    in_flight,
    open_payment_view,
    payment_view,
    payments_between,
    payments_by_user,
    payments_of,
    view_of,
)

__all__ = [
    "AutopayView",
    "CardView",
    "PartView",
    "PaymentTerms",
    "PaymentView",
    "ReceiptView",
    "RefundView",
    "SetAsideView",
    "StepView",
    "StopView",
    "TurnView",
    "UnmatchedView",
    "accounts_paid_by",
    "autopay_to_stop",
    "autopays_of",
    "calls_set_aside",
    "card_left",
    "cards_of",
    "fiscal_receipt",
    "for_operator",
    "in_flight",
    "invariants",
    "open_payment_view",
    "operation_status",
    "payment_terms",
    "payment_view",
    "payments_between",
    "payments_by_user",
    "payments_of",
    "payments_register",
    "refund_view",
    "refunds_for_operator",
    "refunds_of",
    "refunds_to_approve",
    "serves",
    "unmatched_payments",
    "view_of",
]
