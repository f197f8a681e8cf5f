"""What the templates of paying receive. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.urls import reverse

from abonent.domain.accounts.queries import AccountView
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.rules.cards import AtPage
from abonent.interfaces.portal.drafts import picked
from abonent.interfaces.portal.payments import wording
from abonent.interfaces.portal.payments.forms import KEEPS, MEANS, WAY, PayFields, PayForm, Way


@dataclass(frozen=True)
class PaySum:
    """One sum on the form with its hint."""

    field: BoundField
    hint: str


@dataclass(frozen=True)
class PayBox:
    """One account on the form."""

    title: str
    hint: str
    tick: BoundField | None
    sums: tuple[PaySum, ...]


@dataclass(frozen=True)
class OtherWay:
    """The other layout of the sums."""

    text: str
    url: str


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
        "way": form[WAY],
        "other_way": _other_way(form, number),
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
        "means": form[MEANS] if MEANS in form.fields else None,
        "keeps": form[KEEPS] if KEEPS in form.fields else None,
        "cards_url": reverse("payments_cards", args=[number]),
        "can_fix": account.private and any(card.pays([account.id]) for card in form.cards),
    }


def _box(fields: PayFields, form: PayForm) -> PayBox:
    least = wording.roubles(form.sheet.terms.minimum)
    first = f"Можно изменить, не меньше {least}"
    if form.way == Way.SERVICES and fields.row.lines:
        first = f"Можно изменить или стереть. Всё вместе – не меньше {least}"
    return PayBox(
        title=fields.row.account.title,
        hint=wording.debt_words(fields.row),
        tick=fields.tick,
        sums=tuple(
            PaySum(field, "Можно заплатить отдельно или стереть" if nth else first)
            for nth, field in enumerate(fields.sums)
        ),
    )


def _other_way(form: PayForm, number: str) -> OtherWay | None:
    """Offer the other layout of the sums, where there is something to divide."""
    if not form.has_lines:
        return None
    here = reverse("payments", args=[number])
    if form.way == Way.SERVICES:
        return OtherWay("Заплатить одной суммой", f"{here}?{WAY}={Way.SUM}")
    return OtherWay("Заплатить по услугам", f"{here}?{WAY}={Way.SERVICES}")


def _flying(payment: PaymentView, number: str) -> Flying:
    return Flying(
        text=f"Платёж {payment.number} на {wording.roubles(payment.amount)} ещё не завершён.",
        url=reverse("payment", args=[number, payment.uuid]),
    )


def check_context(form: PayForm, number: str) -> dict[str, object]:
    """Return what will be taken, and everything typed to carry it on."""
    named = [(name, purpose.amount) for name, purpose in form.chosen()]
    return {
        "column": wording.sum_rows(named),
        "amount": sum(amount for _, amount in named),
        "hidden": list(picked(form.data, form.fields).items()),
        "terms": form.sheet.terms,
        "confirm_url": reverse("payments", args=[number]),
        "card": form.card,
        "keeps": isinstance(form.means, AtPage) and form.means.keeps_card,
    }
