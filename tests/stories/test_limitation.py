"""Debts older than three years are paid only by who names them (RULES 3.3, ГК 196, 199)."""

from datetime import date

import pytest

from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.models import Entry
from abonent.domain.ledger.rules import Book, Reason
from commands import run
from debtors import Office

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = date(2023, 8, 1), date(2026, 5, 1)


@pytest.fixture
def office(tmp_path):
    """Debts of August 2023, due on Monday 11.09.2023, and of May 2026; each pays 700 roubles."""
    made = Office(tmp_path)
    for number, on, period in (("in time", "2026-09-11", ""), ("late", "2026-09-12", ""),
                               ("named", "2026-09-12", "2023-08")):  # fmt: skip
        made.home(number)
        made.owes(number, "2023-08", "1000")
        made.owes(number, "2026-05", "500")
        made.pays(number, on, "700", period)
    made.send()
    for month in ("2026-08", "2026-09"):
        assert made.run(month)[0] == 0
    return made


def owed(number):
    account = CustomerAccount.objects.get(number=number)
    lines = ledger.balances(supplier_id=account.supplier_id, subject_id=account.pk)
    return {(line.book, line.month): line.amount for line in lines if line.part in {0, 1}}


def test_the_third_year_ends_with_the_day_on_which_the_debt_fell_due(office):
    assert owed("in time") == {(Book.RECEIVABLE, OLD): 30000, (Book.RECEIVABLE, NEW): 50000}
    assert owed("named") == {(Book.RECEIVABLE, OLD): 30000, (Book.RECEIVABLE, NEW): 50000}
    # The new debt first, then its interest; the old ones stay as they are.
    assert (Book.RECEIVABLE, NEW) not in owed("late")
    assert owed("late")[Book.RECEIVABLE, OLD] == 100000


def test_penalties_count_by_the_same_payments(office):
    def debts(number):
        _, out, _ = run("statement", "--supplier", office.code, "--account", number,
                        "--period", "2026-09", "--json", "--explain")  # fmt: skip
        return out

    assert '"base": "300.00"' in debts("in time")
    assert '"base": "300.00"' not in debts("late")


def test_money_is_not_divided_before_it_came(office):
    days = Entry.objects.filter(reason=Reason.ALLOCATION).values_list("happened_on", flat=True)
    assert set(days) == {date(2026, 9, 11), date(2026, 9, 12), date(2026, 9, 30)}
    assert run("audit")[0] == 0
