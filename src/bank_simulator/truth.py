"""What the bank really did, for comparing with a ledger: the whole truth, and a day's registry."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bank_simulator.clock import MOSCOW, to_text

if TYPE_CHECKING:
    from datetime import date

    from bank_simulator.bank import Bank
    from bank_simulator.records import Json

REGISTRY = (
    "kind",
    "payment_id",
    "refund_id",
    "shop_id",
    "made_at",
    "amount",
    "fee",
    "net",
    "currency",
    "card",
    "rrn",
    "description",
    "metadata",
)
MONEY = """
SELECT shop,
    sum(CASE kind WHEN 'capture' THEN amount ELSE 0 END) AS captured,
    sum(CASE kind WHEN 'refund' THEN amount ELSE 0 END) AS refunded,
    sum(fee) AS fee
FROM movements GROUP BY shop ORDER BY shop
"""
DAY = """
SELECT m.kind, m.operation, m.refund, m.shop, m.at, m.amount, m.fee, o.currency,
    o.card_first6, o.card_last4, o.rrn, o.title, o.details
FROM movements m JOIN operations o ON o.id = m.operation
WHERE m.at >= :since AND m.at < :until ORDER BY m.seq
"""


def whole_truth(bank: Bank) -> Json:
    """Return everything: operations, refunds, movements of money, notifications and attempts.

    Amounts are integer kopecks, moments are UTC.
    """
    with bank.work() as now:
        return {
            "now": to_text(now),
            "seed": bank.dice.seed,
            "payments": _table(bank, "operations"),
            "refunds": _table(bank, "refunds"),
            "movements": _table(bank, "movements"),
            "cards": _table(bank, "kept_cards"),
            "totals": [dict(row) for row in bank.store.rows(MONEY)],
            "notifications": _notifications(bank),
        }


def _table(bank: Bank, table: str) -> list[Json]:
    rows = bank.store.rows(f"SELECT * FROM {table} ORDER BY seq")
    return [_opened(dict(row)) for row in rows]


def _opened(row: Json) -> Json:
    if "details" in row:
        row["details"] = json.loads(str(row["details"]))
    return row


def _notifications(bank: Bank) -> list[Json]:
    attempts: dict[object, list[Json]] = {}
    for row in bank.store.rows("SELECT * FROM deliveries ORDER BY seq"):
        attempts.setdefault(row["notification"], []).append(dict(row))
    told = []
    for row in bank.store.rows("SELECT * FROM notifications ORDER BY seq"):
        shown: Json = dict(row)
        shown["body"] = json.loads(row["body"]) if row["body"].startswith("{") else row["body"]
        shown["deliveries"] = attempts.get(row["seq"], [])
        told.append(shown)
    return told


def registry(bank: Bank, *, day: date) -> str:
    """Return the money moved on a Moscow day as CSV: UTF-8, semicolons, sums like 12.30.

    A refund has a minus. The format is the simulator's own: the layout of the vendor's
    registry is agreed with each shop.
    """
    since = datetime.combine(day, time(), tzinfo=MOSCOW)
    span = {"since": to_text(since), "until": to_text(since + timedelta(days=1))}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(REGISTRY)
    with bank.work():
        for row in bank.store.rows(DAY, span):
            sign = 1 if row["kind"] == "capture" else -1
            amount = sign * row["amount"]
            writer.writerow(
                (
                    row["kind"],
                    row["operation"],
                    row["refund"] or "",
                    row["shop"],
                    row["at"],
                    _decimal(amount),
                    _decimal(row["fee"]),
                    _decimal(amount - row["fee"]),
                    row["currency"],
                    f"{row['card_first6']}******{row['card_last4']}",
                    row["rrn"],
                    row["title"],
                    json.dumps(json.loads(row["details"]).get("metadata", {}), ensure_ascii=False),
                )
            )
    return text.getvalue()


def _decimal(kopecks: int) -> str:
    sign = "-" if kopecks < 0 else ""
    return f"{sign}{abs(kopecks) // 100}.{abs(kopecks) % 100:02d}"
