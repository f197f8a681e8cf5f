"""Reads of runs: progress, what was left out, invariants."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import connection
from django.db.models import Count, Q, Sum

from abonent.common.frames import read_frame
from abonent.common.invariants import Invariant, measure
from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.billing import models
from abonent.domain.billing.rules.words import PROBLEM_TEXTS, ChunkState, Problem, RunState
from abonent.domain.suppliers import queries as suppliers


@dataclass(frozen=True)
class RunProgress:
    """How far a run is; sums in kopecks."""

    chunks: int
    drafted: int
    published: int
    bills: int
    lines: int
    charged: int
    state: RunState


@dataclass(frozen=True)
class LeftOutView:
    """An account that a run could not bill, with what is missing, in words."""

    account: str
    service: str
    problem: Problem
    parameter: str
    day: date
    text: str


def published_through(*, supplier_id: int) -> Period | None:
    """Return the last published month of a supplier, or None."""
    row = (
        models.BillingRun.objects.filter(supplier_id=supplier_id, state=RunState.PUBLISHED)
        .order_by("-period")
        .first()
    )
    return Period.of(row.period) if row else None


def publications(*, supplier_id: int) -> dict[date, datetime]:
    """Return when the bills of each published month came out."""
    # Every quote asks for it: building a query set takes longer than the answer.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT period, published_at FROM billing_billingrun"
            " WHERE supplier_id = %s AND state = %s AND published_at IS NOT NULL",
            [supplier_id, RunState.PUBLISHED.value],
        )
        return dict(cursor.fetchall())


def left_behind_frame(
    *, supplier_id: int, first_id: int, last_id: int, before: date
) -> pl.DataFrame:
    """Return accounts that published months left out.

    account_id, period, billed_at (apart from the month's run), covered (by a bill of that
    month or a later one).
    """
    return read_frame(
        """SELECT DISTINCT l.account_id, r.period, l.billed_at,
                  EXISTS (SELECT 1 FROM billing_bill b
                           WHERE b.account_id = l.account_id
                             AND b.period >= r.period AND b.period < %(before)s)
             FROM billing_billingrun r JOIN billing_leftout l ON l.run_id = r.id
            WHERE r.supplier_id = %(supplier)s AND r.state = 'published'
              AND r.period < %(before)s AND l.account_id BETWEEN %(first)s AND %(last)s
            ORDER BY 1, 2""",
        {"account_id": pl.Int64, "period": pl.Date,
         "billed_at": pl.Datetime("us", "UTC"), "covered": pl.Boolean},
        {"supplier": supplier_id, "first": first_id, "last": last_id, "before": before},
    )  # fmt: skip


def run_progress(*, run_id: int) -> RunProgress:
    """Return the counts of a run's chunks. Two statements."""
    run = models.BillingRun.objects.get(pk=run_id)
    done = Q(state=ChunkState.PUBLISHED)
    totals = models.RunChunk.objects.filter(run=run).aggregate(
        chunks=Count("pk"),
        drafted=Count("pk", filter=done | Q(state=ChunkState.DRAFTED)),
        published=Count("pk", filter=done),
        bills=Sum("bills"),
        lines=Sum("lines"),
        charged=Sum("charged"),
    )
    counts = {name: int(value or 0) for name, value in totals.items()}
    return RunProgress(state=RunState(run.state), **counts)


def left_out(*, run_id: int, start: int = 0, limit: int = 1000) -> list[LeftOutView]:
    """Return what a run left out, by account: ``limit`` rows from the row ``start`` on."""
    run = models.BillingRun.objects.get(pk=run_id)
    rows = list(
        models.LeftOut.objects.filter(run=run, billed_at=None).order_by(
            "account_id", "service_id", "pk"
        )[start : start + limit]
    )
    numbers = account_numbers(
        supplier_id=run.supplier_id, account_ids=[row.account_id for row in rows]
    )
    services = {service.id: service for service in suppliers.services(supplier_id=run.supplier_id)}
    return [
        LeftOutView(
            account=numbers[row.account_id],
            service=services[row.service_id].code,
            problem=Problem(row.problem),
            parameter=row.parameter,
            day=row.day,
            text=PROBLEM_TEXTS[Problem(row.problem)].format(parameter=row.parameter or "").strip(),
        )
        for row in rows
    ]


def left_out_count(*, run_id: int) -> int:
    """Return how many accounts a run left out."""
    rows = models.LeftOut.objects.filter(run_id=run_id, billed_at=None)
    return rows.values("account_id").distinct().count()


def invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Measure the invariants of TRUST A1 that concern bills, each by one query."""
    parameters = {"supplier": supplier_id}
    return [
        measure(code=code, text=text, query=query, parameters=parameters)
        for code, text, query in _INVARIANTS
    ]


_OURS = "(%(supplier)s::bigint IS NULL OR b.supplier_id = %(supplier)s)"
_INVARIANTS = (
    (
        "I14",
        "Сумма строк счёта равна начисленному, а итог сходится",
        f"""
        SELECT b.number FROM billing_bill b
          LEFT JOIN (SELECT period, account_id, sum(amount) AS lines
                       FROM billing_charge GROUP BY period, account_id) c
            ON c.period = b.period AND c.account_id = b.account_id
         WHERE {_OURS}
           AND (b.charged <> coalesce(c.lines, 0)
                OR b.due <> b.opening + b.charged + b.penalty - b.paid)""",
    ),
    (
        "I4",
        "Начислено в счетах опубликованного месяца столько, сколько в проводках",
        f"""
        SELECT b.number FROM billing_bill b
          JOIN billing_billingrun r ON r.id = b.run_id AND r.state = 'published'
          LEFT JOIN (SELECT e.subject_id, sum(e.amount) AS posted,
                            -- What is given back is an advance, which has no month.
                            coalesce(e.month, date_trunc('month', e.happened_on)::date) AS month
                       FROM ledger_entry e
                      WHERE e.reason = 2 AND e.book IN (1, 2) GROUP BY e.subject_id, 3) p
            ON p.subject_id = b.account_id AND p.month = b.period
         WHERE {_OURS} AND b.charged <> coalesce(p.posted, 0)""",
    ),
    (
        "I14",
        "Пени счёта равны начисленным по долгам и списанным за месяц",
        f"""
        SELECT b.number FROM billing_bill b
          LEFT JOIN (SELECT period, account_id, sum(amount) AS levied
                       FROM billing_penalty GROUP BY period, account_id) p
            ON p.period = b.period AND p.account_id = b.account_id
          LEFT JOIN (SELECT e.subject_id, date_trunc('month', e.happened_on)::date AS period,
                            sum(e.amount) AS forgiven
                       FROM ledger_entry e WHERE e.reason = 10 AND e.subject_id > 0
                      GROUP BY 1, 2) f
            ON f.subject_id = b.account_id AND f.period = b.period
         WHERE {_OURS} AND b.penalty <> coalesce(p.levied, 0)
           AND b.penalty <> coalesce(p.levied, 0) + coalesce(f.forgiven, 0)""",
    ),
    (
        "I4",
        "Начислено пеней в опубликованных счетах столько, сколько в проводках",
        """
        SELECT coalesce(p.account_id, e.subject_id)::text || ' ' || coalesce(p.debt_month, e.month)
          FROM (SELECT t.supplier_id, t.account_id, t.service_id, t.debt_month,
                       sum(t.amount) AS levied
                  FROM billing_penalty t
                  JOIN billing_billingrun r ON r.id = t.run_id AND r.state = 'published'
                 GROUP BY 1, 2, 3, 4) p
          FULL JOIN (SELECT n.supplier_id, n.subject_id, n.service_id, n.month,
                            sum(n.amount) AS posted
                       FROM ledger_entry n
                       LEFT JOIN billing_billingrun r
                         ON r.supplier_id = n.supplier_id
                        AND r.period = date_trunc('month', n.happened_on)::date
                      WHERE n.reason = 3 AND n.book = 1 AND n.part = 2
                        AND r.state IS DISTINCT FROM 'publishing'
                      GROUP BY 1, 2, 3, 4) e
            ON e.subject_id = p.account_id AND e.service_id = p.service_id
           AND e.month = p.debt_month
         WHERE coalesce(p.levied, 0) <> coalesce(e.posted, 0)
           AND (%(supplier)s::bigint IS NULL
                OR coalesce(p.supplier_id, e.supplier_id) = %(supplier)s)""",
    ),
    (
        "I14",
        "У каждого счёта есть расчёт его месяца, и другого расчёта у месяца нет",
        f"""
        SELECT b.number FROM billing_bill b
          LEFT JOIN billing_billingrun r
            ON r.id = b.run_id AND r.period = b.period AND r.supplier_id = b.supplier_id
         WHERE {_OURS} AND r.id IS NULL
        UNION ALL
        SELECT 'нет уникального индекса ' || wanted.name
          FROM (VALUES ('one_run_of_a_month'), ('billing_bill_pkey'), ('billing_charge_pkey'))
               AS wanted (name)
         WHERE NOT EXISTS (SELECT FROM pg_index
                            WHERE indexrelid = to_regclass(wanted.name)
                              AND indisunique AND indisvalid)""",
    ),
    (
        "I14",
        "Счета и строки принадлежат существующим лицевым счетам и услугам поставщика",
        f"""
        SELECT b.account_id::text FROM billing_charge b
          LEFT JOIN accounts_customeraccount a
            ON a.id = b.account_id AND a.supplier_id = b.supplier_id
          LEFT JOIN suppliers_servicecategory s
            ON s.id = b.service_id AND s.supplier_id = b.supplier_id
         WHERE {_OURS} AND (a.id IS NULL OR s.id IS NULL)""",
    ),
)
