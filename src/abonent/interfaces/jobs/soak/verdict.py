"""What must hold when a round has settled: the bank's truth is the ledger's, all invariants stand.

The tables are read by statements of this module alone: a mistake in the product's own queries
must not hide itself.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection

from abonent.interfaces.jobs.soak.house import ABONENT, House
from abonent.interfaces.jobs.soak.network import Deal

CREDITED = """
SELECT 'of ' || p.amount, e.amount FROM payments_payment p
JOIN ledger_transfer t
  ON t.supplier_id = p.supplier_id AND t.key = 'payment:' || p.id || ':settled'
JOIN ledger_entry e ON e.transfer_id = t.id AND e.book = 4
WHERE p.supplier_id = %(supplier)s AND p.asked IS NOT NULL
"""
TAKEN = """
SELECT substr(t.key, 14), e.amount FROM ledger_transfer t
JOIN ledger_entry e ON e.transfer_id = t.id AND e.book = 4
WHERE t.supplier_id = %(supplier)s AND t.key LIKE 'payment:osmp:%%' AND e.amount > 0
"""
GIVEN_BACK = """
SELECT 'back', -e.amount FROM ledger_transfer t
JOIN ledger_entry e ON e.transfer_id = t.id AND e.book = 4
WHERE t.supplier_id = %(supplier)s AND t.key LIKE 'payment:' || %(channel)s || ':%%'
"""
CLEARING = """
SELECT channel, sum(amount)::bigint FROM ledger_entry
WHERE supplier_id = %(supplier)s AND book = 4 GROUP BY channel
"""
UNENDED = """
SELECT id || ': ' || state FROM payments_payment WHERE supplier_id = %(supplier)s
  AND state NOT IN ('captured', 'declined', 'expired', 'cancelled')
"""
UNENDED_REFUNDS = """
SELECT id || ': ' || state FROM payments_refund WHERE supplier_id = %(supplier)s
  AND state NOT IN ('done', 'refused', 'rejected')
"""
UNTOLD = """
SELECT p.id || ': ' || count(m.id) FROM payments_payment p
LEFT JOIN messaging_message m ON m.key = 'payment:' || p.id || ':settled'
WHERE p.supplier_id = %(supplier)s AND p.asked IS NOT NULL AND p.state = 'captured'
GROUP BY p.id HAVING count(m.id) <> 1
"""


def violations(
    house: House, supplier_id: int, truth: dict[str, Any], deals: Iterable[Deal]
) -> list[str]:
    """Return everything that does not hold, in words for a developer."""
    given = {"supplier": supplier_id, "channel": house.acquirer.channel}
    found = _apart("payment", _captured(truth), _rows(CREDITED, given))
    returned = [("back", one["amount"]) for one in truth["refunds"] if one["state"] == "succeeded"]
    found += _apart("refund", returned, _rows(GIVEN_BACK, given))
    found += [f"refund not ended: {one}" for one in _texts(UNENDED_REFUNDS, given)]
    deals = list(deals)
    found += _apart("terminal", *_taken(deals, _rows(TAKEN, given)))
    found += [f"a terminal's money is open: {one.number}" for one in deals if one.outcome == "open"]
    found += _apart(
        "clearing", _totals(house.acquirer.channel, truth, deals).items(), _rows(CLEARING, given)
    )
    found += [f"not ended: {one}" for one in _texts(UNENDED, given)]
    found += [f"letters of a payment: {one}" for one in _texts(UNTOLD, given)]
    return [*found, *_audit(house)]


def _captured(truth: dict[str, Any]) -> list[tuple[str, int]]:
    """Return what the bank took; no two payments of a run have the same sum, so that names them."""
    taken = [one["amount"] for one in truth["payments"] if one["state"] == "captured"]
    return [(f"of {amount}", amount) for amount in taken]


def _taken(
    deals: list[Deal], ours: list[tuple[str, int]]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return what terminals were told that we took, and what the ledger took.

    A cancellation that overtook its payment makes it void: then there is no posting at all.
    Otherwise there are two, and the total of the clearing account tells whether they cancel out.
    """
    posted = dict(ours)
    kept = [
        (deal.number, deal.amount)
        for deal in deals
        if deal.outcome == "paid" or (deal.outcome == "cancelled" and deal.number in posted)
    ]
    return kept, ours


def _totals(channel: str, truth: dict[str, Any], deals: list[Deal]) -> dict[str, int]:
    totals = {
        channel: sum(one["captured"] - one["refunded"] for one in truth["totals"]),
        "osmp": sum(deal.amount for deal in deals if deal.outcome == "paid"),
    }
    return {channel: total for channel, total in totals.items() if total}


def _apart(
    what: str, truth: Iterable[tuple[str, int]], ours: Iterable[tuple[str, int]]
) -> list[str]:
    """Compare two lists as bags: an operation credited twice differs from one credited once."""
    wanted, stands = Counter(truth), Counter(ours)
    return [
        *(f"{what} lost: {key} {amount}" for key, amount in (wanted - stands).elements()),
        *(
            f"{what} doubled or invented: {key} {amount}"
            for key, amount in (stands - wanted).elements()
        ),
    ]


def _audit(house: House) -> list[str]:
    done = house.run("audit", *ABONENT, "audit", "--json")
    try:
        lines = json.loads(done.stdout)["invariants"]
    except (ValueError, KeyError):
        return [f"audit ended with {done.returncode}: {done.stdout[-300:]}"]
    return [
        f"{one['code']} {one['text']}: {one['breaches']}, {one['example']}"
        for one in lines
        if one["breaches"]
    ]


def _rows(query: str, given: dict[str, Any]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [(key, int(amount)) for key, amount in cursor.fetchall()]


def _texts(query: str, given: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [row[0] for row in cursor.fetchall()]
