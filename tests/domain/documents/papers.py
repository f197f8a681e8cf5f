"""The bill of RULES 8 as paper, for the tests of this room and of the pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

from abonent.common.periods import Period
from abonent.domain.documents.rules import (
    BillPaper,
    PaperHouse,
    PaperLine,
    PaperNorm,
    PaperPayment,
    PaperReading,
    Payer,
    Provider,
    Requisites,
    payment_qr,
)
from abonent.domain.documents.rules import VolumeMethod as Method

OCTOBER = Period(2026, 10)
PUBLISHED_AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
NAME = "Иванов Иван Иванович"
ADDRESS = "г. Тюмень, ул. Примерная, д. 1, кв. 15"
REQUISITES = Requisites(
    name="АО «Пример-Энерго»",
    inn="7204000019",
    kpp="720401001",
    bank_name="ПАО «БАНК»",
    bic="044525225",
    account_number="40702810138250123017",
    correspondent_account="30101810400000000225",
)
QR = payment_qr(
    REQUISITES,
    amount=519826,
    account_number="0010012345",
    period=OCTOBER,
    full_name=NAME,
    address=ADDRESS,
)


def _reading(
    service: str, serial: str, unit: str, zone: str, was: str, became: str
) -> PaperReading:
    return PaperReading(
        service=service,
        serial=serial,
        unit=unit,
        zone=zone,
        previous=Decimal(was),
        previous_on=date(2026, 9, 24),
        current=Decimal(became),
        current_on=date(2026, 10, 23),
        volume=Decimal(became) - Decimal(was),
        verified_until=date(2029, 5, 14),
    )


OCTOBER_BILL = BillPaper(
    number="2610-0010012345",
    period=OCTOBER,
    published_at=PUBLISHED_AT,
    due_by=date(2026, 11, 16),
    provider=Provider(
        REQUISITES,
        ogrn="1027200000000",
        address="625000, г. Тюмень, ул. Республики, д. 10",
        phone="8 (3452) 00-00-00",
        hours="круглосуточно",
        email="hello@primer.example",
        site="primer.example",
        dispatcher="8 (3452) 00-00-01",
    ),
    payer=Payer(
        account_number="0010012345",
        full_name=NAME,
        address=ADDRESS,
        area=Decimal("54.3"),
        residents=3,
        unified_account="75ДА533315",
        service_code="75ДА533315-01",
        document_code="75ДА533315-01-6101",
        link_code="4Q7T-0K2M",
    ),
    lines=(
        PaperLine(
            "Холодная вода", "м³", Decimal("2.444"), Method.METER, Decimal("48.31"), 11807, vat=2129
        ),
        PaperLine(
            "Горячая вода",
            "м³",
            Decimal("3.200"),
            Method.METER,
            Decimal("48.31"),
            15459,
            "вода",
            vat=2788,
        ),
        PaperLine(
            "Горячая вода",
            "Гкал",
            Decimal("0.19776"),
            Method.METER,
            Decimal("2350.12"),
            46476,
            "подогрев",
            vat=8381,
        ),
        PaperLine(
            "Отопление",
            "Гкал",
            Decimal("1.485728"),
            Method.HOUSE,
            Decimal("2350.12"),
            349164,
            vat=62964,
        ),
        PaperLine(
            "Электричество",
            "кВт·ч",
            Decimal(120),
            Method.METER,
            Decimal("4.93"),
            59160,
            "день",
            vat=10668,
        ),
        PaperLine(
            "Электричество",
            "кВт·ч",
            Decimal(60),
            Method.METER,
            Decimal("2.96"),
            17760,
            "ночь",
            vat=3203,
        ),
    ),
    opening=120000,
    charged=499826,
    penalty=0,
    paid=100000,
    due=519826,
    readings=(
        _reading("Холодная вода", "22510043", "м³", "", "123.456", "125.900"),
        _reading("Горячая вода", "22510044", "м³", "", "86.412", "89.612"),
        _reading("Электричество", "10475512", "кВт·ч", "день", "14207", "14327"),
        _reading("Электричество", "10475512", "кВт·ч", "ночь", "6118", "6178"),
    ),
    norms=(PaperNorm("Холодная вода", Decimal("4.27"), "м³ на человека"),),
    house=(PaperHouse("Отопление", "Гкал", Decimal("186.24")),),
    last_payment=PaperPayment(date(2026, 10, 12), 100000),
    qr=QR,
    cabinet_url="https://kabinet.example/primer",
    pay_url="https://kabinet.example/primer/accounts/0010012345/payment/",
    readings_url="https://kabinet.example/primer/accounts/0010012345/readings/",
)
