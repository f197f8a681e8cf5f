"""Faults of the wire, ordered in advance: each exact about the change of state.

``before``: the bank has heard nothing, so nothing happened. ``after``: the bank did it and
committed, and only the answer suffers. Between the two lies the whole trouble of payments.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING

from bank_simulator.web import Answer, Breakage

if TYPE_CHECKING:
    from threading import Event as ThreadEvent

    from bank_simulator.web import Request

WHERE = ("before", "after")
SECONDS = {"timeout": 60.0, "slow": 5.0}
"""How long by default, in real seconds: the client's own patience is what is tried."""

HTML_502 = (
    b"<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
RETRY_AFTER_MS = 1000


@dataclass(slots=True)
class Fault:
    """Spoils the next ``count`` requests whose method and path match."""

    where: str
    kind: str
    method: str = "*"
    path: str = "*"
    count: int = 1
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse words nobody knows: a fault that never fires makes a test that cannot fail."""
        if self.where not in WHERE:
            message = f"where is one of {', '.join(WHERE)}"
            raise ValueError(message)
        if self.kind not in SPOILS:
            message = f"kind is one of {', '.join(SPOILS)}"
            raise ValueError(message)
        if self.kind == "429" and self.where == "after":
            message = "429 promises that nothing was done, so it can only come before."
            raise ValueError(message)
        if self.count < 1:
            message = "count is at least 1"
            raise ValueError(message)

    def matches(self, request: Request) -> bool:
        """Tell whether it is meant for this request; ``*`` in the path matches anything."""
        return self.method in ("*", request.method) and fnmatchcase(request.path, self.path)

    @property
    def pause(self) -> float:
        """Return the real seconds of waiting."""
        return SECONDS.get(self.kind, 0.0) if self.seconds is None else self.seconds

    def spoil(self, honest: Answer) -> Answer:
        """Return what the client gets in place of the honest answer."""
        return SPOILS[self.kind](honest, self.pause)


def _bad_gzip(honest: Answer, _pause: float) -> Answer:
    """Return a body that begins like gzip and cannot be unpacked."""
    head = gzip.compress(honest.body, mtime=0)[:10]
    # Three ones begin a block of a type that does not exist.
    body = head + b"\x07" * 16
    return replace(honest, body=body, headers=(*honest.headers, ("Content-Encoding", "gzip")))


def _error(status: int, code: str) -> Answer:
    """Return an error no protocol computed, in the shape common to JSON gateways."""
    body = {"type": "error", "code": code, "description": "Ordered by the test."}
    if code == "too_many_requests":
        return Answer.of_json(body | {"retry_after": RETRY_AFTER_MS}, status=status)
    return Answer.of_json(body, status=status)


SPOILS: dict[str, Callable[[Answer, float], Answer]] = {
    "timeout": lambda honest, pause: replace(honest, breakage=Breakage.SILENCE, wait=pause),
    "reset": lambda honest, _: replace(honest, breakage=Breakage.RESET),
    "500": lambda _honest, _: _error(500, "internal_server_error"),
    "502html": lambda _honest, _: Answer(502, HTML_502, "text/html"),
    "429": lambda _honest, _: _error(429, "too_many_requests"),
    "slow": lambda honest, _: honest,
    "truncate": lambda honest, _: replace(honest, breakage=Breakage.HALF),
    "garbage": lambda honest, _: replace(honest, body=b'{"id": \xff\x00 <!'),
    "badgzip": _bad_gzip,
    "wrong_type": lambda honest, _: replace(honest, content_type="text/html; charset=utf-8"),
}
"""Kind → what it makes of an answer. ``slow`` is a matter of time, not of the answer."""

NOT_HEARD = _error(200, "internal_server_error")
"""What a fault spoils when it strikes before the bank has heard the question."""


class Faults:
    """The faults ordered and not used up yet. They live in memory: a restart clears them."""

    def __init__(self, stopping: ThreadEvent) -> None:
        self._stopping = stopping
        self._lock = Lock()
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Spoil the coming requests that match."""
        with self._lock:
            self._ordered.append(fault)

    def left(self) -> list[Fault]:
        """Return the faults that have not struck out yet."""
        with self._lock:
            return [replace(fault) for fault in self._ordered]

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._ordered.clear()

    def through(self, request: Request, answer: Callable[[Request], Answer]) -> Answer:
        """Answer the request, or spoil it if a fault is due."""
        fault = self._take(request)
        if fault is None:
            return answer(request)
        if fault.kind == "slow":
            return self._slowly(fault, request, answer)
        return fault.spoil(answer(request) if fault.where == "after" else NOT_HEARD)

    def _slowly(
        self, fault: Fault, request: Request, answer: Callable[[Request], Answer]
    ) -> Answer:
        if fault.where == "before":
            self._stopping.wait(fault.pause)
        honest = answer(request)
        if fault.where == "after":
            self._stopping.wait(fault.pause)
        return honest

    def _take(self, request: Request) -> Fault | None:
        with self._lock:
            for fault in self._ordered:
                if fault.matches(request):
                    fault.count -= 1
                    if fault.count == 0:
                        self._ordered.remove(fault)
                    return fault
        return None
