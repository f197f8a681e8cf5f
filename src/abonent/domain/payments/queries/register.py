"""Payments as an exchange bundle knows them: what has come, by channel and operation."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from abonent.common.frames import read_frame

PAYMENTS = {
    "channel": pl.String, "external_id": pl.String, "account_id": pl.Int64, "paid_on": pl.Date,
    "credited_on": pl.Date, "amount": pl.Int64, "month": pl.Date, "service_id": pl.Int64,
    "part": pl.Int16, "kind": pl.String,
}  # fmt: skip
FOREVER = date(9999, 12, 31)
_CAPTURED = """p.supplier_id = %(supplier)s AND p.state = 'captured' AND p.external_id <> ''
   AND p.paid_on <= %(through)s"""
# A payment in a file says in its row whom it is for; one through an acquirer in its parts.
_REGISTER = f"""
SELECT p.channel, p.external_id, p.account_id, p.paid_on, p.credited_on, p.amount, p.month,
       p.service_id, p.part, p.kind
  FROM payments_payment p
 WHERE {_CAPTURED} AND p.asked IS NULL AND p.account_id = ANY(%(ids)s)
 UNION ALL
SELECT p.channel,
       p.external_id || CASE WHEN s.place > 1 THEN '/' || s.place ELSE '' END,
       s.account_id, p.paid_on, p.credited_on, s.amount, s.month, s.service_id, s.part, p.kind
  FROM payments_payment p
  JOIN LATERAL (
       SELECT x.account_id, sum(x.amount)::bigint AS amount,
              CASE WHEN count(*) = 1 THEN min(x.month) END AS month,
              CASE WHEN count(*) = 1 THEN min(x.service_id) ELSE 0 END AS service_id,
              CASE WHEN count(*) = 1 THEN min(x.part) ELSE 0 END AS part,
              row_number() OVER (ORDER BY min(x.line)) AS place
         FROM payments_paymentpart x WHERE x.payment_id = p.id GROUP BY x.account_id
  ) s ON s.account_id = ANY(%(ids)s)
 WHERE {_CAPTURED} AND p.asked IS NOT NULL AND p.id IN (
       SELECT x.payment_id FROM payments_paymentpart x WHERE x.account_id = ANY(%(ids)s))
"""


def payments_register(
    *, supplier_id: int, account_ids: Sequence[int], through: date | None = None
) -> pl.DataFrame:
    """Return the payments credited to these accounts and paid up to a day; kopecks.

    One that was paid for several accounts is a row for each of them; the further rows have
    a number after the operation's own.
    """
    return read_frame(
        _REGISTER,
        PAYMENTS,
        {"supplier": supplier_id, "ids": list(account_ids), "through": through or FOREVER},
    )
