"""The last published bill of many accounts at once."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from abonent.common.frames import read_frame


def due_days_of(*, supplier_id: int, account_ids: Sequence[int]) -> dict[int, date]:
    """Return the last day to pay the last published bill, by account; one statement."""
    rows = read_frame(
        """SELECT DISTINCT ON (b.account_id) b.account_id, b.due_by
             FROM billing_bill b
             JOIN billing_billingrun r ON r.id = b.run_id AND r.state = 'published'
            WHERE b.supplier_id = %(supplier)s AND b.account_id = ANY(%(accounts)s)
            ORDER BY b.account_id, b.period DESC""",
        {"account_id": pl.Int64, "due_by": pl.Date},
        {"supplier": supplier_id, "accounts": list(account_ids)},
    )
    return dict(rows.iter_rows())
