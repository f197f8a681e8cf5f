"""Readings and consumption of a chosen span of months: as a page and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.common.numbers import plain_decimal
from abonent.common.periods import Period
from abonent.domain.metering.queries.history import (
    MeterHistory,
    ReadingHistory,
    ReadingLine,
    ServiceHistory,
    readings_history,
)
from abonent.domain.metering.queries.photos import submissions_with_photos
from abonent.interfaces.design.csv_file import csv_file
from abonent.interfaces.design.months import LONGEST, Span, SpanForm, span_form
from abonent.interfaces.portal.pages import AccountPage
from abonent.interfaces.portal.readings import past, wording

_HEAD = (
    "Услуга", "Счётчик", "Зона", "Месяц", "Снято", "Показание", "Расход", "Единица", "Откуда",
    "Состояние",
)  # fmt: skip


class ChosenReadings(AccountPage):
    """What the page and the file of a span have in common."""

    section = "readings"

    def chosen(self) -> tuple[SpanForm, Span, ReadingHistory]:
        """Return the form, the span and its readings; by default of the last year.

        The month to come is in it: a reading sent late counts for it already.
        """
        latest = Period.of(self.today).plus(1)
        usual = Span(latest.plus(1 - past.SHOWN_MONTHS), latest)
        form = span_form(self.request.GET, first=latest.plus(1 - 2 * LONGEST), usual=usual)
        span = form.span
        found = readings_history(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            until=span.until,
            months=span.months,
            charted=span.months,
        )
        return form, span, found


class History(ChosenReadings, TemplateView):
    """Readings by month with their sources and states, and what was used."""

    template_name = "portal/readings/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the months of the span; the addresses lead a span further back or to the latest."""
        form, span, found = self.chosen()
        number = self.account.number
        here = reverse("readings_history", args=[number])
        sent = past.submissions_in(found)
        place = past.Place(number, submissions_with_photos(submission_ids=sent))
        before = Span(span.since.plus(-span.months), span.since.plus(-1))
        return super().get_context_data(**kwargs) | {
            "form": form,
            "services": past.service_pasts(found, place),
            "history": found,
            "earlier_url": f"{here}?{before.query}" if found.earlier else "",
            "later_url": here if span.until < form.usual.until else "",
            "shown_until": min(span.until, Period.of(self.today)),
            "csv_url": f"{reverse('readings_csv', args=[number])}?{span.query}",
            "sheet_url": reverse("readings", args=[number]),
        }


class HistoryCsv(ChosenReadings, View):
    """The same readings as a file: a row for each."""

    def get(self, _request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Send the file."""
        _, span, found = self.chosen()
        rows = [
            _row(service, meter, line)
            for service in found.services
            for meter in service.meters
            for line in meter.lines
        ]
        name = f"pokazaniya-{self.account.number}-{span.since}-{span.until}.csv"
        return csv_file(name, _HEAD, rows)


def _row(service: ServiceHistory, meter: MeterHistory, line: ReadingLine) -> list[str]:
    value = wording.shown(line.value, meter.frac_digits)
    return [
        service.name,
        meter.serial,
        line.zone_name,
        str(line.period),
        line.taken_on.isoformat(),
        format(value, "f").replace(".", ","),
        "" if line.used is None else plain_decimal(line.used).replace(".", ","),
        service.unit_name,
        line.source,
        wording.STATES[line.state][1],
    ]
