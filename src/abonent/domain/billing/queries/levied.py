"""Arrears interest levied with published bills: for export, restoring and the statement."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.billing import models
from abonent.domain.billing.rules.levy import LevyWhy, levy_why
from abonent.domain.suppliers import queries as suppliers

PENALTIES = {
    "period": pl.Date, "account_id": pl.Int64, "service_id": pl.Int64, "debt_month": pl.Date,
    "amount": pl.Int64, "counted": pl.Int64, "basis": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class LevyView:
    """What a bill levies for one service and month of debt; kopecks."""

    service: str
    service_name: str
    service_kind: str
    debt_month: Period
    amount: int
    counted: int
    basis: str

    def why(self) -> LevyWhy:
        """Return the days behind the sum, counted anew; a sum they do not give is a defect."""
        found = levy_why(self.basis)
        if found.amount != self.amount:
            message = f"the penalty for {self.service} {self.debt_month} does not recompute"
            raise AssertionError(message)
        return found


def levies_of(*, supplier_id: int, account_id: int, period: Period) -> tuple[LevyView, ...]:
    """Return what the bill of a month levies, by service and month of debt."""
    rows = list(
        models.Penalty.objects.filter(
            period=period.first_day, account_id=account_id, supplier_id=supplier_id
        ).order_by("debt_month", "service_id")
    )
    if not rows:
        return ()
    services = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    return tuple(
        LevyView(
            service=services[row.service_id].code,
            service_name=services[row.service_id].name,
            service_kind=services[row.service_id].kind.value,
            debt_month=Period.of(row.debt_month),
            amount=row.amount,
            counted=row.counted,
            basis=row.basis,
        )
        for row in rows
    )


def penalties_frame(
    *, supplier_id: int, period: Period | None = None, account_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the interest levied with published bills, of one month or of all."""
    columns = ", ".join(f"t.{name}" for name in PENALTIES)
    return read_frame(
        f"""SELECT {columns} FROM billing_penalty t
              JOIN billing_billingrun r ON r.id = t.run_id AND r.state = 'published'
             WHERE t.supplier_id = %(supplier)s
               AND (%(period)s::date IS NULL OR t.period = %(period)s)
               AND (%(ids)s::bigint[] IS NULL OR t.account_id = ANY(%(ids)s))
             ORDER BY t.period, t.account_id, t.service_id, t.debt_month""",
        PENALTIES,
        {
            "supplier": supplier_id,
            "period": period.first_day if period else None,
            "ids": None if account_ids is None else list(account_ids),
        },
    )
