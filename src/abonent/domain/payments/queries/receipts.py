"""Fiscal receipts as pages know them."""

from dataclasses import dataclass
from datetime import datetime

from abonent.common.money import Kopecks
from abonent.domain.payments.models import FiscalReceipt
from abonent.domain.payments.rules.receipts import (
    RECEIPT_TEXTS,
    Receipt,
    ReceiptLine,
    ReceiptState,
)


@dataclass(frozen=True)
class ReceiptView:
    """The receipt of a payment, or of money that went back; the numbers are the register's."""

    payment_id: int
    state: ReceiptState
    sent_to: str
    lines: tuple[ReceiptLine, ...]
    opened_at: datetime
    registered_at: datetime | None
    document_number: str
    storage_number: str
    sign: str

    @property
    def state_text(self) -> str:
        """Return the state in Russian."""
        return RECEIPT_TEXTS[self.state]

    @property
    def amount(self) -> Kopecks:
        """Return the sum of the lines."""
        return Kopecks(sum(line.amount for line in self.lines))


def fiscal_receipt(*, payment_id: int) -> ReceiptView | None:
    """Return the receipt of a payment of any kind; None when there is none to come."""
    row = FiscalReceipt.objects.filter(payment_id=payment_id).first()
    if row is None:
        return None
    content = Receipt.of_json(row.content)
    return ReceiptView(
        payment_id=row.payment_id,
        state=ReceiptState(row.state),
        sent_to=content.email or content.phone,
        lines=content.lines,
        opened_at=row.opened_at,
        registered_at=row.registered_at,
        document_number=row.document_number,
        storage_number=row.storage_number,
        sign=row.sign,
    )
