"""Benches: the hot path and its limit in the same run, in a scratch database."""

from collections.abc import Callable
from typing import Any

from abonent.interfaces.jobs.bench import (
    billing,
    imports,
    pages,
    payments,
    quote,
    readings,
    receipts,
    terminals,
)

KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "billing": billing.measure,
    "import": imports.measure,
    "pages": pages.measure,
    "payments": payments.measure,
    "quote": quote.measure,
    "readings": readings.measure,
    "receipts": receipts.measure,
    "terminals": terminals.measure,
}
