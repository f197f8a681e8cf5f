"""Gather what the paper of a published bill says (order 43/пр)."""

from datetime import date, datetime
from typing import Any

import polars as pl

from abonent.common.clock import local_day
from abonent.common.periods import Period, day_after
from abonent.domain.accounts.queries.cards import AccountCard, account_card
from abonent.domain.accounts.queries.frames import agreements_frame
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing import models
from abonent.domain.billing.queries.statements import (
    Statement,
    explanations,
    requisites,
    statement,
)
from abonent.domain.billing.rules.paper import (
    paper_house,
    paper_lines,
    paper_norms,
    paper_readings,
)
from abonent.domain.documents.rules import (
    BillPaper,
    PaperPayment,
    Payer,
    Provider,
    payment_qr,
)
from abonent.domain.documents.rules.statement import BlankPaper
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Reason
from abonent.domain.metering.queries.meters import meters_for
from abonent.domain.suppliers import queries as suppliers

# The addresses printed on paper live as long as the paper: the portal keeps them.
PAY_PATH = "accounts/{number}/payments/"
READINGS_PATH = "accounts/{number}/readings/"


def bill_paper(*, supplier_id: int, account_id: int, period: Period) -> BillPaper:
    """Return everything the paper of a published bill says.

    Refuses with NotPublished when there is none. A constant number of statements.
    """
    found = statement(supplier_id=supplier_id, account_id=account_id, period=period)
    supplier = suppliers.supplier_by_id(supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=period)
    run = models.BillingRun.objects.get(supplier_id=supplier_id, period=period.first_day)
    published_at = run.published_at or run.opened_at
    cabinet = suppliers.cabinet_url(supplier)
    bill = found.bill
    return BillPaper(
        number=bill.number,
        period=period,
        published_at=published_at,
        due_by=bill.due_by,
        provider=provider_of(supplier),
        payer=_payer(found, card, period),
        lines=paper_lines(
            found.lines, {line: why.note for line, why in explanations(found).items()}
        ),
        opening=bill.opening,
        charged=bill.charged,
        penalty=bill.penalty,
        paid=bill.paid,
        due=bill.due,
        readings=paper_readings(
            found.lines, {meter.serial: meter.verified_until for meter in meters}
        ),
        norms=paper_norms(found.lines),
        house=paper_house(found.lines),
        last_payment=_last_payment(supplier_id, account_id, run.as_of),
        qr=found.qr,
        cabinet_url=cabinet,
        pay_url=f"{cabinet}/{PAY_PATH.format(number=card.number)}",
        readings_url=f"{cabinet}/{READINGS_PATH.format(number=card.number)}",
    )


def provider_of(supplier: suppliers.SupplierView) -> Provider:
    """Return the supplier with the contacts that its cabinet names."""
    cabinet = supplier.cabinet
    return Provider(
        requisites=requisites(supplier),
        ogrn=supplier.ogrn,
        address=_contact(cabinet, "legal_address"),
        phone=_contact(cabinet, "hotline"),
        hours=str(cabinet.get("hotline_hours") or "") if _contact(cabinet, "hotline") else "",
        email=_contact(cabinet, "email"),
        site=str(cabinet.get("site") or ""),
        dispatcher=_contact(cabinet, "dispatcher"),
    )


def _contact(cabinet: dict[str, Any], name: str) -> str:
    """Return a contact, but not words like «указан в квитанции»: this is the квитанция."""
    text = str(cabinet.get(name) or "")
    return text if any(sign.isdigit() or sign == "@" for sign in text) else ""


def _payer(found: Statement, card: AccountCard, period: Period) -> Payer:
    """Return who pays and for which premises; of an organisation also by which contracts."""
    firm = card.kind == AccountKind.ORGANISATION
    return Payer(
        account_number=found.account,
        full_name=card.full_name,
        address=card.address,
        area=card.area,
        residents=None if firm else card.residents,
        unified_account=card.unified_account,
        inn=card.inn if firm else "",
        kpp=card.kpp if firm else "",
        contracts=_contracts(card, period) if firm else (),
    )


def _contracts(card: AccountCard, period: Period) -> tuple[str, ...]:
    """Return the numbers of the contracts in force in the month."""
    found = agreements_frame(
        supplier_id=card.supplier_id,
        first_id=card.id,
        last_id=card.id,
        month=period.first_day,
        month_end=period.last_day,
    )
    return tuple(sorted(set(found["contract_number"].to_list()) - {"", None}))


def _last_payment(supplier_id: int, account_id: int, as_of: date) -> PaperPayment | None:
    """Return the payments of the last day that had some, up to the calculation day."""
    moves = ledger.movements_frame(
        supplier_id=supplier_id,
        first_id=account_id,
        last_id=account_id,
        before=day_after(as_of),
    )
    paid = moves.filter((pl.col("reason") == int(Reason.PAYMENT)) & (pl.col("amount") < 0))
    if paid.is_empty():
        return None
    last = paid.sort("happened_on").row(-1, named=True)
    return PaperPayment(paid_on=last["happened_on"], amount=-int(last["amount"]))


def blank_paper(*, supplier_id: int, account_id: int, now: datetime) -> BlankPaper:
    """Return a receipt of an account to be filled in by hand: details and services, no sums."""
    supplier = suppliers.supplier_by_id(supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    bank = requisites(supplier)
    return BlankPaper(
        supplier=bank,
        account_number=card.number,
        full_name=card.full_name,
        address=card.address,
        services=tuple(one.name for one in suppliers.services(supplier_id=supplier_id)),
        qr=payment_qr(
            bank,
            amount=0,
            account_number=card.number,
            period=Period.of(local_day(now, supplier.timezone)),
            full_name="" if card.kind == AccountKind.ORGANISATION else card.full_name,
            address=card.address,
        ),
        made_at=now,
    )
