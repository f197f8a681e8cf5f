"""The pages read by everybody need a fixed number of statements, however long the history."""

import polars as pl
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abonent.common.periods import Period
from abonent.domain.payments import operations as payments
from bills import OCTOBER, SEPTEMBER, SEPTEMBER_PARTS, publish
from cabinets import owner_of
from flat import COLD, HOME, NOVEMBER_23, flat, read

pytestmark = pytest.mark.django_db
MONTHS = 12
# Seven of each are the supplier's, the session's, the person's and the accounts'; forms add their draft.
BUDGETS = {
    "": 26,  # eight of them foretell the month, one names the services
    "readings/": 13,
    "readings/history/": 10,
    "charges/": 20,  # nine of them foretell the month by the calculation of a run
    f"charges/{OCTOBER}/": 20,
    "payments/": 14,  # the names of services, to pay them apart; bound cards
    "payments/history/": 9,
    "documents/": 9,
}


@pytest.fixture
def home(db: None):
    with time_machine.travel(NOVEMBER_23, tick=False):
        yield flat()


def statements(owner: Client) -> dict[str, int]:
    found = {}
    for page in BUDGETS:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(f"{HOME}{page}").status_code == 200, page
        found[page] = len(queries)
    return found


def live_on(home, period: Period) -> None:
    """Add a month: its bill, its payment, a reading of cold water."""
    household, registers = home
    publish(household, period, SEPTEMBER_PARTS, opening=0, paid=0)
    read(registers[COLD, "single"], period, f"{50 + period.month}.000", sequence=1)
    row = {
        "channel": "Сбербанк", "external_id": str(period), "account_id": household.account_id,
        "paid_on": period.day(12), "credited_on": None, "amount": 50_000, "purpose_period": None,
        "purpose_service": None, "purpose_part": None, "kind": "payment",
    }  # fmt: skip
    with transaction.atomic():
        payments.load_payments(
            supplier_id=household.supplier_id, rows=pl.DataFrame([row]), now=NOVEMBER_23
        )


def test_a_year_more_of_history_needs_no_more_statements(home):
    owner = owner_of(home[0])
    live_on(home, SEPTEMBER.plus(-1))
    statements(owner)  # what a process reads once is not the page's
    before = statements(owner)
    for back in range(2, MONTHS + 2):
        live_on(home, SEPTEMBER.plus(-back))
    after = statements(owner)
    assert {page: after[page] - before[page] for page in BUDGETS} == dict.fromkeys(BUDGETS, 0)
    over = {page: count for page, count in after.items() if count > BUDGETS[page]}
    assert not over
