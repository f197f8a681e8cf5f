"""Benches: the hot path and its limit in the same run, in a scratch database."""

from collections.abc import Callable
from typing import Any

from abonent.interfaces.jobs.bench import billing, readings

KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "billing": billing.measure,
    "readings": readings.measure,
}
