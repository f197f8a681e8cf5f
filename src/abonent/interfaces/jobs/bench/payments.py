"""``abonent bench payments``: settled payments a second against their bare SQL.

Ours: ``settle_payment`` for payments that wait, by a bank that answers at once without a
network: the question, the move, the posting, its allocation, the journal, the letter. The
limit: the very statements of the same settlements, seen in a copy of the database and sent
bare, one transaction a payment, in a second copy. All three begin from the same rows.
Then the doors of the site as it is run: thousands of payments on one account, notices and
terminals at their rates.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from abonent.common import clock
from abonent.domain.payments.operations import settle_payment, start_payment
from abonent.domain.payments.rules import Purpose
from abonent.interfaces.jobs.bench.crowd import measure_crowd
from abonent.interfaces.jobs.bench.scratch import copied_database
from abonent.interfaces.jobs.bench.tape import recorded, send_again
from abonent.interfaces.jobs.bench.world import build

PAYMENTS = 300
AMOUNT = 128_493
BANK = "abonent.interfaces.jobs.bench.bank.SureBank"


def measure(accounts: int) -> dict[str, Any]:
    """Settle payments of as many accounts; ratio = our time / the limit's."""
    build(accounts)
    acquirers = settings.ACQUIRERS
    settings.ACQUIRERS = {"yookassa": BANK}
    try:
        payments = [_start(account) for account in range(1, min(PAYMENTS, accounts) + 1)]
        with copied_database():
            tapes = [_watched(payment) for payment in payments]
        with copied_database():
            limit = _timed([partial(send_again, tape) for tape in tapes])
        ours = _timed([partial(_settle, one) for one in payments])
    finally:
        settings.ACQUIRERS = acquirers
    return measure_crowd(accounts) | {
        "bench": "payments",
        "accounts": accounts,
        "payments": len(payments),
        "statements_each": round(sum(map(len, tapes)) / len(tapes), 1),
        "settled_per_second": round(len(payments) / ours, 1),
        "limit_per_second": round(len(payments) / limit, 1),
        "ratio": round(ours / limit, 2),
    }


def _start(account: int) -> int:
    view = start_payment(
        supplier_id=1,
        user_id=None,
        purposes=[Purpose(account, AMOUNT)],
        key=f"bench-{account}",
        return_url="http://127.0.0.1/{payment}/",
        now=clock.now(),
    )
    return view.id


def _settle(payment_id: int) -> None:
    view = settle_payment(payment_id=payment_id, now=clock.now())
    if not view.paid:
        message = f"Платёж {view.number} не прошёл: {view.state_text}."
        raise RuntimeError(message)


def _watched(payment_id: int) -> list[str]:
    with recorded() as statements:
        _settle(payment_id)
    return statements


def _timed(work: list[Callable[[], None]]) -> float:
    connection.ensure_connection()
    started = time.perf_counter()
    for one in work:
        one()
    return time.perf_counter() - started
