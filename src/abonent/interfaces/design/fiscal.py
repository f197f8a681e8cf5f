"""A cash register's receipt in words, for whoever shows one. Pure."""

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.domain.payments.queries import ReceiptView
from abonent.domain.payments.rules.receipts import VAT_TEXTS


def receipt_rows(receipt: ReceiptView) -> list[tuple[str, str, str]]:
    """Return the lines of a receipt: name, rate of VAT, sum."""
    return [
        (line.name, VAT_TEXTS[line.vat].replace(" %", f"{NO_BREAK}%"), format_kopecks(line.amount))
        for line in receipt.lines
    ]
