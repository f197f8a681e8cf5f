"""One HTTP call: its own time limits, no retries, no redirects, everything masked."""

import json
import re
import ssl
import time
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpx
from django.conf import settings

from abonent.adapters.acquirers.yookassa.shops import Shop
from abonent.domain.payments.ports import Exchange

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
LARGEST_ANSWER = 1_000_000
_KEPT = 16_000
_CARD = re.compile(r"(?<!\d)(\d{6})\d{3,9}(\d{4})(?!\d)")
_SECRETS = re.compile(r'("(?:payment_token|cvc|csc|card_number|number)"\s*:\s*)"[^"]*"')


@dataclass(frozen=True)
class Reply:
    """What came back: a status with a JSON object, or nothing that can be trusted."""

    status: int | None
    body: dict[str, Any] | None
    exchange: Exchange


@dataclass(frozen=True)
class _Question:
    method: str
    path: str
    text: str
    key: str
    asked: dict[str, str] | None


@dataclass(frozen=True)
class _Raw:
    status: int
    content: bytes


def call(
    shop: Shop,
    method: str,
    path: str,
    *,
    seconds: float,
    body: dict[str, Any] | None = None,
    key: str = "",
    asked: dict[str, str] | None = None,
) -> Reply:
    """Put one question to the API and return within the seconds given, whatever happens."""
    started = time.monotonic()
    request = json.dumps(body, ensure_ascii=False) if body is not None else ""
    asking = _Question(method, path, request, key, asked)
    outcome: SimpleQueue[_Raw | Exception] = SimpleQueue()

    def carry() -> None:
        try:
            outcome.put(_send(shop, asking, seconds))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            outcome.put(
                error if not isinstance(error, httpx.InvalidURL) else ValueError(str(error))
            )

    # A thread of its own: httpx limits each read, not the whole call, and a bank that
    # drips a byte now and then would otherwise hold the caller for ever.
    Thread(target=carry, daemon=True).start()
    try:
        raw: _Raw | Exception = outcome.get(timeout=seconds)
    except Empty:
        raw = TimeoutError(f"no whole answer in {seconds:.0f} s")
    spent = round((time.monotonic() - started) * 1000)
    question = f"{method} {path}"
    if isinstance(raw, Exception):
        exchange = Exchange(
            question=question,
            request=masked(request),
            problem=type(raw).__name__,
            milliseconds=spent,
        )
        return Reply(None, None, exchange)
    parsed, problem = _parsed(raw)
    text = raw.content[:_KEPT].decode("utf-8", "replace").replace("\x00", "�")
    return Reply(
        raw.status,
        parsed,
        Exchange(question, masked(request), raw.status, masked(text), problem, spent),
    )


def masked(text: str) -> str:
    """Hide card numbers and secrets in what is kept."""
    return _SECRETS.sub(r'\1"…"', _CARD.sub(r"\1…\2", text))


@cache
def _tls() -> ssl.SSLContext:
    """Return the rules of TLS: certificates are checked; read from disk once."""
    return httpx.create_ssl_context()


def _send(shop: Shop, asking: _Question, seconds: float) -> _Raw:
    limits = httpx.Timeout(
        min(READ_SECONDS, seconds), connect=min(CONNECT_SECONDS, seconds), pool=None
    )
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if asking.key:
        headers["Idempotence-Key"] = asking.key
    with (
        httpx.Client(
            auth=(shop.number, shop.secret),
            verify=_tls(),
            timeout=limits,
            follow_redirects=False,
            trust_env=False,
        ) as client,
        client.stream(
            asking.method,
            settings.YOOKASSA_URL + asking.path,
            content=asking.text.encode() if asking.text else None,
            headers=headers,
            params=asking.asked,
        ) as response,
    ):
        content = b""
        for block in response.iter_bytes():
            content += block
            if len(content) > LARGEST_ANSWER:
                raise ValueError("the answer is too long")
        return _Raw(response.status_code, content)


def _parsed(raw: _Raw) -> tuple[dict[str, Any] | None, str]:
    """Return the JSON object of an answer, or what is wrong with it."""
    try:
        found = json.loads(raw.content, parse_float=str)
    except (ValueError, RecursionError):
        return None, "not JSON"
    return (found, "") if isinstance(found, dict) else (None, "not an object")
