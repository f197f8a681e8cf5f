"""A household with two published bills, September and October: the example of RULES 8.

October is the worked example to the kopeck; September is invented: no heating yet, less
water, a cheaper day of electricity.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import transaction

from abonent.common.periods import Period
from abonent.domain.accounts.models import Customer, CustomerAccount, House
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.operations import restore_bills
from abonent.domain.billing.queries.frames import BILLS, CHARGES
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Reason
from abonent.domain.metering.models import Meter, Register
from abonent.domain.suppliers.models import ServiceCategory, Supplier

SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)
PUBLISHED_AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
NUMBER = "0010012345"


@dataclass(frozen=True)
class Household:
    """Identifiers of the household."""

    supplier_id: int
    account_id: int
    number: str = NUMBER
    code: str = "demo"


@dataclass(frozen=True)
class Part:
    """What one line of a bill is made of; volume in units, rate in roubles."""

    service: str
    volume: str
    rate: str
    amount: int
    vat: int
    unit: str
    zone: str = "single"
    component: str = ""
    method: str = "meter"
    rule: str = "meter"
    basis: dict[str, Any] | None = None
    net: int = 0


def interval(serial: str, zone: str, was: str, became: str, month: int) -> dict[str, Any]:
    micro = [int(Decimal(value) * 1_000_000) for value in (was, became)]
    return {
        "readings": [
            {
                "s": serial, "z": zone, "f": f"2026-{month - 1:02d}-23", "t": f"2026-{month:02d}-23",
                "a": micro[0], "b": micro[1], "r": 10_000, "o": 0, "v": micro[1] - micro[0],
                "p": 1, "w": 1,
            }
        ]
    }  # fmt: skip


HEAT = {
    "heat": {
        "area": 543_000, "total": 47_891_000, "common": -1, "excluded": -1,
        "volume": 131_040_000, "metered_volume": -1, "metered_area": -1, "own_volume": -1,
        "norm": -1, "norm_id": -1, "season_months": -1,
    }
}  # fmt: skip
HOT = interval("22510044", "single", "86.412", "89.612", 10)
OCTOBER_PARTS = (
    Part("cold", "2.444", "48.31", 11807, 2129, "m3",
         basis=interval("22510043", "single", "123.456", "125.900", 10)),
    Part("electricity", "120", "4.93", 59160, 10668, "kwh", zone="day",
         basis=interval("10475512", "day", "14207", "14327", 10)),
    Part("electricity", "60", "2.96", 17760, 3203, "kwh", zone="night",
         basis=interval("10475512", "night", "6118", "6178", 10)),
    Part("heat", "1.485728", "2350.12", 349164, 62964, "gcal",
         method="house", rule="heat_h2", basis=HEAT),
    Part("hot", "0.19776", "2350.12", 46476, 8381, "gcal", component="heat",
         basis={**HOT, "heating": {"norm": 61_800, "id": 7}}),
    Part("hot", "3.2", "48.31", 15459, 2788, "m3", component="water", basis=HOT),
)  # fmt: skip
SEPTEMBER_PARTS = (
    Part("cold", "2.2", "48.31", 10628, 1917, "m3",
         basis=interval("22510043", "single", "121.256", "123.456", 9)),
    Part("electricity", "100", "4.80", 48000, 8656, "kwh", zone="day",
         basis=interval("10475512", "day", "14107", "14207", 9)),
    Part("electricity", "80", "2.96", 23680, 4270, "kwh", zone="night",
         basis=interval("10475512", "night", "6038", "6118", 9)),
)  # fmt: skip


def build_household() -> Household:
    """Build the household without any bill."""
    supplier = Supplier.objects.create(
        code="demo",
        name="АО «Пример-Энерго»",
        inn="7204000019",
        kpp="720401001",
        timezone="Asia/Yekaterinburg",
        bank_name="ПАО «БАНК»",
        bic="044525225",
        account_number="40702810138250123017",
        correspondent_account="30101810400000000225",
        cabinet={"hotline": "8 (3452) 00-00-00", "email": "указан в квитанции"},
    )
    for code, kind, name, unit in (
        ("cold", "cold_water", "Холодная вода", "m3"),
        ("hot", "hot_water", "Горячая вода", "m3"),
        ("heat", "heat", "Отопление", "gcal"),
        ("electricity", "electricity", "Электричество", "kwh"),
    ):
        ServiceCategory.objects.create(
            supplier=supplier, code=code, kind=kind, name=name, unit=unit, vat_percent=22
        )
    house = House.objects.create(
        supplier=supplier, code="h1", locality="г. Тюмень", street="ул. Примерная", number="1"
    )
    customer = Customer.objects.create(
        supplier=supplier, kind=AccountKind.HOUSEHOLD, full_name="Иванов Иван Иванович"
    )
    account = CustomerAccount.objects.create(
        supplier=supplier,
        customer=customer,
        house=house,
        number=NUMBER,
        kind=AccountKind.HOUSEHOLD,
        flat="15",
        area="54.3",
        residents=3,
        unified_account="75ДА533315",
    )
    meter = Meter.objects.create(
        supplier=supplier,
        account=account,
        service=ServiceCategory.objects.get(supplier=supplier, code="cold"),
        serial="22510043",
        int_digits=5,
        frac_digits=3,
        verified_until=date(2029, 5, 14),
    )
    Register.objects.create(supplier=supplier, account=account, meter=meter, zone="single")
    return Household(supplier.pk, account.pk)


def publish(
    household: Household, period: Period, parts: tuple[Part, ...], *, opening: int, paid: int
) -> None:
    """Publish a bill of these lines; the ledger must already hold the opening and the payment."""
    services = dict(
        ServiceCategory.objects.filter(supplier_id=household.supplier_id).values_list("code", "pk")
    )
    lines = [
        {
            "period": period.first_day,
            "account_id": household.account_id,
            "line": place,
            "service_id": services[part.service],
            "component": part.component,
            "zone": part.zone,
            "band": 1,
            "method": part.method,
            "unit": part.unit,
            "volume": int(Decimal(part.volume) * 1_000_000),
            "rate": int(Decimal(part.rate) * 100_000),
            "multiplier": 1000,
            "amount": part.amount,
            "vat": part.vat,
            "corrects": None,
            "rule": part.rule,
            "basis": json.dumps({
                **(part.basis or {}), "n": str(int(Decimal(part.volume) * 1_000_000)), "d": "1",
                "rate": 1, "day": str(period.last_day), "months": 1, "vat": 2200, "net": part.net,
            }),
        }
        for place, part in enumerate(parts, start=1)
    ]  # fmt: skip
    charged = sum(part.amount for part in parts)
    bill = {
        "period": period.first_day,
        "account_id": household.account_id,
        "number": f"{NUMBER}-{period.first_day:%y%m}",
        "opening": opening,
        "charged": charged,
        "penalty": 0,
        "paid": paid,
        "due": opening + charged - paid,
        "due_by": date(2026, 11, 16) if period == OCTOBER else period.plus(1).day(15),
    }
    with transaction.atomic():
        restore_bills(
            supplier_id=household.supplier_id,
            bills=pl.DataFrame([bill], schema=BILLS),
            charges=pl.DataFrame(lines, schema=CHARGES),
            now=PUBLISHED_AT,
        )


def move(household: Household, reason: Reason, amount: int, on: date, key: str) -> None:
    """Post money of the account: positive is a debt, negative a payment."""
    own = LedgerCode(Book.ADVANCE, subject_id=household.account_id)
    other = LedgerCode(Book.CLEARING, channel="cabinet")
    with transaction.atomic():
        ledger.post(
            supplier_id=household.supplier_id,
            reason=reason,
            key=key,
            happened_on=on,
            lines=[EntryLine(own, amount), EntryLine(other, -amount)],
            subject_id=household.account_id,
            now=PUBLISHED_AT,
        )


def two_bills() -> Household:
    """Build the household with its September and October bills and the payment between."""
    household = build_household()
    september = sum(part.amount for part in SEPTEMBER_PARTS)
    move(household, Reason.OPENING, 120000 - september, date(2026, 8, 31), "opening")
    publish(household, SEPTEMBER, SEPTEMBER_PARTS, opening=120000 - september, paid=0)
    move(household, Reason.PAYMENT, -100000, date(2026, 10, 12), "payment")
    publish(household, OCTOBER, OCTOBER_PARTS, opening=120000, paid=100000)
    return household
