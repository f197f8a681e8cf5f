"""The page of a debt: how it arose, its penalties by the day, offers, instalments."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.views.generic import TemplateView

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import counted, day_and_year, month_and_year
from abonent.domain.billing.queries.debt_page import DebtLine, debt_page
from abonent.interfaces.portal.charges.pages import bill_url
from abonent.interfaces.portal.charges.penalties import DaysRow, days_in_rows, outlook_in_words
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import AccountPage

_DAYS = ("день", "дня", "дней")


@dataclass(frozen=True)
class DebtText:
    """One service and month of debt, unfolded; ``hint`` says since when it is late."""

    title: str
    amount: int
    hint: str
    penalty: int
    rows: tuple[DaysRow, ...]
    bill_url: str


class Debt(AccountPage, TemplateView):
    """Everything that makes the debt, and everything that makes it less."""

    template_name = "portal/charges/debt.html"
    section = "charges"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the debt, month by month."""
        found = debt_page(
            supplier_id=self.supplier.id, account_id=self.account.id, today=self.today
        )
        number = self.account.number
        total = found.principal + found.penalty
        column = (
            ("Начислено и не оплачено", _money(found.principal), False),
            ("Пени в счетах", _money(found.penalty), False),
            ("Всего", _money(total), True),
        )
        return super().get_context_data(**kwargs) | {
            "found": found,
            "total": total,
            "column": [{"name": n, "value": v, "total": t} for n, v, t in column],
            "lines": [_text(one, number, self.today) for one in found.lines],
            "outlook": outlook_in_words(found.outlook),
            "pay_url": account_url(number, "payments"),
        }


def _text(one: DebtLine, number: str, today: date) -> DebtText:
    return DebtText(
        title=f"{one.service_name} за{NO_BREAK}{month_and_year(one.month.year, one.month.month)}",
        amount=one.principal + one.penalty,
        hint=_hint(one, today),
        penalty=one.penalty,
        rows=days_in_rows(one.spans),
        bill_url=bill_url(number, one.month),
    )


def _hint(one: DebtLine, today: date) -> str:
    """Say by when it had to be paid, and how long it is late."""
    if one.due_on is None:
        return "долг оплачен, остались пени"
    late = (today - one.due_on).days
    if late <= 0:
        return f"срок оплаты – до{NO_BREAK}{day_and_year(one.due_on)}"
    return f"срок был {day_and_year(one.due_on)}, просрочено {counted(late, _DAYS)}"


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{NO_BREAK}₽"
