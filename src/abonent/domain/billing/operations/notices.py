"""Warnings of debts: recorded once they are delivered, closed once the debt is paid."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, load_all, refused_rows
from abonent.common.frames import execute
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.billing import models
from abonent.domain.billing.queries.debtors import debtors, overdue
from abonent.domain.billing.queries.penalties import Chunk
from abonent.domain.billing.rules.words import DebtStage
from abonent.domain.journal import operations as journal


class DeliveredLater(Refusal):
    """A warning cannot have been delivered after today."""


@dataclass(frozen=True)
class Warned:
    """How many warnings were recorded, and how many were closed because the debt is paid."""

    recorded: int
    closed: int


@outermost
def record_debt_notices(
    *,
    supplier_id: int,
    accounts: frozenset[str],
    delivered_on: date,
    proof: str,
    today: date,
    now: datetime,
) -> Warned:
    """Record the warnings delivered on a day for debts above two norm payments (p. 119).

    ``accounts`` narrows to some account numbers; empty: everybody who is over and not warned
    yet. Twenty days run from the delivery; a repetition records nothing new. Warnings whose
    debt is paid are closed, so that a later debt needs a new one. Refuses with
    DeliveredLater. Journalled.
    """
    if delivered_on > today:
        raise DeliveredLater("День вручения ещё не наступил. Укажите день, когда вручили.")
    closed = _close_paid(supplier_id, today)
    over = [
        one
        for one in debtors(supplier_id=supplier_id, today=today)
        if one.stage == DebtStage.OVER and (not accounts or one.account in accounts)
    ]
    models.DebtNotice.objects.bulk_create(
        models.DebtNotice(
            supplier_id=supplier_id,
            account_id=one.account_id,
            service_id=one.service_id,
            debt=one.debt,
            limit=one.limit or 0,
            delivered_on=delivered_on,
            proof=proof,
        )
        for one in over
    )
    if over or closed:
        journal.record(
            supplier_id=supplier_id,
            actor_id=None,
            action="debt_notices_recorded",
            subject=f"supplier:{supplier_id}",
            details={"recorded": len(over), "closed": closed, "delivered_on": str(delivered_on)},
            now=now,
        )
    return Warned(recorded=len(over), closed=closed)


NOTICE = {
    "account_id": "bigint", "service_id": "bigint", "delivered_on": "date", "debt": "bigint",
    "limit": "bigint", "proof": "varchar", "closed_on": "date",
}  # fmt: skip
OPEN_ALREADY = Reason(
    "closed_on",
    "у этого лицевого счёта и услуги уже есть незакрытое предупреждение",
    "закройте прежнее днём closed_on, потом загрузите новое",
)


@requires_transaction
def load_debt_notices(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the warnings those of the rows, by account, service and day of delivery.

    Columns are those of NOTICE, sums in kopecks. Refuses a second warning of a debt while
    one is open. Source: debt_notices.csv of an export.
    """
    target = Target(
        "billing_debtnotice",
        ("supplier_id", "account_id", "service_id", "delivered_on"),
        tuple(NOTICE)[3:],
        {"supplier_id": supplier_id},
    )
    same = "o.account_id = s.account_id AND o.service_id = s.service_id AND o.closed_on IS NULL"

    def check() -> None:
        execute(
            f"""UPDATE stage_notice s SET refused = 1 WHERE s.closed_on IS NULL
                 AND (EXISTS (SELECT 1 FROM stage_notice o WHERE {same} AND o.at_line < s.at_line)
                  OR EXISTS (SELECT 1 FROM billing_debtnotice o
                              WHERE o.supplier_id = %(supplier)s AND {same}
                                AND o.delivered_on <> s.delivered_on))""",
            {"supplier": supplier_id},
        )

    loaded = load_all("stage_notice", NOTICE, target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_notice", [OPEN_ALREADY]))


def _close_paid(supplier_id: int, today: date) -> int:
    """Close the warnings of debts that are not owed any more; returns how many."""
    rows = list(
        models.DebtNotice.objects.select_for_update().filter(
            supplier_id=supplier_id, closed_on=None
        )
    )
    closed = 0
    for account_id in sorted({row.account_id for row in rows}):
        owed = overdue(Chunk(supplier_id, account_id, account_id, today))
        still = set(owed["service_id"])
        for row in rows:
            if row.account_id == account_id and row.service_id not in still:
                row.closed_on = today
                row.save(update_fields=["closed_on"])
                closed += 1
    return closed
