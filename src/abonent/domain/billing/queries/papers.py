"""Everything the printed bill of a month says (order 43/пр), gathered for documents."""

import json
from datetime import date
from decimal import Decimal

from django.db import connection

from abonent.common.numbers import from_scale
from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import AccountCard, account_card
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing import models
from abonent.domain.billing.queries.statements import requisites, statement, volume_text
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.documents.rules import (
    BillPaper,
    PaperHouse,
    PaperLine,
    PaperNorm,
    PaperPayment,
    PaperReading,
    Payer,
    Provider,
    VolumeMethod,
)
from abonent.domain.ledger.rules import Reason
from abonent.domain.metering.rules import ZONE_NAMES, Zone
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

MICRO = 6
AREA_DIGITS = 4
COMPONENTS = {"water": "вода", "heat": "подогрев"}


def bill_paper(
    *, supplier_id: int, account_id: int, period: Period, cabinet_url: str = ""
) -> BillPaper:
    """Return the paper of a published bill; refuses with NotPublished when there is none.

    ``cabinet_url`` is the address of the supplier's cabinet without a slash at its end.
    """
    found = statement(supplier_id=supplier_id, account_id=account_id, period=period)
    supplier = suppliers.supplier_by_id(supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    run = models.BillingRun.objects.get(supplier_id=supplier_id, period=period.first_day)
    place = f"{cabinet_url}/accounts/{card.number}" if cabinet_url else ""
    bill = found.bill
    return BillPaper(
        number=bill.number,
        period=period,
        published_at=run.published_at or run.opened_at,
        due_by=bill.due_by,
        provider=_provider(supplier, cabinet_url),
        payer=_payer(card),
        lines=tuple(_line(line) for line in found.lines),
        opening=bill.opening,
        charged=bill.charged,
        penalty=bill.penalty,
        paid=bill.paid,
        due=bill.due,
        readings=tuple(_readings(found.lines)),
        norms=tuple(_norms(found.lines)),
        house=tuple(_house(found.lines)),
        last_payment=_last_payment(supplier_id, account_id, period.last_day),
        qr=found.qr,
        cabinet_url=cabinet_url,
        pay_url=f"{place}/payments/" if place else "",
        readings_url=f"{place}/readings/" if place else "",
    )


def _provider(supplier: suppliers.SupplierView, cabinet_url: str) -> Provider:
    cabinet = supplier.cabinet
    return Provider(
        requisites=requisites(supplier),
        ogrn=supplier.ogrn,
        address=str(cabinet.get("address", "")),
        phone=str(cabinet.get("hotline", "")),
        hours=str(cabinet.get("hotline_hours", "")),
        email=str(cabinet.get("email", "")),
        site=str(cabinet.get("site", "") or cabinet_url),
        dispatcher=str(cabinet.get("dispatcher", "")),
    )


def _payer(card: AccountCard) -> Payer:
    household = card.kind == AccountKind.HOUSEHOLD
    return Payer(
        account_number=card.number,
        full_name=card.full_name,
        address=card.address,
        area=card.area,
        residents=card.residents if household else None,
        unified_account=card.unified_account,
    )


def _line(line: LineView) -> PaperLine:
    plain = line.amount * MULTIPLIER // line.multiplier if line.multiplier else line.amount
    details = [COMPONENTS.get(line.component, ""), ZONE_NAMES[Zone(line.zone)].lower()]
    if line.band > 1:
        details.append(f"{line.band}-й диапазон")
    return PaperLine(
        service=line.service_name,
        unit=UNIT_NAMES[line.unit],
        volume=Decimal(volume_text(line.volume, line.unit)),
        method=VolumeMethod(line.method),
        rate=_price(line.rate),
        amount=line.amount,
        detail=", ".join(part for part in details if part),
        multiplier=Decimal(line.multiplier) / MULTIPLIER,
        excess=line.amount - plain if line.multiplier != MULTIPLIER else 0,
        vat=line.vat,
        reason=line.corrects or "",
    )


def _price(rate: int) -> Decimal:
    """Return a rate with two digits at least and no needless zeros after them."""
    value = from_scale(rate, RATE_SCALE)
    cut = value.normalize()
    exponent = cut.as_tuple().exponent
    return cut if isinstance(exponent, int) and exponent < -2 else value.quantize(Decimal("0.01"))


def _readings(lines: tuple[LineView, ...]) -> list[PaperReading]:
    """Return each register once, from the bases of the lines."""
    rows: dict[tuple[str, str], PaperReading] = {}
    for line in lines:
        unit = (
            Unit.M3 if line.component == "heat" and line.service_kind == "hot_water" else line.unit
        )
        for one in json.loads(line.basis or "{}").get("readings", []):
            key = (one["s"], one["z"])
            rows.setdefault(
                key,
                PaperReading(
                    service=line.service_name,
                    serial=one["s"],
                    unit=UNIT_NAMES[unit],
                    zone=ZONE_NAMES[Zone(one["z"])].lower(),
                    previous=from_scale(one["a"], MICRO),
                    previous_on=date.fromisoformat(one["f"]) if one["f"] else None,
                    current=from_scale(one["b"], MICRO),
                    current_on=date.fromisoformat(one["t"]),
                    volume=from_scale(_used(lines, key), MICRO),
                ),
            )
    return list(rows.values())


def _used(lines: tuple[LineView, ...], key: tuple[str, str]) -> int:
    """Return what a register counted in the month, the parts of one component summed."""
    component = next(
        line.component for line in lines for one in _bases(line) if (one["s"], one["z"]) == key
    )
    seen: set[str] = set()
    total = 0
    for line in lines:
        if line.component != component or line.basis in seen:
            continue
        seen.add(line.basis)
        mine = [one for one in _bases(line) if (one["s"], one["z"]) == key]
        total += sum(int(one["v"]) for one in mine) if line.band == 1 else 0
    return total


def _bases(line: LineView) -> list[dict[str, str]]:
    return json.loads(line.basis or "{}").get("readings", [])  # type: ignore[no-any-return]


def _norms(lines: tuple[LineView, ...]) -> list[PaperNorm]:
    rows = {}
    for line in lines:
        norm = json.loads(line.basis or "{}").get("norm")
        if norm:
            per = "на человека" if norm["per"] == "resident" else "на м²"
            unit = UNIT_NAMES[Unit.M3 if line.component else line.unit]
            value = from_scale(norm["norm"], MICRO).normalize()
            rows[line.service] = PaperNorm(line.service_name, value, f"{unit} {per}")
    return list(rows.values())


def _house(lines: tuple[LineView, ...]) -> list[PaperHouse]:
    return [
        PaperHouse(line.service_name, UNIT_NAMES[line.unit], from_scale(heat["volume"], MICRO))
        for line in lines
        if (heat := json.loads(line.basis or "{}").get("heat")) and line.method == "house"
    ]


def _last_payment(supplier_id: int, account_id: int, until: date) -> PaperPayment | None:
    """Return the last payment up to the month's end, from the ledger's movements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT happened_on, -sum(amount) FROM ledger_entry
                WHERE supplier_id = %s AND subject_id = %s AND book IN (1, 2) AND reason = %s
                  AND happened_on <= %s
                GROUP BY happened_on ORDER BY happened_on DESC LIMIT 1""",
            [supplier_id, account_id, int(Reason.PAYMENT), until],
        )
        row = cursor.fetchone()
    return PaperPayment(row[0], int(row[1])) if row else None
