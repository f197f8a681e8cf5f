"""What a printed bill says: the payment document of order 43/пр as plain data. Pure.

The room above fills a ``BillPaper``; this room only sets it in type. Sums are whole
kopecks, quantities and prices exact decimals written as they are to be read (their
trailing zeros are kept), names and units are finished Russian words.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from abonent.common.periods import Period
from abonent.domain.documents.rules.requisites import Requisites


class DocumentKind(StrEnum):
    """What a kept document is.

    ``BILL`` is opened on a screen by everybody who may see the account; ``PRINTED_BILL`` is
    delivered on paper and bears the code that links the account at once. ``STATEMENT`` is
    the detailed statement of an account for the months that were ordered. The others are of
    organisations; the names with ``_xml`` are the same papers as the tax service reads them.
    """

    BILL = "bill"
    PRINTED_BILL = "printed_bill"
    STATEMENT = "statement"
    INVOICE = "invoice"
    TAX_INVOICE = "tax_invoice"
    TAX_INVOICE_XML = "tax_invoice_xml"
    ACT = "act"
    ACT_XML = "act_xml"
    TRANSFER = "upd"
    TRANSFER_XML = "upd_xml"
    ADJUSTMENT = "adjustment"
    RECONCILIATION = "reconciliation"


class VolumeMethod(StrEnum):
    """How a volume was found; the codes of EXCHANGE 3."""

    METER = "meter"
    AVERAGE = "average"
    NORM = "norm"
    HOUSE = "house"
    AREA = "area"
    CONTRACT = "contract"
    CORRECTION = "correction"


METHOD_WORDS = {
    VolumeMethod.METER: "по счётчику",
    VolumeMethod.AVERAGE: "по среднему",
    VolumeMethod.NORM: "по нормативу",
    VolumeMethod.HOUSE: "по счётчику дома",
    VolumeMethod.AREA: "по площади",
    VolumeMethod.CONTRACT: "по договору",
    VolumeMethod.CORRECTION: "перерасчёт",
}


@dataclass(frozen=True)
class Provider:
    """Who bills: bank details and where to turn. Empty contacts are not printed."""

    requisites: Requisites
    ogrn: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""
    email: str = ""
    site: str = ""
    dispatcher: str = ""


@dataclass(frozen=True)
class Payer:
    """Who pays and for which premises; None and empty are not printed.

    ``unified_account`` is ЕЛС, ``service_code`` ИЖКУ, ``document_code`` the identifier
    of the payment document (RULES 5.2): all three only as received from ГИС ЖКХ.
    ``link_code`` is what the holder of the paper may link the account with. ``inn``, ``kpp``
    and ``contracts`` are those of an organisation.
    """

    account_number: str
    full_name: str
    address: str
    area: Decimal | None = None
    residents: int | None = None
    unified_account: str = ""
    service_code: str = ""
    document_code: str = ""
    link_code: str = ""
    inn: str = ""
    kpp: str = ""
    contracts: tuple[str, ...] = ()

    @property
    def is_organisation(self) -> bool:
        """Tell whether the payer is an organisation: order 43/пр is not for them."""
        return bool(self.inn)


@dataclass(frozen=True)
class PaperReading:
    """One register: was, is, used. ``service`` such as «Электричество», ``zone`` «день».

    A value that was not given is None; ``volume`` already counts the meter's ratio.
    """

    service: str
    serial: str
    unit: str
    zone: str = ""
    previous: Decimal | None = None
    previous_on: date | None = None
    current: Decimal | None = None
    current_on: date | None = None
    volume: Decimal | None = None
    verified_until: date | None = None


@dataclass(frozen=True)
class PaperLine:
    """One line of the calculation.

    ``service`` is the name of the service («Горячая вода»): neighbouring lines of one
    name are set as one group; ``detail`` says what the line is within it («подогрев»,
    «день», «сверх 3 900 кВт·ч», «на общее имущество»). ``amount`` is the whole line in
    kopecks; ``excess`` is the part of it that the multiplier added, ``benefit`` what was
    taken off before it (a positive sum). ``vat_over`` marks a price without VAT. A
    correction names in ``reason`` what it mends («за сентябрь 2026: новые показания») and
    has method CORRECTION. A line of a part of the days, at whose end or beginning the price
    changed, tells them in ``days`` («за 6 дней из 27»). ``why`` tells in a sentence by which
    rule the line was made.
    """

    service: str
    unit: str
    volume: Decimal | None
    method: VolumeMethod
    rate: Decimal | None
    amount: int
    detail: str = ""
    multiplier: Decimal = Decimal(1)
    excess: int = 0
    benefit: int = 0
    vat: int = 0
    vat_over: bool = False
    reason: str = ""
    days: str = ""
    why: str = ""


@dataclass(frozen=True)
class PaperNorm:
    """A norm of consumption: «Холодная вода», 3.200, «м³ на человека»."""

    service: str
    volume: Decimal
    unit: str


@dataclass(frozen=True)
class PaperHouse:
    """What the house's shared meter counted, and its part used in rooms and in common."""

    service: str
    unit: str
    volume: Decimal
    rooms: Decimal | None = None
    common: Decimal | None = None


@dataclass(frozen=True)
class PaperPayment:
    """The last payment before the bill was made, in kopecks."""

    paid_on: date
    amount: int


@dataclass(frozen=True)
class Instalment:
    """A service paid in parts (ПП 354 p. 72); sums in kopecks, the rate in percent."""

    service: str
    this_month: int
    earlier: int
    percent: Decimal
    interest: int


@dataclass(frozen=True)
class BillPaper:
    """Everything the bill of one account and month says.

    ``due`` = opening + charged + penalty − paid (EXCHANGE 3); negative is an advance.
    ``published_at`` is aware and becomes the file's own date, so that the same bill gives
    the same bytes. ``qr`` is the payload of ``payment_qr``; empty: no code is printed.
    The three addresses are whole (https://…); an empty one is not printed.
    """

    number: str
    period: Period
    published_at: datetime
    due_by: date
    provider: Provider
    payer: Payer
    lines: tuple[PaperLine, ...]
    opening: int
    charged: int
    penalty: int
    paid: int
    due: int
    readings: tuple[PaperReading, ...] = ()
    norms: tuple[PaperNorm, ...] = ()
    house: tuple[PaperHouse, ...] = ()
    last_payment: PaperPayment | None = None
    instalments: tuple[Instalment, ...] = ()
    qr: str = ""
    cabinet_url: str = ""
    pay_url: str = ""
    readings_url: str = ""
