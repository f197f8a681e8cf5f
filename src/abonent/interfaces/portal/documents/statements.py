"""The detailed statement: ordered, waited for, opened."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import FormView, View

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.words import counted
from abonent.domain.documents.queries import OrderView, orders_of
from abonent.domain.journeys.account_statement import (
    order_statement,
    statement_file,
    statement_order,
    statement_subject,
)
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.htmx import is_htmx
from abonent.interfaces.design.long_work import LongWork, TrackStep
from abonent.interfaces.design.months import LONGEST, Span, SpanForm
from abonent.interfaces.portal.documents.views import pdf_file
from abonent.interfaces.portal.pages import AccountPage

_YEAR = 12
_MONTHS = ("месяц", "месяца", "месяцев")


class StatementPage(AccountPage):
    """A page of statements."""

    section = "documents"

    def url(self, name: str, order_id: UUID) -> str:
        """Return an address of an order."""
        return reverse(name, args=[self.account.number, order_id])


class OrderStatement(StatementPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The months of a statement, and the statements that were ordered before."""

    template_name = "portal/documents/statement.html"
    form_class = SpanForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the months of three years, chosen the last one."""
        given = super().get_form_kwargs()
        latest = Period.of(self.today)
        return {
            "data": given.get("data"),
            "first": latest.plus(1 - LONGEST),
            "usual": Span(latest.plus(1 - _YEAR), latest),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the last orders."""
        orders = orders_of(supplier_id=self.supplier.id, subject=statement_subject(self.account.id))
        return super().get_context_data(**kwargs) | {"orders": orders}

    def form_valid(self, form: SpanForm) -> HttpResponse:
        """Order it and lead to the page that waits."""
        try:
            order_id = order_statement(
                account=self.account,
                user_id=self.user_id,
                since=form.span.since,
                until=form.span.until,
                now=self.now,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return redirect(self.url("statement_ordered", order_id))


class Ordered(StatementPage, View):
    """How far an order is; the page may be closed and opened again."""

    def get(self, request: HttpRequest, *, number: str, order_id: UUID) -> HttpResponse:
        """Show the progress, or the way to the finished paper."""
        order = statement_order(account=self.account, order_id=order_id)
        work = self._work(order)
        name = "design/long_work_fragment.html" if is_htmx(request) else "design/long_work.html"
        return render(request, name, {"frame": self.frame, "work": work})

    def _work(self, order: OrderView) -> LongWork:
        ready = order.document_id is not None
        here = self.url("statement_ordered", order.id)
        gathered = counted(order.done, _MONTHS)
        return LongWork(
            title="Выписка готова" if ready else "Готовим выписку",
            doing=f"Собрано: {gathered} из {order.total}",
            done=order.total if ready else order.done,
            total=order.total,
            steps=(
                TrackStep(f"{localtime(order.ordered_at):%H:%M}", "Заказана", "done"),
                TrackStep("", "Собираем месяцы", "done" if ready else "current"),
                TrackStep("", "Документ готов", "done" if ready else ""),
            ),
            page_url=here,
            poll_url="" if ready else here,
            promise="" if ready else "Обычно до минуты. Страницу можно закрыть: выписка останется.",
            back_url=reverse("statement", args=[self.account.number]),
            back_text="Все выписки",
            result_url=self.url("statement_pdf", order.id) if ready else "",
            result_text="Открыть PDF",
        )


class StatementPdf(StatementPage, View):
    """The finished statement."""

    def get(self, _request: HttpRequest, *, number: str, order_id: UUID) -> HttpResponse:
        """Send the file; while there is none, 404."""
        file = statement_file(account=self.account, order_id=order_id)
        return pdf_file(file.content, f"vypiska-{number}-{file.view.period}.pdf")
