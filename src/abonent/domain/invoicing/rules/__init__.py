"""Pure values of closing documents: kinds, what they say, their words, their XML."""

from abonent.domain.invoicing.rules.papers import (
    PDF_KINDS,
    SERIES,
    TITLES,
    XML_KINDS,
    FileFormat,
    Good,
    Paper,
    PaperKind,
    Party,
    Reference,
    Series,
    Settlement,
    frozen,
    thawed,
)
from abonent.domain.invoicing.rules.reconciliation import Verdict

__all__ = [
    "PDF_KINDS",
    "SERIES",
    "TITLES",
    "XML_KINDS",
    "FileFormat",
    "Good",
    "Paper",
    "PaperKind",
    "Party",
    "Reference",
    "Series",
    "Settlement",
    "Verdict",
    "frozen",
    "thawed",
]
