"""Fiscal receipts: made up before the payment is sent, opened when it is paid (54-ФЗ)."""

from collections.abc import Sequence
from datetime import datetime

from abonent.common import clock
from abonent.common.transactions import requires_transaction
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.billing.queries.foreseen import Money, foresee_allocation
from abonent.domain.identity import queries as identity
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.models import FiscalReceipt, Payment
from abonent.domain.payments.queries.terms import gives_receipts
from abonent.domain.payments.rules import Purpose
from abonent.domain.payments.rules.receipts import (
    NO_VAT,
    Mode,
    Receipt,
    ReceiptLine,
    ReceiptState,
    Subject,
    advance_vat_code,
    lines_given_back,
    next_receipt_look,
    vat_code,
    whole_lines,
)
from abonent.domain.suppliers import queries as suppliers

_OTHERS = {Part.PENALTY: "Пени", Part.COSTS: "Расходы на взыскание"}


def receipt_for(
    *,
    supplier_id: int,
    user_id: int | None,
    email: str = "",
    channel: str,
    purposes: Sequence[Purpose],
    now: datetime,
) -> Receipt | None:
    """Make up the receipt of a payment that is about to begin.

    Its lines are what the money would pay now, by service and month, penalties apart; the
    rest is an advance. Of an account whose debt the payer may not see yet the whole is an
    advance: the receipt would tell him (TRUST T3, T4). ``email`` is the mailbox that a payer
    without sign-in has typed; such a payer sees no debts. None when the supplier gives no
    receipts, when the bank takes none, or when the payer has no contact to send it to.
    """
    if not gives_receipts(supplier_id=supplier_id, channel=channel):
        return None
    phone, seen = "", set[int]()
    if user_id is not None:
        payer = identity.user_view(user_id)
        email, phone = payer.email, "" if payer.email else payer.phone
        seen = _seen_by(user_id, supplier_id, now)
    if not email and not phone:
        return None
    return Receipt(
        email=email,
        phone=phone,
        tax_system=suppliers.rulebook(supplier_id=supplier_id).value("tax_system"),
        lines=whole_lines(_lines(supplier_id, purposes, seen, now)),
    )


@requires_transaction
def open_receipt(row: Payment, receipt: Receipt, *, now: datetime) -> None:
    """Note that a receipt must come for money that came or went back; once for a payment."""
    FiscalReceipt.objects.create(
        supplier_id=row.supplier_id,
        payment_id=row.pk,
        content=receipt.as_json(),
        state=ReceiptState.PENDING,
        opened_at=now,
        next_check_at=next_receipt_look(since=now, now=now),
        document_number="",
        storage_number="",
        sign="",
    )


def receipt_given_back(paid: Payment, *, before: int, amount: int) -> Receipt | None:
    """Make up the receipt of a refund out of its payment's; None when that had none."""
    stored = (paid.asked or {}).get("receipt")
    if stored is None:
        return None
    whole = Receipt.of_json(stored)
    lines = lines_given_back(whole.lines, before=before, amount=amount)
    return Receipt(whole.email, whole.phone, whole.tax_system, lines)


def _seen_by(user_id: int, supplier_id: int, now: datetime) -> set[int]:
    """Return the accounts whose debts this person may see."""
    linked = accounts.accounts_of(user_id=user_id, supplier_id=supplier_id, now=now)
    return {view.id for view in linked if view.private}


def _lines(
    supplier_id: int, purposes: Sequence[Purpose], seen: set[int], now: datetime
) -> list[ReceiptLine]:
    services = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    advance = advance_vat_code([one.vat_percent for one in services.values()])
    today = clock.local_day(now, suppliers.supplier_by_id(supplier_id).timezone)
    account_ids = list(dict.fromkeys(one.account_id for one in purposes))
    numbers = account_numbers(supplier_id=supplier_id, account_ids=account_ids)
    found = []
    for account_id in account_ids:
        money = [
            Money(one.amount, one.service_id, one.month.first_day if one.month else None, one.part)
            for one in purposes
            if one.account_id == account_id
        ]
        left, tail = sum(one.amount for one in money), f"л/с {numbers[account_id]}"
        foreseen = (
            foresee_allocation(
                supplier_id=supplier_id, account_id=account_id, money=money, on=today
            )
            if account_id in seen
            else []
        )
        for line in foreseen:
            left -= line.amount
            if line.part in _OTHERS:
                name = f"{_OTHERS[line.part]}, {tail}"
                found.append(ReceiptLine(name, line.amount, NO_VAT))
                continue
            service = services.get(line.service_id)
            title = service.name if service else "Услуги"
            name = f"{title}, {tail}, {line.month:%m.%Y}"
            percent = service.vat_percent if service else None
            found.append(ReceiptLine(name, line.amount, vat_code(percent, line.month)))
        if left:
            found.append(
                ReceiptLine(f"Аванс, {tail}", left, advance, Subject.PAYMENT, Mode.ADVANCE)
            )
    return found
