"""Reads of exchange: which kept rows a month's bills would have to reckon with."""

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries.registers import account_ids
from abonent.domain.suppliers import queries as suppliers

WAITING = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,  # null: every service of the account
    "file": pl.String,
    "applies": pl.String,  # to which lines: any, metered
}
# Files whose rows change what the month costs, with the rows of them that do.
_FILES: dict[str, str] = {}
_ROWS = {
    "file": pl.String,
    "account": pl.String,
    "service": pl.String,
}


def waiting_frame(*, supplier_id: int, period: Period) -> pl.DataFrame:
    """Return the accounts and services (WAITING) that kept rows of the month concern.

    These files are kept and given back, but no room computes with them yet
    (docs/adr/0006); a bill that passed over them would be silently wrong.
    """
    rows = read_frame(
        """SELECT DISTINCT file, "row" ->> 'account', "row" ->> 'service'
             FROM exchange_keptrow
            WHERE supplier_id = %(supplier)s AND file = ANY(%(files)s)
              AND left(coalesce("row" ->> 'valid_from', "row" ->> 'from', "row" ->> 'hour',
                                "row" ->> 'period'), 10) <= %(last)s
              AND left(coalesce("row" ->> 'valid_to', "row" ->> 'to', "row" ->> 'hour',
                                "row" ->> 'period' || '-31', '9999'), 10) >= %(first)s
            ORDER BY 1, 2, 3""",
        _ROWS,
        {"supplier": supplier_id, "files": list(_FILES),
         "first": period.first_day.isoformat(), "last": period.last_day.isoformat()},
    )  # fmt: skip
    if rows.is_empty():
        return pl.DataFrame(schema=WAITING)
    applies = pl.col("file").replace_strict(_FILES, return_dtype=pl.String).alias("applies")
    return _identified(supplier_id, rows.with_columns(applies))


def _identified(supplier_id: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Put identifiers in place of numbers and codes."""
    accounts = account_ids(supplier_id=supplier_id)
    services = pl.DataFrame(
        [(one.code, one.id) for one in suppliers.services(supplier_id=supplier_id)],
        schema={"service": pl.String, "service_id": pl.Int64},
        orient="row",
    )
    found = rows.join(accounts.rename({"number": "account"}), on="account")
    named = found.join(services, on="service", how="left").filter(
        (pl.col("service").fill_null("") == "") | pl.col("service_id").is_not_null()
    )
    return named.select(list(WAITING)).unique(maintain_order=True)
