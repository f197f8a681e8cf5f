"""Suspensions of arrears interest and instalments of a bundle, merged as sets."""

from datetime import datetime

from abonent.common.bulk import Loaded, Rows, Target, load_all
from abonent.common.transactions import requires_transaction

SUSPENSION = {"account_id": "bigint", "from_on": "date", "to_on": "date", "basis": "varchar"}
INSTALMENT = {
    "account_id": "bigint", "service_id": "bigint", "month": "date", "due_on": "date",
    "amount": "bigint",
}  # fmt: skip


@requires_transaction
def load_suspensions(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the suspensions those of the rows, by account (null: all) and first day.

    Columns are those of SUSPENSION; ``to_on`` is the last day included, null for no end.
    Refuses nothing: interest levied for suspended days comes back with the next bill.
    Source: EXCHANGE penalty_suspensions.csv; RULES 3.1.
    """
    target = Target(
        "billing_penaltysuspension",
        ("supplier_id", "account_id", "from_on"),
        ("to_on", "basis"),
        {"supplier_id": supplier_id},
        frozenset({"account_id"}),
    )
    return load_all("stage_suspension", SUSPENSION, target, rows)


@requires_transaction
def load_instalments(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the parts of agreed debts those of the rows, by account, service, month and day.

    Columns are those of INSTALMENT, amounts in kopecks. Refuses nothing: interest levied
    before the agreement was known comes back with the next bill. Source: EXCHANGE
    instalments.csv; RULES 3.1, 5.1.
    """
    target = Target(
        "billing_instalment",
        ("supplier_id", "account_id", "service_id", "month", "due_on"),
        ("amount",),
        {"supplier_id": supplier_id},
    )
    return load_all("stage_instalment", INSTALMENT, target, rows)
