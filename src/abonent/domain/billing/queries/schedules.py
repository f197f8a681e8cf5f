"""Schedules of payments read back: for an export and for a month's bill."""

import polars as pl

from abonent.common.frames import read_frame

SCHEDULES = {
    "account_id": pl.Int64, "organisation_class": pl.String, "service_id": pl.Int64,
    "part": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
    "percent": pl.Decimal(38, 4), "day": pl.Int64, "month_offset": pl.Int64,
}  # fmt: skip


def schedules_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the supplier's schedules as schedules.csv has them."""
    return read_frame(
        f"""SELECT {", ".join(SCHEDULES)} FROM billing_paymentschedule
             WHERE supplier_id = %(supplier)s""",
        SCHEDULES,
        {"supplier": supplier_id},
    )
