"""Published bills and their lines as frames: for export and restoring."""

from collections.abc import Sequence

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period

BILLS = {
    "period": pl.Date, "account_id": pl.Int64, "number": pl.String, "opening": pl.Int64,
    "charged": pl.Int64, "penalty": pl.Int64, "paid": pl.Int64, "due": pl.Int64,
    "due_by": pl.Date,
}  # fmt: skip
CHARGES = {
    "period": pl.Date, "account_id": pl.Int64, "line": pl.Int16, "service_id": pl.Int64,
    "component": pl.String, "zone": pl.String, "band": pl.Int16, "method": pl.String,
    "unit": pl.String, "volume": pl.Int64, "rate": pl.Int64, "multiplier": pl.Int64,
    "amount": pl.Int64, "vat": pl.Int64, "corrects": pl.String, "rule": pl.String,
    "basis": pl.String,
}  # fmt: skip
_PUBLISHED = """JOIN billing_billingrun r ON r.id = t.run_id AND r.state = 'published'
            WHERE t.supplier_id = %(supplier)s
              AND (%(period)s::date IS NULL OR t.period = %(period)s)
              AND (%(ids)s::bigint[] IS NULL OR t.account_id = ANY(%(ids)s))"""


def bills_frame(
    *, supplier_id: int, period: Period | None = None, account_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the published bills, of one month or all; sums in kopecks.

    ``account_ids`` narrows them to some accounts, then in no order: a million would not
    fit into memory.
    """
    columns = ", ".join(f"t.{name}" for name in BILLS)
    return read_frame(
        f"SELECT {columns} FROM billing_bill t {_PUBLISHED}"
        + _order("t.period, t.account_id", account_ids),
        BILLS,
        _given(supplier_id, period, account_ids),
    )


def charges_frame(
    *, supplier_id: int, period: Period | None = None, account_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the lines of published bills, of one month or all; scaled as they are stored.

    ``account_ids`` narrows them to some accounts, then in no order: a million would not
    fit into memory.
    """
    columns = ", ".join(f"t.{name}" for name in CHARGES)
    return read_frame(
        f"SELECT {columns} FROM billing_charge t {_PUBLISHED}"
        + _order("t.period, t.account_id, t.line", account_ids),
        CHARGES,
        _given(supplier_id, period, account_ids),
    )


def _order(columns: str, account_ids: Sequence[int] | None) -> str:
    """Return the clause; for chosen accounts it would make PostgreSQL walk the whole month."""
    return f" ORDER BY {columns}" if account_ids is None else ""


def _given(
    supplier_id: int, period: Period | None, account_ids: Sequence[int] | None
) -> dict[str, object]:
    return {
        "supplier": supplier_id,
        "period": period.first_day if period else None,
        "ids": list(account_ids) if account_ids is not None else None,
    }
