"""The days by which a supplier's payers pay: its calendar and its schedules."""

from abonent.domain.billing.queries.schedules import schedule_rows
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.suppliers import queries as suppliers


def due_days(*, supplier_id: int) -> DueDays:
    """Return the production calendar and the schedules that are in force at a supplier."""
    return DueDays(
        suppliers.production_calendar(supplier_id=supplier_id),
        tuple(schedule_rows(supplier_id=supplier_id)),
    )
