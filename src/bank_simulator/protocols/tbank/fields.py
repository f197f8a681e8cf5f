"""Reading of the request's fields with the vendor's limits, and the signature of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bank_simulator.clock import from_text
from bank_simulator.protocols.desk import ApiError
from bank_simulator.protocols.tbank.errors import TOO_SMALL, WRONG_FIELD, WRONG_INITIATOR
from bank_simulator.protocols.tbank.receipts import read_receipt

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bank_simulator.records import Json

LEAST, DIGITS = 100, 10
INITIATOR = "OperationInitiatorType"
# A kept card is charged: the payer asked for it, or the shop by his mandate.
BY_KEPT_CARD = frozenset({"2", "R", "I"})
USUAL_LIFE = timedelta(hours=24)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=90)
INIT = (
    "TerminalKey", "Token", "Amount", "OrderId", "Description", "CustomerKey", "Recurrent",
    "PayType", "Language", "NotificationURL", "SuccessURL", "FailURL", "RedirectDueDate", "DATA",
    "Receipt", "Shops", "IP",
)  # fmt: skip


def token_of(body: Json, password: str) -> str:
    """Return the token: values of the first level and the password, in order of the names."""
    flat = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in body.items()
        if name != "Token" and isinstance(value, str | int | float)
    }
    flat["Password"] = password
    return sha256("".join(flat[name] for name in sorted(flat)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class InitAsked:
    """A checked request for a payment."""

    amount: int
    order: str
    steps: int
    title: str
    success_url: str
    fail_url: str
    life: timedelta
    keeps_card: bool
    keeper: str
    data: dict[str, str]
    receipt: Json


def read_init(body: Json, *, now: datetime) -> InitAsked:
    """Return the payment asked for, or refuse the first field that is wrong."""
    only(body, INIT)
    recurrent = text(body, "Recurrent", most=1, default="")
    if recurrent and (recurrent != "Y" or not body.get("CustomerKey")):
        raise ApiError(WRONG_FIELD, "Recurrent is Y and needs CustomerKey.")
    kind = text(body, "PayType", most=1, default="O")
    if kind not in ("O", "T"):
        raise ApiError(WRONG_FIELD, "PayType is O or T.")
    success = address(body, "SuccessURL")
    return InitAsked(
        amount=kopecks(body),
        order=text(body, "OrderId", most=36),
        steps=1 if kind == "O" else 2,
        title=text(body, "Description", most=140, default=""),
        success_url=success,
        fail_url=address(body, "FailURL") if "FailURL" in body else success,
        life=_life(body, now=now),
        keeps_card=bool(recurrent),
        keeper=text(body, "CustomerKey", most=36, default=""),
        data=_initiated(_pairs(body), keeps_card=bool(recurrent)),
        receipt=read_receipt(body, amount=kopecks(body)),
    )


def _initiated(data: dict[str, str], *, keeps_card: bool) -> dict[str, str]:
    """Refuse a type of initiator that does not go with ``Recurrent``."""
    if (data.get(INITIATOR) == "1") != keeps_card and INITIATOR in data:
        raise ApiError(WRONG_INITIATOR, f"{INITIATOR} and Recurrent do not go together.")
    return data


def only(body: Json, known: Collection[str]) -> None:
    """Refuse fields the vendor does not know, so that a misspelt one does not pass."""
    for name in body:
        if name not in known:
            raise ApiError(WRONG_FIELD, f"Unknown field {name}.")


def text(body: Json, name: str, *, most: int, default: str | None = None) -> str:
    """Return a string; obligatory unless it has a default."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or (default is None and not value):
        raise ApiError(WRONG_FIELD, f"{name}: a string of at most {most} characters.")
    return value


def kopecks(body: Json) -> int:
    """Return the sum: a whole number of kopecks of at most ten digits."""
    value = body.get("Amount")
    if isinstance(value, bool) or not isinstance(value, int) or len(str(value)) > DIGITS:
        raise ApiError(WRONG_FIELD, f"Amount: a whole number of at most {DIGITS} digits.")
    if value < LEAST:
        raise ApiError(TOO_SMALL, "Amount: at least 100 kopecks.")
    return value


def identifier(body: Json) -> str:
    """Return the number of a payment, which comes as a text or as a number."""
    value = body.get("PaymentId")
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).isdecimal():
        raise ApiError(WRONG_FIELD, "PaymentId: digits.")
    return str(value)


def address(body: Json, name: str) -> str:
    """Return an address of the web."""
    value = text(body, name, most=2048)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiError(WRONG_FIELD, f"{name}: an address with http or https.")
    return value


def _life(body: Json, *, now: datetime) -> timedelta:
    if "RedirectDueDate" not in body:
        return USUAL_LIFE
    try:
        life = from_text(text(body, "RedirectDueDate", most=40)) - now
    except ValueError as problem:
        raise ApiError(WRONG_FIELD, "RedirectDueDate: ISO 8601 with an offset.") from problem
    if not SHORTEST <= life <= LONGEST:
        raise ApiError(WRONG_FIELD, "RedirectDueDate: from a minute to 90 days ahead.")
    return life


def _pairs(body: Json) -> dict[str, str]:
    data = body.get("DATA", {})
    fits = isinstance(data, dict) and len(data) <= 20  # noqa: PLR2004  (the vendor's limit)
    if not fits or not isinstance(data, dict):
        raise ApiError(WRONG_FIELD, "DATA: at most 20 pairs.")
    for name, value in data.items():
        too_long = len(name) > 20 and name != INITIATOR  # noqa: PLR2004  (the vendor's limit, but for its own)
        if too_long or not isinstance(value, str) or len(value) > 100:  # noqa: PLR2004  (the same)
            raise ApiError(WRONG_FIELD, "DATA: names up to 20, values up to 100 characters.")
    return dict(data)
