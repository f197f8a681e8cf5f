"""The queue's handlers: the name of a job → one call of an operation.

A job may run twice (a worker that was thought dead wakes up), so every operation here is
harmless to repeat; uniqueness rests on business tables, never on the queue (TRUST A2).
"""

from uuid import UUID

from procrastinate.contrib.django import app

from abonent.common import clock
from abonent.domain.billing import operations as billing
from abonent.domain.journeys import account_statement
from abonent.domain.payments import operations as payments


@app.task(name="handle_notice")
def handle_notice(*, notice_id: int) -> None:
    """Weigh a notice of an acquirer."""
    payments.handle_notice(notice_id=notice_id, now=clock.now())


@app.task(name="deliver_bills")
def deliver_bills(*, run_id: int) -> None:
    """Send the bills of a published run to those who asked for letters."""
    billing.deliver_bills(run_id=run_id, now=clock.now())


@app.task(name="make_statement")
def make_statement(*, order_id: str) -> None:
    """Make the statement of an account that was ordered."""
    account_statement.make_statement(order_id=UUID(order_id), now=clock.now())
