"""One HTTP call to a bank: its own time limits, no retries, no redirects, everything masked."""

import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import quote_plus

import httpx
from django.conf import settings

from abonent.domain.payments.ports import Exchange

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
LARGEST_ANSWER = 1_000_000
_KEPT = 16_000
_CARD = re.compile(r"(?<!\d)(\d{6})\d{3,9}(\d{4})(?!\d)")
_SECRETS = re.compile(
    r'("(?:payment_token|payment_method_id|RebillId|bindingId|cvc|csc|card_number|number|Token'
    r'|Password|password|token)"\s*:\s*)"[^"]*"'
)
# Under this name stands the answer of a question that may be answered by an array.
ARRAY = "array"


@dataclass(frozen=True)
class Question:
    """What is sent. ``secrets`` are hidden wherever they stand in what is kept of it."""

    method: str
    base: str
    path: str
    content: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    asked: Mapping[str, str] | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    array: bool = False


@dataclass(frozen=True)
class Reply:
    """What came back: a status with a JSON object, or nothing that can be trusted."""

    status: int | None
    body: dict[str, Any] | None
    exchange: Exchange


@dataclass(frozen=True)
class _Raw:
    status: int
    content: bytes


def call(question: Question, *, seconds: float) -> Reply:
    """Put one question to the bank and return within the seconds given, whatever happens."""
    started = time.monotonic()
    outcome: SimpleQueue[_Raw | Exception] = SimpleQueue()

    def carry() -> None:
        try:
            outcome.put(_send(question, seconds))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            outcome.put(
                error if not isinstance(error, httpx.InvalidURL) else ValueError(str(error))
            )

    # A thread of its own: httpx limits each read, not the whole call, and a bank that
    # drips a byte now and then would otherwise hold the caller for ever.
    Thread(target=carry, daemon=True).start()
    try:
        raw: _Raw | Exception = outcome.get(timeout=max(seconds, 0))
    except Empty:
        raw = TimeoutError(f"no whole answer in {seconds:.0f} s")
    spent = round((time.monotonic() - started) * 1000)
    title, request = f"{question.method} {question.path}", _hidden(question, question.content)
    if isinstance(raw, Exception):
        exchange = Exchange(title, request, problem=type(raw).__name__, milliseconds=spent)
        return Reply(None, None, exchange)
    parsed, problem = _parsed(raw, array=question.array)
    text = raw.content[:_KEPT].decode("utf-8", "replace").replace("\x00", "�")
    exchange = Exchange(title, request, raw.status, _hidden(question, text), problem, spent)
    return Reply(raw.status, parsed, exchange)


def masked(text: str) -> str:
    """Hide card numbers and secrets in what is kept."""
    return _SECRETS.sub(r'\1"…"', _CARD.sub(r"\1…\2", text))


def _hidden(question: Question, text: str) -> str:
    """Mask a text and take the shop's own secrets out of it, however they are written."""
    for secret in question.secrets:
        for written in (secret, quote_plus(secret), json.dumps(secret)[1:-1]):
            text = text.replace(written, "…")
    return masked(text)


@cache
def _tls(authorities: str) -> ssl.SSLContext:
    """Return the rules of TLS: certificates are checked; read from disk once.

    ``authorities`` names a file with authorities that the system does not know yet, such as
    the Ministry's root, to which the banks are moving (PROTOCOLS 2.1).
    """
    context = httpx.create_ssl_context()
    if authorities:
        context.load_verify_locations(authorities)
    return context


def _send(question: Question, seconds: float) -> _Raw:
    limits = httpx.Timeout(
        min(READ_SECONDS, seconds), connect=min(CONNECT_SECONDS, seconds), pool=None
    )
    with (
        httpx.Client(
            auth=question.auth,
            verify=_tls(settings.PAYMENT_AUTHORITIES),
            timeout=limits,
            follow_redirects=False,
            trust_env=False,
        ) as client,
        client.stream(
            question.method,
            question.base + question.path,
            content=question.content.encode() if question.content else None,
            headers={
                "Content-Type": question.content_type,
                "Accept-Encoding": "identity",
                **question.headers,
            },
            params=question.asked,
        ) as response,
    ):
        content = b""
        for block in response.iter_bytes():
            content += block
            if len(content) > LARGEST_ANSWER:
                raise ValueError("the answer is too long")
        return _Raw(response.status_code, content)


def _parsed(raw: _Raw, *, array: bool) -> tuple[dict[str, Any] | None, str]:
    """Return the JSON object of an answer, or what is wrong with it."""
    try:
        found = json.loads(raw.content, parse_float=str)
    except (ValueError, RecursionError):
        return None, "not JSON"
    if isinstance(found, list) and array:
        return {ARRAY: found}, ""
    return (found, "") if isinstance(found, dict) else (None, "not an object")
