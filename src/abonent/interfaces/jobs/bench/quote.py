"""``abonent bench quote``: the cost of a reading and the reasons of a bill, one account each.

Ours: what the portal asks of the domain when a person checks readings, opens a bill and
looks at what lies ahead, for accounts of all the invented towns: flats and houses, firms,
one zone and three, bands, hot water, heat. The limit: the very statements that each call
was seen to send, sent bare. What lies between is the arithmetic of the month's own rules.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from abonent.common import clock
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.accounts.queries.registers import account_ids
from abonent.domain.billing import queries as billing
from abonent.domain.billing.queries.bill_page import bill_page
from abonent.domain.billing.queries.forecast import ahead
from abonent.domain.metering.queries.meters import meters_for
from abonent.domain.metering.rules import MICRO
from abonent.interfaces.jobs.bench.tape import recorded, send_again
from abonent.interfaces.jobs.demo.accounts import CAST
from abonent.interfaces.jobs.demo.plans import PLANS
from abonent.interfaces.jobs.demo.town import Town, found_town

ACCOUNTS = 60  # of a town at most: it is the kinds that count
ASKED = 12  # accounts of a town
TIMES = 3
WHOLE = 10**MICRO
Call = Callable[[], object]


@dataclass(frozen=True)
class Asked:
    """An account whose meters have been read, with readings of the usual consumption."""

    supplier_id: int
    account_id: int
    values: dict[int, int]
    today: date
    billed: Period


def measure(accounts: int) -> dict[str, Any]:
    """Ask of accounts of every town in turn; ratio = a quote / its bare statements."""
    cases = [case for town in _towns(accounts) for case in _cases(town)]
    figures: dict[str, Any] = {"bench": "quote", "accounts": len(cases)}
    ratios = {}
    for name, call in (("quote", _quote), ("explanation", _explanation), ("ahead", _ahead)):
        ours, limit, statements = _compared([partial(call, case) for case in cases])
        figures |= {
            f"{name}_ms": round(ours * 1000, 1),
            f"{name}_limit_ms": round(limit * 1000, 1),
            f"{name}_statements": statements,
        }
        ratios[name] = round(ours / limit, 2)
    return figures | {"explanation_ratio": ratios["explanation"], "ratio": ratios["quote"]}


def _towns(accounts: int) -> Iterator[Town]:
    """Found a town of every preset with at most so many accounts."""
    count = min(max(accounts, len(CAST) + 1), ACCOUNTS)
    with TemporaryDirectory() as folder:
        for plan in PLANS:
            town = found_town(
                plan, seed=1, count=count, folder=Path(folder), now=clock.now(), tell=_silent
            )
            if town is not None:
                yield town


def _silent(_: str) -> None:
    """Say nothing: the progress of a bench is its result."""


def _cases(town: Town) -> Iterator[Asked]:
    """Yield accounts of a town whose meters have been read, spread over all of them."""
    today, last = town.year.today, town.year.last
    ids = account_ids(supplier_id=town.supplier_id)["account_id"].to_list()
    for account_id in ids[:: max(1, len(ids) // ASKED)]:
        meters = meters_for(
            supplier_id=town.supplier_id, account_id=account_id, month=Period.of(today)
        )
        values = {
            one.id: (one.state.last_value + (one.state.usual or WHOLE))
            % (10**meter.int_digits * WHOLE)
            // WHOLE
            * WHOLE
            for meter in meters
            for one in meter.registers
            if one.state.last_value is not None
        }
        case = Asked(town.supplier_id, account_id, values, today, last)
        if values and _answered(case):
            yield case


def _answered(case: Asked) -> bool:
    """Tell whether readings of the usual consumption are taken: a dial may stand in doubt."""
    try:
        _quote(case)
    except Refusal:
        return False
    return True


def _quote(case: Asked) -> object:
    return billing.quote_readings(
        supplier_id=case.supplier_id,
        account_id=case.account_id,
        values=case.values,
        taken_on=case.today,
        today=case.today,
    )


def _explanation(case: Asked) -> object:
    return bill_page(
        supplier_id=case.supplier_id,
        account_id=case.account_id,
        period=case.billed,
        today=case.today,
    )


def _ahead(case: Asked) -> object:
    return ahead(supplier_id=case.supplier_id, account_id=case.account_id, today=case.today)


def _compared(calls: Sequence[Call]) -> tuple[float, float, int]:
    """Return the median seconds of a call and of its statements, and how many it sends."""
    ours, limit, counts = [], [], []
    for call in calls:
        with recorded() as statements:
            call()
        counts.append(len(statements))
        ours.append(median(_seconds(call) for _ in range(TIMES)))
        limit.append(median(_seconds(partial(send_again, statements)) for _ in range(TIMES)))
    return median(ours), median(limit), int(median(counts))


def _seconds(call: Call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
