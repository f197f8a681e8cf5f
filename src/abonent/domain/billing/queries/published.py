"""Published months of many accounts at once: what papers of organisations are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from abonent.common.periods import Period
from abonent.domain.billing.queries.frames import bills_frame, charges_frame
from abonent.domain.billing.queries.statements import BillView, line_view, services_of
from abonent.domain.billing.rules.explanation import LineView


@dataclass(frozen=True)
class PublishedMonth:
    """A published bill with its lines in their order."""

    account_id: int
    bill: BillView
    lines: tuple[LineView, ...]


def published_months(
    *, supplier_id: int, period: Period, account_ids: Sequence[int]
) -> list[PublishedMonth]:
    """Return the published bills of a month, by account. A constant number of statements."""
    services = services_of(supplier_id)
    lines: dict[int, list[LineView]] = {}
    charges = charges_frame(supplier_id=supplier_id, period=period, account_ids=account_ids)
    for row in charges.sort("account_id", "line").iter_rows(named=True):
        lines.setdefault(row["account_id"], []).append(line_view(row, services))
    bills = bills_frame(supplier_id=supplier_id, period=period, account_ids=account_ids)
    return [
        PublishedMonth(
            account_id=row["account_id"],
            bill=BillView(
                period=period,
                **{
                    name: row[name]
                    for name in ("number", "opening", "charged", "penalty", "paid", "due", "due_by")
                },
            ),
            lines=tuple(lines.get(row["account_id"], ())),
        )
        for row in bills.sort("account_id").iter_rows(named=True)
    ]
