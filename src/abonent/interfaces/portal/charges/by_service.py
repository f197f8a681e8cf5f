"""Charges of a chosen span by service, beside the year before: as a page and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.common.money import NO_BREAK, format_kopecks, plain_roubles
from abonent.common.periods import Period
from abonent.common.words import MONTHS_SHORT, grouped, month_and_year
from abonent.domain.billing.queries.by_service import (
    ChargesByService,
    MonthCharges,
    MonthPair,
    charges_by_service,
)
from abonent.interfaces.design.chart import Bar
from abonent.interfaces.design.csv_file import csv_file
from abonent.interfaces.design.months import LONGEST, Span, SpanForm, span_form
from abonent.interfaces.portal.charges.pages import bill_url
from abonent.interfaces.portal.pages import AccountPage

PENALTY = "penalty"
_YEAR = 12


@dataclass(frozen=True)
class ServiceSum:
    """A service of a month: now, a year ago and the difference, finished."""

    name: str
    now: str
    before: str
    change: str


@dataclass(frozen=True)
class MonthRow:
    """A month of the table with its services, the latest first."""

    period: Period
    url: str
    sums: tuple[ServiceSum, ...]
    total: ServiceSum


class ChosenCharges(AccountPage):
    """What the page and the file of a span have in common."""

    section = "charges"

    def chosen(self) -> tuple[SpanForm, Span, ChargesByService]:
        """Return the form, the span and its charges; by default the last year that was billed."""
        latest = Period.of(self.today)
        usual = Span(latest.plus(1 - _YEAR), latest)
        form = span_form(self.request.GET, first=latest.plus(1 - 2 * LONGEST), usual=usual)
        span = form.span
        found = charges_by_service(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            since=span.since,
            until=span.until,
        )
        return form, span, found


class ByService(ChosenCharges, TemplateView):
    """Bars of the months beside those of the year before, and a table by service."""

    template_name = "portal/charges/by_service.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the months of the span; ``service`` in the address leaves one of them."""
        form, span, found = self.chosen()
        names = {"": "Все услуги", **found.names, PENALTY: "Пени"}
        picked = self.request.GET.get("service", "")
        code = picked if picked in names else ""
        form.fields["service"] = forms.ChoiceField(
            label="Услуга", required=False, initial=code, choices=list(names.items())
        )
        number = self.account.number
        billed = [pair for pair in found.months if pair.now]
        return super().get_context_data(**kwargs) | {
            "form": form,
            "rows": [_row(pair, found, code, number) for pair in reversed(billed)],
            "bars": _bars(found.months, code),
            "has_before": any(pair.before for pair in billed),
            "sum_in_words": _sum_in_words(billed, code),
            "csv_url": f"{reverse('charges_csv', args=[number])}?{span.query}",
            "charges_url": reverse("charges", args=[number]),
        }


class ByServiceCsv(ChosenCharges, View):
    """The same months as a file: a row for each month and service."""

    def get(self, _request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Send the file."""
        _, span, found = self.chosen()
        rows = []
        for pair in found.months:
            for code, name in [*found.names.items(), (PENALTY, "Пени")]:
                now, before = _amount(pair.now, code), _amount(pair.before, code)
                if now is not None or before is not None:
                    rows.append([str(pair.period), name, _plain(now), _plain(before)])
        head = ["Месяц", "Услуга", "Начислено, ₽", "Год назад, ₽"]
        name = f"nachisleniya-{self.account.number}-{span.since}-{span.until}.csv"
        return csv_file(name, head, rows)


def _row(pair: MonthPair, found: ChargesByService, code: str, number: str) -> MonthRow:
    names = {**found.names, PENALTY: "Пени"}
    shown = [one for one in names if not code or one == code]
    sums = [
        _sum(names[one], _amount(pair.now, one), _amount(pair.before, one))
        for one in shown
        if _amount(pair.now, one) or _amount(pair.before, one)
    ]
    return MonthRow(
        period=pair.period,
        url=bill_url(number, pair.period),
        sums=tuple(sums),
        total=_sum("Всего", _amount(pair.now, code), _amount(pair.before, code)),
    )


def _amount(month: MonthCharges | None, code: str) -> int | None:
    """Return what a service cost in a month, everything without a code; None: not billed."""
    if month is None:
        return None
    if not code:
        return month.total
    return month.penalty if code == PENALTY else month.services.get(code, 0)


def _sum(name: str, now: int | None, before: int | None) -> ServiceSum:
    change = "" if now is None or before is None else _signed(now - before)
    return ServiceSum(name, _money(now), _money(before), change)


def _bars(months: Sequence[MonthPair], code: str) -> list[Bar]:
    """Return the months from the first billed to the last, paired where a year ago is known."""
    known = [place for place, pair in enumerate(months) if pair.now]
    if not known:
        return []
    shown = months[known[0] : known[-1] + 1]
    paired = any(pair.before for pair in shown)
    return [_bar(pair, code, current=pair is shown[-1], paired=paired) for pair in shown]


def _bar(pair: MonthPair, code: str, *, current: bool, paired: bool) -> Bar:
    now, before = _amount(pair.now, code), _amount(pair.before, code)
    value = Decimal(now or 0).scaleb(-2)
    return Bar(
        label=MONTHS_SHORT[pair.period.month - 1],
        value=value,
        shown="–" if now is None else grouped(int(value.to_integral_value())),
        current=current,
        before=Decimal(before or 0).scaleb(-2) if paired else None,
        name=month_and_year(pair.period.year, pair.period.month),
        exact=_money(now),
        before_exact=_money(before),
    )


def _sum_in_words(billed: Sequence[MonthPair], code: str) -> str:
    """Say what the span cost, and compare the months of which both years are known."""
    if not billed:
        return ""
    total = sum(_amount(pair.now, code) or 0 for pair in billed)
    words = f"Начислено {_money(total)}."
    both = [pair for pair in billed if pair.before]
    if len(both) < len(billed) or not both:
        return words
    change = total - sum(_amount(pair.before, code) or 0 for pair in both)
    if change == 0:
        return f"{words} Столько же, сколько за те же месяцы год назад."
    than = "больше" if change > 0 else "меньше"
    return f"{words} На {_money(abs(change))} {than}, чем за те же месяцы год назад."


def _money(kopecks: int | None) -> str:
    return "" if kopecks is None else f"{format_kopecks(kopecks)}{NO_BREAK}₽"


def _signed(kopecks: int) -> str:
    return f"+{_money(kopecks)}" if kopecks > 0 else _money(kopecks)


def _plain(kopecks: int | None) -> str:
    return "" if kopecks is None else plain_roubles(kopecks).replace(".", ",")
