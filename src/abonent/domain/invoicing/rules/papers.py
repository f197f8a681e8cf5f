"""What a closing document says: parties, goods, sums. Pure.

A paper is frozen when its number is given: everything that is printed and sent afterwards
is made of it alone, whatever becomes of the account, the contract or the supplier.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from abonent.common.periods import Period
from abonent.domain.documents.rules import DocumentKind


class PaperKind(StrEnum):
    """What a closing document is (RULES 5.5)."""

    INVOICE = "invoice"
    TAX_INVOICE = "tax_invoice"
    ACT = "act"
    TRANSFER = "upd"
    ADJUSTMENT = "adjustment"


class Series(StrEnum):
    """What is numbered together, by supplier and year.

    A transfer document and an adjustment are tax invoices too and share their numbers.
    """

    INVOICE = "invoice"
    TAX = "tax"
    ACT = "act"
    RECONCILIATION = "reconciliation"


SERIES = {
    PaperKind.INVOICE: Series.INVOICE,
    PaperKind.TAX_INVOICE: Series.TAX,
    PaperKind.TRANSFER: Series.TAX,
    PaperKind.ADJUSTMENT: Series.TAX,
    PaperKind.ACT: Series.ACT,
}
TITLES = {
    PaperKind.INVOICE: "Счёт на оплату",
    PaperKind.TAX_INVOICE: "Счёт-фактура",
    PaperKind.ACT: "Акт об оказании услуг",
    PaperKind.TRANSFER: "Универсальный передаточный документ",
    PaperKind.ADJUSTMENT: "Корректировочный счёт-фактура",
}
SHORT_TITLES = {**TITLES, PaperKind.TRANSFER: "УПД", PaperKind.ACT: "Акт"}
PDF_KINDS = {kind: DocumentKind(kind.value) for kind in PaperKind}
XML_KINDS = {
    PaperKind.TAX_INVOICE: DocumentKind.TAX_INVOICE_XML,
    PaperKind.ACT: DocumentKind.ACT_XML,
    PaperKind.TRANSFER: DocumentKind.TRANSFER_XML,
}
NO_VAT = "без НДС"


class FileFormat(StrEnum):
    """In which form a paper is handed out; the word is the file's ending."""

    PDF = "pdf"
    XML = "xml"


@dataclass(frozen=True)
class Party:
    """A side of the paper; ``inn`` of 12 digits is a sole trader's."""

    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    bank_name: str = ""
    bic: str = ""
    account_number: str = ""
    correspondent_account: str = ""

    @property
    def codes(self) -> str:
        """Return INN and KPP as papers write them: «7204000019/720401001»."""
        return f"{self.inn}/{self.kpp}" if self.kpp else self.inn


@dataclass(frozen=True)
class Good:
    """A line of the paper; sums in kopecks. ``amount`` = net + vat.

    ``quantity`` and ``price`` (without VAT) are None where the line has no volume. ``lines``
    are those of the month's bill that it is made of: later corrections find it by them.
    """

    lines: tuple[int, ...]
    name: str
    unit: str
    okei: str
    quantity: Decimal | None
    price: Decimal | None
    vat_rate: str
    net: int
    vat: int

    @property
    def amount(self) -> int:
        """Return the sum with VAT in kopecks."""
        return self.net + self.vat


@dataclass(frozen=True)
class Reference:
    """Another paper by its title, number and day: the contract, the adjusted document."""

    title: str
    number: str
    dated_on: date | None


@dataclass(frozen=True)
class Settlement:
    """What an invoice asks for: the month's bill in kopecks, its last day, its bank QR."""

    opening: int
    penalty: int
    paid: int
    due: int
    due_by: date
    qr: str


@dataclass(frozen=True)
class Paper:
    """A closing document. ``before`` are the goods as they stood, in an adjustment alone.

    ``file_name`` is what the tax service's format calls it, without an ending.
    """

    kind: PaperKind
    number: str
    dated_on: date
    period: Period
    seller: Party
    buyer: Party
    account_number: str
    contract: Reference | None
    goods: tuple[Good, ...]
    file_name: str
    issued_at: datetime
    signer_name: str = ""
    signer_position: str = ""
    revision: int = 0
    revised_on: date | None = None
    adjusts: Reference | None = None
    before: tuple[Good, ...] = ()
    settlement: Settlement | None = None

    @property
    def net(self) -> int:
        """Return the sum of the lines without VAT; of an adjustment, by how much it changed."""
        return sum(good.net for good in self.goods) - sum(good.net for good in self.before)

    @property
    def vat(self) -> int:
        """Return the VAT of all lines, or its change."""
        return sum(good.vat for good in self.goods) - sum(good.vat for good in self.before)

    @property
    def amount(self) -> int:
        """Return the sum with VAT, or its change."""
        return self.net + self.vat

    @property
    def title(self) -> str:
        """Return «УПД № 15», with the number of the revision where there is one."""
        revision = f", исправление № {self.revision}" if self.revision else ""
        return f"{SHORT_TITLES[self.kind]} № {self.number}{revision}"


def frozen(paper: Paper) -> str:
    """Write the paper as it is kept: JSON, exact to the last digit."""
    return json.dumps(asdict(paper), ensure_ascii=False, default=_written)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def thawed(content: str) -> Paper:
    """Read a paper that ``frozen`` wrote; raises for anything else."""
    given: dict[str, Any] = json.loads(content)
    settlement, adjusts = given["settlement"], given["adjusts"]
    return Paper(
        **given
        | {
            "kind": PaperKind(given["kind"]),
            "dated_on": date.fromisoformat(given["dated_on"]),
            "period": Period(**given["period"]),
            "seller": Party(**given["seller"]),
            "buyer": Party(**given["buyer"]),
            "contract": _reference(given["contract"]),
            "goods": tuple(_good(one) for one in given["goods"]),
            "before": tuple(_good(one) for one in given["before"]),
            "issued_at": datetime.fromisoformat(given["issued_at"]),
            "revised_on": _day(given["revised_on"]),
            "adjusts": _reference(adjusts),
            "settlement": settlement
            and Settlement(**settlement | {"due_by": date.fromisoformat(settlement["due_by"])}),
        }
    )


def _good(given: dict[str, Any]) -> Good:
    exact = {
        name: None if given[name] is None else Decimal(given[name])
        for name in ("quantity", "price")
    }
    return Good(**given | exact | {"lines": tuple(given["lines"])})


def _reference(given: dict[str, Any] | None) -> Reference | None:
    return Reference(**given | {"dated_on": _day(given["dated_on"])}) if given else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def subject_of(paper_id: int) -> str:
    """Return what the documents room calls a closing document."""
    return f"closing:{paper_id}"
