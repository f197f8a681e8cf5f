"""Published bills brought back verbatim from an export (EXCHANGE 2)."""

from datetime import datetime

import polars as pl

from abonent.common.frames import copy_frame, execute
from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.billing import models
from abonent.domain.billing.operations.posting import post_chunk
from abonent.domain.billing.queries.frames import BILLS, CHARGES, bills_frame, charges_frame
from abonent.domain.billing.queries.levied import PENALTIES
from abonent.domain.billing.rules.words import Problem, RunState


class OtherBill(Refusal):
    """A bill of this month is already published and differs."""


@requires_transaction
def restore_bills(
    *,
    supplier_id: int,
    bills: pl.DataFrame,
    charges: pl.DataFrame,
    penalties: pl.DataFrame | None = None,
    now: datetime,
) -> int:
    """Keep and post the bills of an export; returns how many are new.

    ``bills``, ``charges``, ``penalties`` (none: nothing was levied): the frames of
    ``queries.bills_frame``, ``charges_frame`` and ``penalties_frame``. A month that is
    already published here must be equal, otherwise the whole is refused.
    """
    restored = 0
    levied = pl.DataFrame(schema=PENALTIES) if penalties is None else penalties
    for month in sorted(set(bills["period"])):
        period = Period.of(month)
        mine = bills.filter(pl.col("period") == month)
        lines = charges.filter(pl.col("period") == month)
        interest = levied.filter(pl.col("period") == month)
        if _already_there(supplier_id, period, mine, lines):
            continue
        ensure_partitions("billing_charge", [period])
        ensure_partitions("billing_bill", [period])
        run = models.BillingRun.objects.create(
            supplier_id=supplier_id,
            period=month,
            as_of=period.last_day,
            state=RunState.PUBLISHED,
            opened_at=now,
            published_at=now,
            calculated=False,
        )
        marks = [pl.lit(supplier_id).alias("supplier_id"), pl.lit(run.pk).alias("run_id")]
        copy_frame("billing_bill", mine.select(list(BILLS)).with_columns(*marks))
        copy_frame("billing_charge", lines.select(list(CHARGES)).with_columns(*marks))
        copy_frame("billing_penalty", interest.select(list(PENALTIES)).with_columns(*marks))
        _keep_left_out(run)
        ids = sorted(mine["account_id"])
        post_chunk(
            supplier_id=supplier_id, period=period, first_id=ids[0], last_id=ids[-1], now=now
        )
        restored += mine.height
    return restored


def _keep_left_out(run: models.BillingRun) -> None:
    """Remember the accounts without a bill: what they used is carried into their next one."""
    execute(
        """INSERT INTO billing_leftout (run_id, account_id, service_id, problem, parameter, day)
           SELECT %(run)s, a.id, (SELECT min(s.id) FROM suppliers_servicecategory s
                                   WHERE s.supplier_id = a.supplier_id),
                  %(problem)s, to_char(%(month)s::date, 'MM.YYYY'), %(end)s
             FROM accounts_customeraccount a
            WHERE a.supplier_id = %(supplier)s
              AND (a.opened_on IS NULL OR a.opened_on <= %(end)s)
              AND (a.closed_on IS NULL OR a.closed_on >= %(month)s)
              AND NOT EXISTS (SELECT 1 FROM billing_bill b
                               WHERE b.period = %(month)s AND b.account_id = a.id)""",
        {"run": run.pk, "supplier": run.supplier_id, "problem": Problem.UNBILLED.value,
         "month": run.period, "end": Period.of(run.period).last_day},
    )  # fmt: skip


def _already_there(
    supplier_id: int, period: Period, bills: pl.DataFrame, charges: pl.DataFrame
) -> bool:
    """Say whether the month is published here and equal; a draft gives way."""
    run = models.BillingRun.objects.filter(supplier_id=supplier_id, period=period.first_day).first()
    if run is None:
        return False
    here = bills_frame(supplier_id=supplier_id, period=period)
    lines = charges_frame(supplier_id=supplier_id, period=period)
    same_bills = here.equals(bills.select(list(BILLS)).cast(pl.Schema(BILLS)).sort("account_id"))
    same_lines = lines.equals(
        charges.select(list(CHARGES)).cast(pl.Schema(CHARGES)).sort("account_id", "line")
    )
    if run.state == RunState.PUBLISHED and same_bills and same_lines:
        return True
    text = f"Счета за {period} здесь уже есть и отличаются: начисленное не заменяется файлом."
    raise OtherBill(text)
