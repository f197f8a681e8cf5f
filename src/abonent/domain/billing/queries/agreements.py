"""Suspensions and instalments read back: for an export and for counting."""

from collections.abc import Sequence

import polars as pl

from abonent.common.frames import read_frame

SUSPENSIONS = {
    "account_id": pl.Int64, "from_on": pl.Date, "to_on": pl.Date, "basis": pl.String,
}  # fmt: skip
INSTALMENTS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "due_on": pl.Date,
    "amount": pl.Int64,
}  # fmt: skip


def suspensions_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the supplier's suspensions of arrears interest; no account: all."""
    return read_frame(
        f"""SELECT {", ".join(SUSPENSIONS)} FROM billing_penaltysuspension
             WHERE supplier_id = %(supplier)s ORDER BY account_id, from_on""",
        SUSPENSIONS,
        {"supplier": supplier_id},
    )


def suspensions_frame(*, supplier_id: int, first_id: int, last_id: int) -> pl.DataFrame:
    """Return the suspensions that concern a range of accounts, those of all among them."""
    return read_frame(
        f"""SELECT {", ".join(SUSPENSIONS)} FROM billing_penaltysuspension
             WHERE supplier_id = %(supplier)s
               AND (account_id IS NULL OR account_id BETWEEN %(first)s AND %(last)s)""",
        SUSPENSIONS,
        {"supplier": supplier_id, "first": first_id, "last": last_id},
    )


def instalments_register(
    *, supplier_id: int, account_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the parts of agreed debts, of some accounts or of all."""
    return read_frame(
        f"""SELECT {", ".join(INSTALMENTS)} FROM billing_instalment
             WHERE supplier_id = %(supplier)s
               AND (%(ids)s::bigint[] IS NULL OR account_id = ANY(%(ids)s))
             ORDER BY account_id, service_id, month, due_on""",
        INSTALMENTS,
        {"supplier": supplier_id, "ids": None if account_ids is None else list(account_ids)},
    )
