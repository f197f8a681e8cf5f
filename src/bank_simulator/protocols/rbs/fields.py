"""Reading of a request in either style, with the engine's limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from bank_simulator.protocols.desk import ApiError
from bank_simulator.protocols.rbs.errors import WRONG_CURRENCY, WRONG_FIELD
from bank_simulator.protocols.rbs.receipts import read_cart
from bank_simulator.web import NotReadable

if TYPE_CHECKING:
    from collections.abc import Collection

    from bank_simulator.records import Json
    from bank_simulator.web import Request

OLD_PREFIX, NEW_PREFIX = "/payment/rest/", "/ecomm/gw/partner/api/v1/"
ROUBLES = ("643", "810")
USUAL_LIFE = timedelta(minutes=20)
LONGEST = 9 * 24 * 3600
LOGIN = ("userName", "password", "token")
REGISTER = (
    *LOGIN, "orderNumber", "amount", "currency", "returnUrl", "failUrl", "description", "language",
    "clientId", "bindingId", "sessionTimeoutSecs", "expirationDate", "jsonParams", "orderBundle",
    "features", "dynamicCallbackUrl", "email", "phone", "pageView", "taxSystem",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """A checked request for an order."""

    number: str
    amount: int
    title: str
    return_url: str
    fail_url: str
    life: timedelta
    params: Json
    keeper: str
    receipt: Json


def read_body(request: Request) -> Json:
    """Return the fields: a form at the old address, JSON at the new one."""
    wanted = "application/x-www-form-urlencoded"
    old = request.path.startswith(OLD_PREFIX)
    given = request.header("Content-Type").split(";")[0]
    if given != (wanted if old else "application/json"):
        raise ApiError(WRONG_FIELD, "This address reads another kind of body.")
    try:
        return dict(request.form()) if old else request.json()
    except NotReadable as problem:
        raise ApiError(WRONG_FIELD, str(problem)) from problem


def read_order(body: Json) -> OrderAsked:
    """Return the order asked for, or refuse the first field that is wrong."""
    only(body, REGISTER)
    if text(body, "currency", most=3, default="643") not in ROUBLES:
        raise ApiError(WRONG_CURRENCY, "Only roubles are served.")
    return_url = address(body, "returnUrl")
    seconds = whole(body.get("sessionTimeoutSecs", int(USUAL_LIFE.total_seconds())), "session")
    if not 1 <= seconds <= LONGEST:
        raise ApiError(WRONG_FIELD, "sessionTimeoutSecs: up to nine days.")
    return OrderAsked(
        number=text(body, "orderNumber", most=32),
        amount=kopecks(body),
        title=text(body, "description", most=512, default=""),
        return_url=return_url,
        fail_url=address(body, "failUrl") if "failUrl" in body else return_url,
        life=timedelta(seconds=seconds),
        params=_params(body.get("jsonParams", {})),
        keeper=text(body, "clientId", most=255, default=""),
        receipt=read_cart(body, amount=kopecks(body)),
    )


def only(body: Json, known: Collection[str]) -> None:
    """Refuse fields the engine does not know, so that a misspelt one does not pass."""
    for name in body:
        if name not in known:
            raise ApiError(WRONG_FIELD, f"Unknown field {name}.")


def text(body: Json, name: str, *, most: int, default: str | None = None) -> str:
    """Return a string; obligatory unless it has a default."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or (default is None and not value):
        raise ApiError(WRONG_FIELD, f"{name}: a string of at most {most} characters.")
    return value


def whole(value: object, name: str) -> int:
    """Return a whole number, written as one or as digits."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}", str(value)):
        raise ApiError(WRONG_FIELD, f"{name}: digits.")
    return int(str(value))


def kopecks(body: Json) -> int:
    """Return the sum in kopecks."""
    amount = whole(body.get("amount", ""), "amount")
    if amount == 0:
        raise ApiError(WRONG_FIELD, "amount: more than nothing.")
    return amount


def address(body: Json, name: str) -> str:
    """Return an address of the web."""
    value = text(body, name, most=512)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiError(WRONG_FIELD, f"{name}: an address with http or https.")
    return value


def with_order(url: str, order: str) -> str:
    """Return the address as the payer comes to it: the bank adds its own number."""
    parts = urlsplit(url)
    added = urlencode({"orderId": order, "lang": "ru"})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def _params(given: object) -> Json:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as problem:
            raise ApiError(WRONG_FIELD, "jsonParams: JSON.") from problem
    if not isinstance(given, dict):
        raise ApiError(WRONG_FIELD, "jsonParams: an object.")
    return given
