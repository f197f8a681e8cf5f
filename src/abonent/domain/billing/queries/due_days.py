"""The days by which a supplier's payers pay: its calendar and its schedules."""

from abonent.domain.billing.queries.schedules import schedule_rows
from abonent.domain.billing.rules.calendar import ProductionCalendar
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import own_days


def due_days(*, supplier_id: int) -> DueDays:
    """Return the production calendar and the schedules that are in force at a supplier."""
    book = suppliers.rulebook(supplier_id=supplier_id)
    off, working = own_days(book.value("production_calendar"))
    return DueDays(ProductionCalendar(off, working), tuple(schedule_rows(supplier_id=supplier_id)))
