"""What payments keep."""

from abonent.domain.payments.models.cards import Autopay, AutopayTurn, BoundCard, CardRemoval
from abonent.domain.payments.models.payments import (
    AgentOperation,
    FiscalReceipt,
    Move,
    Notice,
    Payment,
    PaymentMove,
    PaymentPart,
    ProviderCall,
    Refund,
    RefundMove,
)

__all__ = [
    "AgentOperation",
    "Autopay",
    "AutopayTurn",
    "BoundCard",
    "CardRemoval",
    "FiscalReceipt",
    "Move",
    "Notice",
    "Payment",
    "PaymentMove",
    "PaymentPart",
    "ProviderCall",
    "Refund",
    "RefundMove",
]
