"""Pure values of documents: what a bill says, its payment QR, bank details."""

from abonent.domain.documents.rules.form import Form, FormTable
from abonent.domain.documents.rules.in_words import sum_in_words
from abonent.domain.documents.rules.paper import (
    METHOD_WORDS,
    BillPaper,
    DocumentKind,
    Instalment,
    PaperHouse,
    PaperLine,
    PaperNorm,
    PaperPayment,
    PaperReading,
    Payer,
    Provider,
    VolumeMethod,
)
from abonent.domain.documents.rules.qr import payment_qr, split_full_name
from abonent.domain.documents.rules.requisites import (
    Requisites,
    is_account_of,
    is_correspondent_of,
    is_inn,
    requisite_faults,
)
from abonent.domain.documents.rules.wording import Table

__all__ = [
    "METHOD_WORDS",
    "BillPaper",
    "DocumentKind",
    "Form",
    "FormTable",
    "Instalment",
    "PaperHouse",
    "PaperLine",
    "PaperNorm",
    "PaperPayment",
    "PaperReading",
    "Payer",
    "Provider",
    "Requisites",
    "Table",
    "VolumeMethod",
    "is_account_of",
    "is_correspondent_of",
    "is_inn",
    "payment_qr",
    "requisite_faults",
    "split_full_name",
    "sum_in_words",
]
