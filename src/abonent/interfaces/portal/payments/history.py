"""The payments of an account: all of them by year, or those of a chosen span; as a file too."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.common.money import plain_roubles
from abonent.common.periods import Period
from abonent.domain.payments.queries import PaymentView, payments_between, payments_of
from abonent.domain.payments.rules import Kind
from abonent.domain.payments.rules.words import channel_in_words
from abonent.interfaces.design.csv_file import csv_file
from abonent.interfaces.design.months import LONGEST, Span, SpanForm, span_form
from abonent.interfaces.portal.pages import AccountPage
from abonent.interfaces.portal.payments import wording

SHOWN_PAYMENTS = 300
_YEAR = 12


@dataclass(frozen=True)
class PastRow:
    """One payment of the history."""

    on: date
    number: str
    amount: str
    channel: str
    state: str
    state_kind: str
    url: str


@dataclass(frozen=True)
class Year:
    """The payments of a year, the latest first, and what came in all."""

    year: int
    came: int
    rows: tuple[PastRow, ...]


class ChosenPayments(AccountPage):
    """What the page and the file have in common."""

    section = "payments"

    def chosen(self) -> tuple[SpanForm, list[PaymentView]]:
        """Return the form and the payments: of the span, or the latest when none was chosen."""
        latest = Period.of(self.today)
        usual = Span(latest.plus(1 - _YEAR), latest)
        form = span_form(self.request.GET, first=latest.plus(1 - 2 * LONGEST), usual=usual)
        if form.is_bound and form.is_valid():
            found = payments_between(
                supplier_id=self.supplier.id,
                account_id=self.account.id,
                since=form.span.since.first_day,
                until=form.span.until.last_day,
            )
        else:
            found = payments_of(
                supplier_id=self.supplier.id, account_ids=[self.account.id], limit=SHOWN_PAYMENTS
            )
        return form, found


class History(ChosenPayments, TemplateView):
    """The account's payments by year, with their states and ways."""

    template_name = "portal/payments/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the payments, the latest first."""
        form, found = self.chosen()
        number = self.account.number
        query = f"?{form.span.query}" if form.is_bound and form.is_valid() else ""
        return super().get_context_data(**kwargs) | {
            "form": form,
            "years": self._years(found),
            "cut": not query and len(found) == SHOWN_PAYMENTS,
            "limit": SHOWN_PAYMENTS,
            "csv_url": f"{reverse('payments_csv', args=[number])}{query}",
            "pay_url": reverse("payments", args=[number]),
        }

    def _years(self, found: list[PaymentView]) -> list[Year]:
        return [
            Year(
                year=year,
                came=sum(_signed(one, self.account.id) for one in group if one.paid),
                rows=tuple(self._row(one) for one in group),
            )
            for year, group in (
                (year, list(rows))
                for year, rows in groupby(found, lambda one: one.happened_on.year)
            )
        ]

    def _row(self, payment: PaymentView) -> PastRow:
        return PastRow(
            on=payment.happened_on,
            number=payment.number,
            amount=wording.signed(payment, self.account.id),
            channel=channel_in_words(payment.channel_name),
            state=payment.state_text,
            state_kind=wording.state_kind(payment),
            url=reverse("payment", args=[self.account.number, payment.uuid]),
        )


class HistoryCsv(ChosenPayments, View):
    """The same payments as a file: a row for each."""

    def get(self, _request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Send the file."""
        _, found = self.chosen()
        rows = [
            [
                one.happened_on.isoformat(),
                plain_roubles(_signed(one, self.account.id)).replace(".", ","),
                channel_in_words(one.channel_name),
                one.state_text,
                one.number,
            ]
            for one in found
        ]
        head = ["День", "Сумма, ₽", "Откуда", "Состояние", "Номер"]
        return csv_file(f"platezhi-{self.account.number}.csv", head, rows)


def _signed(payment: PaymentView, account_id: int) -> int:
    """Return what the account got of a payment; what was given back is below zero."""
    sign = 1 if payment.kind == Kind.PAYMENT else -1
    return sign * payment.amount_for(account_id)
