"""What the templates of paying receive. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.urls import reverse

from abonent.domain.accounts.queries import AccountView
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.queries import PaymentView
from abonent.interfaces.portal.drafts import picked
from abonent.interfaces.portal.payments import wording
from abonent.interfaces.portal.payments.forms import PayFields, PayForm


@dataclass(frozen=True)
class PayBox:
    """One account on the form."""

    title: str
    hint: str
    tick: BoundField | None
    amount: BoundField
    amount_hint: str
    penalty: BoundField | None


@dataclass(frozen=True)
class Flying:
    """A payment whose end is not known."""

    text: str
    url: str


def form_context(
    form: PayForm, account: AccountView, cabinet: Mapping[str, Any]
) -> dict[str, object]:
    """Return everything the form shows."""
    sheet, number = form.sheet, account.number
    own = next((row for row in sheet.rows if row.account.id == account.id), None)
    return {
        "rows": [_box(row, form) for row in form.rows()],
        "terms": sheet.terms,
        "can_pay": own is not None,
        "flying": [_flying(one, number) for one in sheet.in_flight],
        "has_code": own is not None and own.total is not None and own.total > 0,
        "channels": [
            channel
            for channel in cabinet.get("payment_channels", [])
            if "кабинет" not in str(channel.get("name", "")).lower()
        ],
        "preview_url": reverse("payments_preview", args=[number]),
        "code_url": reverse("payments_code", args=[number]),
        "history_url": reverse("payments_history", args=[number]) if account.private else "",
    }


def _box(fields: PayFields, form: PayForm) -> PayBox:
    least = wording.roubles(form.sheet.terms.minimum)
    return PayBox(
        title=fields.row.account.title,
        hint=wording.debt_words(fields.row),
        tick=fields.tick,
        amount=fields.amount,
        amount_hint=f"Можно изменить, не меньше {least}",
        penalty=fields.penalty,
    )


def _flying(payment: PaymentView, number: str) -> Flying:
    return Flying(
        text=f"Платёж {payment.number} на {wording.roubles(payment.amount)} ещё не завершён.",
        url=reverse("payment", args=[number, payment.uuid]),
    )


def check_context(form: PayForm, number: str) -> dict[str, object]:
    """Return what will be taken, and everything typed to carry it on."""
    purposes = form.purposes()
    column = wording.sum_rows(
        form.sheet,
        [(one.account_id, one.amount, one.part == Part.PENALTY) for one in purposes],
    )
    return {
        "column": column,
        "amount": sum(one.amount for one in purposes),
        "hidden": list(picked(form.data, form.fields).items()),
        "terms": form.sheet.terms,
        "confirm_url": reverse("payments", args=[number]),
    }
