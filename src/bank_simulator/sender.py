"""One call to a shop with a notification, with patience of its own and no redirects."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

PATIENCE = 10
"""Seconds the bank waits for the shop's answer."""

LARGEST_ANSWER = 65536


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notification as its protocol carries it."""

    url: str
    body: bytes = b""
    method: str = "POST"
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the shop answered; ``status`` is empty when it did not."""

    status: int | None
    body: bytes
    problem: str


def send(outgoing: Outgoing, *, sends_from: str = "") -> Reply:
    """Send the notification to the shop; every failure is a reply, never an exception."""
    parts = urlsplit(outgoing.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Reply(None, b"", "The address of the shop is not an http address.")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    source = (sends_from, 0) if sends_from else None
    try:
        connection = kind(parts.hostname, parts.port, timeout=PATIENCE, source_address=source)
    except ValueError as problem:
        return Reply(None, b"", str(problem))
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": outgoing.content_type, "User-Agent": "BankSimulator"}
        connection.request(outgoing.method, path, outgoing.body or None, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(LARGEST_ANSWER), "")
    except (OSError, HTTPException, ValueError) as problem:
        return Reply(None, b"", f"{type(problem).__name__}: {problem}"[:200])
    finally:
        connection.close()
