"""What arrears interest an account faces today: counted already, or beginning on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import polars as pl

from abonent.domain.billing.queries.penalties import count_of_account
from abonent.domain.billing.rules.late import FREE_DAYS
from abonent.domain.billing.rules.penalties import WHOLE, span_sum


@dataclass(frozen=True)
class PenaltyOutlook:
    """Interest of an account on a day; kopecks.

    ``growing`` is counted and not in any bill yet; ``a_day`` is what today costs.
    ``begins_on`` is the first day of interest of a debt that costs nothing so far; None when
    there is none. ``debt`` is the principal that interest is or will be counted on.
    """

    growing: int
    a_day: int
    begins_on: date | None
    debt: int

    @property
    def free_until(self) -> date | None:
        """Return the last day on which paying the debt adds no interest."""
        return self.begins_on - timedelta(days=1) if self.begins_on else None


NOTHING = PenaltyOutlook(growing=0, a_day=0, begins_on=None, debt=0)


def penalty_outlook(*, supplier_id: int, account_id: int, today: date) -> PenaltyOutlook:
    """Return what interest the account faces, by the rule that the next bill will use.

    Instalments and suspensions are reckoned with. Where a rate is not loaded nothing is
    promised.
    """
    found = count_of_account(supplier_id=supplier_id, account_id=account_id, as_of=today)
    owed = found.pieces.filter(pl.col("settled_on").is_null())
    if owed.is_empty() or not found.problems.is_empty():
        return NOTHING
    free = pl.col("scale").replace_strict(FREE_DAYS, return_dtype=pl.Int64)
    begins = owed.select((pl.col("due_on") + pl.duration(days=free + 1)).alias("day"))
    later = [day for day in begins["day"] if day > today]
    whole = found.sums.select((pl.col("counted") - pl.col("levied")).sum()).item() or 0
    today_only = found.spans.filter(pl.col("to_on") == today).with_columns(
        pl.col("to_on").alias("from_on")
    )
    exact = today_only.select(span_sum().sum()).item() or 0
    return PenaltyOutlook(
        growing=max(int(whole), 0),
        a_day=int(Fraction(int(exact), WHOLE) + Fraction(1, 2)),
        begins_on=min(later) if later and not exact else None,
        debt=int(owed["amount"].sum()),
    )
