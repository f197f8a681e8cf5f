"""The invariants of TRUST A1 that concern payments, measured now."""

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.invariants import Invariant, measure
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments.queries.autopay import one_charge
from abonent.domain.payments.rules import ALLOWED, FINAL
from abonent.domain.payments.rules.refunds import REFUND_ALLOWED, REFUND_IN_FLIGHT

_OF_SUPPLIER = "(%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)"
_CREDITED = f"""
SELECT p.supplier_id,
       CASE WHEN p.asked IS NULL THEN 'payment:' || p.channel || ':' || p.external_id
            ELSE 'payment:' || p.id || ':settled' END,
       p.channel, CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END
FROM payments_payment p WHERE p.state = 'captured' AND {_OF_SUPPLIER}
"""
_BROUGHT = {
    "supplier_id": pl.Int64,
    "key": pl.String,
    "channel": pl.String,
    "amount": pl.Int64,
}
_ONCE = f"""
SELECT p.channel || ' ' || p.external_id FROM payments_payment p
WHERE p.external_id <> '' AND {_OF_SUPPLIER}
GROUP BY p.supplier_id, p.channel, p.external_id HAVING count(*) > 1
UNION ALL
SELECT 'нет уникального индекса ' || wanted.name
FROM (VALUES ('payment_external_once'), ('payment_intent_once')) AS wanted (name)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    WHERE indexrelid = to_regclass(wanted.name) AND indisunique AND indisvalid
)
"""
_LEGAL = f"""
SELECT 'платёж ' || p.id || ': ' || m.before || ' → ' || m.after
FROM payments_paymentmove m JOIN payments_payment p ON p.id = m.payment_id
WHERE {_OF_SUPPLIER}
  AND NOT (m.before || ' ' || m.after) = ANY(%(allowed)s)
UNION ALL
SELECT 'платёж ' || p.id || ': состояние ' || p.state || ' не следует из истории'
FROM payments_payment p
LEFT JOIN LATERAL (
    SELECT after FROM payments_paymentmove m WHERE m.payment_id = p.id
    ORDER BY version DESC LIMIT 1
) last ON true
WHERE p.asked IS NOT NULL AND {_OF_SUPPLIER} AND coalesce(last.after, 'created') <> p.state
"""
_LIMBO = f"""
SELECT 'платёж ' || p.id || ': ' || p.state || ', проверка назначена на ' || p.next_check_at
FROM payments_payment p
WHERE p.next_check_at < now() - interval '15 minutes' AND NOT p.state = ANY(%(final)s)
  AND {_OF_SUPPLIER}
"""
_WHOLE = f"""
SELECT 'платёж ' || p.id FROM payments_payment p
LEFT JOIN payments_paymentpart part ON part.payment_id = p.id
WHERE {_OF_SUPPLIER}
GROUP BY p.id, p.amount, p.asked
HAVING coalesce(sum(part.amount), CASE WHEN p.asked IS NULL THEN p.amount ELSE 0 END) <> p.amount
"""
# A refund that the bank made by itself may go beyond what we know of: that is a breach too.
_GIVEN_BACK = f"""
SELECT 'платёж ' || p.id || ': возвращено больше, чем заплачено'
FROM payments_payment p JOIN payments_refund r ON r.payment_id = p.id
WHERE r.state = ANY(%(counted)s) AND {_OF_SUPPLIER}
GROUP BY p.id, p.amount HAVING sum(r.amount) > p.amount
UNION ALL
SELECT 'возврат ' || r.id || ' сделан, а платежа возврата с той же суммой нет'
FROM payments_refund r LEFT JOIN payments_payment p
    ON p.id = r.back_id AND p.kind = 'refund' AND p.amount = r.amount
WHERE (r.state = 'done') <> (p.id IS NOT NULL)
  AND (%(supplier)s::bigint IS NULL OR r.supplier_id = %(supplier)s)
UNION ALL
SELECT 'нет уникального индекса refund_one_in_flight'
WHERE NOT EXISTS (
    SELECT FROM pg_index
    WHERE indexrelid = to_regclass('refund_one_in_flight') AND indisunique AND indisvalid
)
"""
_RECEIPTS = f"""
SELECT 'платёж ' || p.id || ': зачислен, а чек не начат'
FROM payments_payment p LEFT JOIN payments_fiscalreceipt f ON f.payment_id = p.id
WHERE p.state = 'captured' AND p.asked->'receipt'->'lines' IS NOT NULL AND f.id IS NULL
  AND {_OF_SUPPLIER}
UNION ALL
SELECT 'чек ' || f.id || ' без зачисленного платежа'
FROM payments_fiscalreceipt f LEFT JOIN payments_payment p
    ON p.id = f.payment_id AND p.state = 'captured'
WHERE p.id IS NULL AND (%(supplier)s::bigint IS NULL OR f.supplier_id = %(supplier)s)
UNION ALL
SELECT 'возврат ' || r.id || ': сделан, а чек не начат'
FROM payments_refund r LEFT JOIN payments_fiscalreceipt f ON f.payment_id = r.back_id
WHERE r.back_id IS NOT NULL AND r.receipt IS NOT NULL AND f.id IS NULL
  AND (%(supplier)s::bigint IS NULL OR r.supplier_id = %(supplier)s)
"""
_REFUND_STEPS = f"""
SELECT 'возврат ' || r.id || ': ' || m.before || ' → ' || m.after
FROM payments_refundmove m JOIN payments_refund r ON r.id = m.refund_id
WHERE NOT (m.before || ' ' || m.after) = ANY(%(allowed)s)
  AND {_OF_SUPPLIER.replace("p.", "r.")}
"""
_UNMATCHED = f"""
SELECT p.supplier_id, p.channel,
       sum(CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END)::bigint
FROM payments_payment p WHERE p.state = 'captured' AND p.account_id = 0 AND {_OF_SUPPLIER}
GROUP BY p.supplier_id, p.channel
HAVING sum(CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END) <> 0
"""
_TOLD = f"""
SELECT 'операция ' || o.channel || ' ' || o.external_id
FROM payments_agentoperation o LEFT JOIN payments_payment p ON p.id = o.payment_id
WHERE o.verdict = 'accepted' AND {_OF_SUPPLIER.replace("p.", "o.")}
  AND (p.supplier_id, p.channel, p.external_id, p.amount, p.state)
      IS DISTINCT FROM (o.supplier_id, o.channel, o.external_id, o.amount, 'captured')
"""


def invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Measure I2, I3 and I5 against the ledger, I6–I9, I15 and the sums of parts (R15).

    I8 counts refunds against their payment; I11 is the unique key of the outbox.
    """
    by_supplier = {"supplier": supplier_id}
    finals = [str(state) for state in FINAL]
    return [
        measure(
            code="I2",
            text="Операция канала записана одним платежом",
            query=_ONCE,
            parameters=by_supplier,
        ),
        *_against_ledger(supplier_id),
        measure(
            code="I5",
            text="За каждой операцией агента, принятой нами, стоит её платёж",
            query=_TOLD,
            parameters=by_supplier,
        ),
        _suspense(supplier_id),
        measure(
            code="I6",
            text="Платежи меняли состояние только разрешёнными шагами",
            query=_LEGAL,
            parameters={**by_supplier, "allowed": [f"{a} {b}" for a, b in sorted(ALLOWED)]},
        ),
        measure(
            code="I6",
            text="Возвраты меняли состояние только разрешёнными шагами",
            query=_REFUND_STEPS,
            parameters={**by_supplier, "allowed": [f"{a} {b}" for a, b in sorted(REFUND_ALLOWED)]},
        ),
        measure(
            code="I8",
            text="По платежу возвращено не больше, чем заплачено, и за возвратом стоит платёж",
            query=_GIVEN_BACK,
            parameters={**by_supplier, "counted": sorted([*REFUND_IN_FLIGHT, "done"])},
        ),
        measure(
            code="I7",
            text="Незавершённые платежи проверяются вовремя",
            query=_LIMBO,
            parameters={**by_supplier, "final": finals},
        ),
        measure(
            code="I9",
            text="У платежа и возврата с чеком есть ровно один чек, и ни одного без платежа",
            query=_RECEIPTS,
            parameters=by_supplier,
        ),
        one_charge(supplier_id=supplier_id),
        measure(
            code="R15",
            text="Части платежа в сумме дают платёж",
            query=_WHOLE,
            parameters=by_supplier,
        ),
    ]


def _against_ledger(supplier_id: int | None) -> list[Invariant]:
    """Compare credited payments with the postings of the clearing accounts, one by one."""
    brought = read_frame(_CREDITED, _BROUGHT, {"supplier": supplier_id})
    posted = ledger.clearing_frame(supplier_id=supplier_id)
    own = posted.filter(pl.col("key").str.starts_with("payment:"))
    missing = brought.join(own, on=list(_BROUGHT), how="anti")
    causeless = own.join(brought, on=list(_BROUGHT), how="anti")
    return [
        Invariant(
            code="I3",
            text="Каждая проводка платежа имеет свой платёж с той же суммой",
            breaches=causeless.height,
            example=causeless["key"].min() or "",  # type: ignore[arg-type]  # a text: polars says any value
        ),
        Invariant(
            code="I5",
            text="Каждый зачисленный платёж проведён",
            breaches=missing.height,
            example=missing["key"].min() or "",  # type: ignore[arg-type]  # a text: polars says any value
        ),
    ]


def _suspense(supplier_id: int | None) -> Invariant:
    """Compare what lies in suspense with the payments that have no account, by channel."""
    wanted = read_frame(
        _UNMATCHED,
        {"supplier_id": pl.Int64, "channel": pl.String, "amount": pl.Int64},
        {"supplier": supplier_id},
    )
    lies = ledger.suspense_frame(supplier_id=supplier_id)
    both = pl.concat([wanted, lies])
    apart = both.filter(~both.is_duplicated())
    return Invariant(
        code="R7",
        text="Неопознанные поступления сходятся с платежами без счёта",
        breaches=apart.height,
        example=apart["channel"].min() or "",  # type: ignore[arg-type]  # a text: polars says any value
    )
