"""Schedules of payments of a bundle, merged as a set."""

from datetime import datetime

from abonent.common.bulk import Loaded, Rows, Target, load_all
from abonent.common.transactions import requires_transaction

SCHEDULE = {
    "account_id": "bigint", "organisation_class": "varchar", "service_id": "bigint",
    "part": "varchar", "valid_from": "date", "valid_to": "date", "percent": "numeric",
    "day": "smallint", "month_offset": "smallint",
}  # fmt: skip


@requires_transaction
def load_schedules(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the schedules those of the rows, by account or class, service, part and first day.

    Columns are those of SCHEDULE; an account or a service of null is any. Refuses nothing:
    a schedule says when to pay, not how much. Source: EXCHANGE schedules.csv; RULES 1.9.
    """
    target = Target(
        "billing_paymentschedule",
        ("supplier_id", "account_id", "organisation_class", "service_id", "part", "valid_from"),
        ("valid_to", "percent", "day", "month_offset"),
        {"supplier_id": supplier_id},
        frozenset({"account_id", "service_id"}),
    )
    return load_all("stage_schedule", SCHEDULE, target, rows)
