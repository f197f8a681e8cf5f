"""What the office looks at before a month is published: sums, changes, strange bills.

One statement each, over whole columns: a million accounts are checked in seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

import polars as pl
from django.db.models import Count

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.queries.frames import accounts_frame
from abonent.domain.billing import models
from abonent.domain.billing.queries.oddities import OddGroup, odd_groups
from abonent.domain.billing.rules.words import Problem
from abonent.domain.suppliers import queries as suppliers

MANY_TIMES = 5  # a bill so many times the usual one is shown before publication
WORTH_A_LOOK = 500_00  # kopecks: smaller bills are not looked at, however many times they grew
HISTORY = 12  # months whose middle one is the usual bill
SHOWN = 10  # strange bills of each kind that are named


class Strange(StrEnum):
    """Why a bill is worth a look before it is published."""

    MUCH = "much"
    NEGATIVE = "negative"
    ZERO = "zero"
    VANISHED = "vanished"


@dataclass(frozen=True)
class Move:
    """A sum beside that of the month before, in kopecks; of one service, or of everything."""

    service: str
    name: str
    now: int
    before: int

    @property
    def percent(self) -> Decimal | None:
        """Return by how many percent it has changed; None when there was nothing before."""
        if self.before <= 0:
            return None
        grown = Decimal(self.now - self.before) * 100 / self.before
        return grown.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class StrangeBill:
    """A bill worth a look; ``before`` and ``usual`` are None without such months."""

    account: str
    now: int
    before: int | None
    usual: int | None


@dataclass(frozen=True)
class StrangeGroup:
    """How many bills are strange in one way, and the first of them, the largest first."""

    kind: Strange
    count: int
    bills: tuple[StrangeBill, ...]


@dataclass(frozen=True)
class LeftOutGroup:
    """How many accounts wait for one thing."""

    problem: Problem
    accounts: int


@dataclass(frozen=True)
class RunChecks:
    """What a drafted month looks like; ``before`` is the published month before, or None.

    ``unproven``: bills that differ from the sum of their lines, which must be none.
    """

    period: Period
    bills: int
    lines: int
    lines_total: int
    unproven: int
    before: Period | None
    total: Move
    penalty: Move
    services: tuple[Move, ...]
    strange: tuple[StrangeGroup, ...]
    odd: tuple[OddGroup, ...]
    left_out: tuple[LeftOutGroup, ...]


def run_checks(*, run_id: int) -> RunChecks:
    """Return the checks of a run. A constant number of statements."""
    run = models.BillingRun.objects.get(pk=run_id)
    period = Period.of(run.period)
    before = models.BillingRun.objects.filter(
        supplier_id=run.supplier_id, period=period.plus(-1).first_day, state="published"
    ).first()
    given = {
        "supplier": run.supplier_id,
        "month": run.period,
        "before": period.plus(-1).first_day if before else None,
        "since": period.plus(-HISTORY).first_day,
        "times": MANY_TIMES,
        "least": WORTH_A_LOOK,
        "shown": SHOWN,
    }
    proof = read_frame(_PROOF, _PROOF_SCHEMA, given).row(0, named=True)
    return RunChecks(
        period=period,
        bills=proof["bills"],
        lines=proof["lines"],
        lines_total=proof["lines_total"],
        unproven=proof["unproven"],
        before=period.plus(-1) if before else None,
        total=Move("", "", proof["charged"], proof["charged_before"]),
        penalty=Move("", "", proof["penalty"], proof["penalty_before"]),
        services=_services(given),
        strange=_strange(given, period),
        odd=odd_groups(supplier_id=run.supplier_id, period=period, shown=SHOWN),
        left_out=_left_out(run_id),
    )


_PROOF_SCHEMA: dict[str, Any] = dict.fromkeys(
    [
        "bills", "lines", "lines_total", "unproven",
        "charged", "penalty", "charged_before", "penalty_before",
    ],
    pl.Int64,
)  # fmt: skip
_PROOF = """
SELECT count(*), coalesce(sum(c.lines), 0), coalesce(sum(c.amount), 0),
       count(*) FILTER (WHERE b.charged <> coalesce(c.amount, 0)
                           OR b.due <> b.opening + b.charged + b.penalty - b.paid),
       coalesce(sum(b.charged), 0), coalesce(sum(b.penalty), 0), p.charged, p.penalty
  FROM billing_bill b
  LEFT JOIN (SELECT account_id, count(*) AS lines, sum(amount) AS amount FROM billing_charge
              WHERE period = %(month)s AND supplier_id = %(supplier)s GROUP BY account_id) c
    ON c.account_id = b.account_id
 RIGHT JOIN (SELECT coalesce(sum(charged), 0) AS charged, coalesce(sum(penalty), 0) AS penalty
               FROM billing_bill
              WHERE period = %(before)s::date AND supplier_id = %(supplier)s) p
    ON b.period = %(month)s AND b.supplier_id = %(supplier)s
 GROUP BY p.charged, p.penalty"""


def _services(given: dict[str, Any]) -> tuple[Move, ...]:
    """Return the sums of the services, of this month and the one before."""
    rows = read_frame(
        """SELECT service_id, coalesce(sum(amount) FILTER (WHERE period = %(month)s), 0),
                  coalesce(sum(amount) FILTER (WHERE period = %(before)s::date), 0)
             FROM billing_charge
            WHERE supplier_id = %(supplier)s AND period IN (%(month)s, %(before)s::date)
            GROUP BY service_id""",
        {"service_id": pl.Int64, "now": pl.Int64, "before": pl.Int64},
        given,
    )
    sums = {service: (now, before) for service, now, before in rows.iter_rows()}
    return tuple(
        Move(service.code, service.name, *sums[service.id])
        for service in suppliers.services(supplier_id=given["supplier"])
        if service.id in sums
    )


# The usual bill is the middle one: it is exceeded many times when at least half of the
# months are. Counting them needs no sorting of a year of bills.
_STRANGE = """
WITH now AS (
    SELECT b.account_id, b.charged, c.account_id IS NOT NULL AS lines
      FROM billing_bill b
      LEFT JOIN (SELECT DISTINCT account_id FROM billing_charge
                  WHERE period = %(month)s AND supplier_id = %(supplier)s) c
        ON c.account_id = b.account_id
     WHERE b.period = %(month)s AND b.supplier_id = %(supplier)s
       AND (b.charged >= %(least)s OR b.charged <= 0)
), past AS (
    SELECT n.account_id,
           max(h.charged) FILTER (WHERE h.period = %(before)s::date) AS before,
           bool_or(h.period = %(before)s::date AND h.charged > 0
                   AND n.charged > %(times)s * h.charged)
           OR 2 * count(*) FILTER (WHERE n.charged > %(times)s * h.charged AND h.charged > 0)
              >= count(*) AS many
      FROM now n JOIN billing_bill h
        ON h.account_id = n.account_id AND h.supplier_id = %(supplier)s
       AND h.period >= %(since)s AND h.period < %(month)s
      JOIN billing_billingrun r ON r.id = h.run_id AND r.state = 'published'
     GROUP BY n.account_id
), strange AS (
    SELECT n.account_id, n.charged, p.before,
           CASE WHEN n.charged < 0 THEN 'negative'
                WHEN n.charged = 0 AND n.lines THEN 'zero'
                WHEN n.charged = 0 AND p.before > 0 THEN 'vanished'
                WHEN n.charged > 0 AND p.many THEN 'much' END AS kind
      FROM now n LEFT JOIN past p ON p.account_id = n.account_id
)
SELECT account_id, charged, before, kind FROM strange WHERE kind IS NOT NULL
 ORDER BY kind, abs(charged) DESC, coalesce(before, 0) DESC, account_id"""


def _strange(given: dict[str, Any], period: Period) -> tuple[StrangeGroup, ...]:
    """Return the strange bills by kind; those of empty flats are no wonder when they are zero."""
    rows = read_frame(
        _STRANGE,
        {"account_id": pl.Int64, "charged": pl.Int64, "before": pl.Int64, "kind": pl.String},
        given,
    )
    zero = pl.col("kind") == Strange.ZERO.value
    lived = _inhabited(given["supplier"], period, rows.filter(zero)["account_id"])
    rows = rows.filter(~zero | pl.col("account_id").is_in(lived))
    groups = [(kind, rows.filter(pl.col("kind") == kind.value)) for kind in Strange]
    first = pl.concat([found.head(SHOWN) for _, found in groups])
    ids = first["account_id"].to_list()
    numbers = account_numbers(supplier_id=given["supplier"], account_ids=ids)
    usual = _usual(given, ids)
    return tuple(
        StrangeGroup(
            kind=kind,
            count=found.height,
            bills=tuple(
                StrangeBill(numbers[account], now, before, usual.get(account))
                for account, now, before, _ in found.head(SHOWN).iter_rows()
            ),
        )
        for kind, found in groups
        if found.height
    )


def _inhabited(supplier_id: int, period: Period, accounts: Iterable[int]) -> list[int]:
    """Return those of the accounts where somebody is registered."""
    ids = list(accounts)
    if not ids:
        return []
    people = accounts_frame(
        supplier_id=supplier_id,
        first_id=min(ids),
        last_id=max(ids),
        month=period.first_day,
        month_end=period.last_day,
        only=ids,
    )
    living = (pl.col("kind") == "household") & (pl.col("residents") > 0)
    return people.filter(living)["account_id"].to_list()


def _usual(given: dict[str, Any], accounts: list[int]) -> dict[int, int]:
    """Return the middle bill of the year before, for the few accounts that are shown."""
    rows = read_frame(
        """SELECT h.account_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY h.charged)
             FROM billing_bill h
             JOIN billing_billingrun r ON r.id = h.run_id AND r.state = 'published'
            WHERE h.account_id = ANY(%(ids)s) AND h.supplier_id = %(supplier)s
              AND h.period >= %(since)s AND h.period < %(month)s
            GROUP BY h.account_id""",
        {"account_id": pl.Int64, "usual": pl.Int64},
        given | {"ids": accounts},
    )
    return dict(rows.iter_rows())


def _left_out(run_id: int) -> tuple[LeftOutGroup, ...]:
    """Return how many accounts are left out for each reason, the most frequent first."""
    rows = (
        models.LeftOut.objects.filter(run_id=run_id, billed_at=None)
        .values("problem")
        .annotate(accounts=Count("account_id", distinct=True))
        .order_by("-accounts", "problem")
    )
    return tuple(LeftOutGroup(Problem(row["problem"]), row["accounts"]) for row in rows)
