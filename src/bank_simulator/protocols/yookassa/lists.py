"""Lists of payments and refunds: filters, pages of up to 100, newest first."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bank_simulator.clock import to_text
from bank_simulator.protocols.yookassa.errors import invalid
from bank_simulator.protocols.yookassa.fields import moment
from bank_simulator.protocols.yookassa.objects import REFUND_STATUSES, STATUSES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from bank_simulator.store import Store, Value

MOST = 100
USUAL = 10
DEPTH = timedelta(days=3 * 365)
SIGNS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be listed, and by which fields it is filtered."""

    table: str
    moments: tuple[str, ...]
    statuses: Mapping[str, str]
    words: Mapping[str, str]
    """Parameter → column, for filters that compare for equality."""


PAYMENTS = Kind(
    table="operations",
    moments=("created_at", "captured_at"),
    statuses={str(word): str(state) for state, word in STATUSES.items()},
    words={},
)
REFUNDS = Kind(
    table="refunds",
    moments=("created_at",),
    statuses={str(word): str(state) for state, word in REFUND_STATUSES.items()},
    words={"payment_id": "operation"},
)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the cursor of the next one or nothing."""

    rows: list[sqlite3.Row]
    next_cursor: str


def read_page(store: Store, kind: Kind, *, shop: str, asked: dict[str, str], now: datetime) -> Page:
    """Return one page of the shop's own rows; an unknown filter is refused."""
    limit = _limit(asked.get("limit"))
    conditions = ["shop = :shop", "created_at >= :oldest"]
    values: dict[str, Value] = {"shop": shop, "oldest": to_text(now - DEPTH)}
    for name, text in asked.items():
        condition, value = _condition(kind, name, text)
        if condition:
            marked = f"value{len(values)}"
            conditions.append(condition.replace("?", f":{marked}"))
            values[marked] = value
    # The table and the columns come from the kinds above, values are bound.
    query = (
        f"SELECT * FROM {kind.table} WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT :most"
    )
    rows = store.rows(query, {"most": limit + 1, **values})
    if len(rows) <= limit:
        return Page(rows, "")
    return Page(rows[:limit], _cursor(rows[limit - 1]["seq"]))


def _condition(kind: Kind, name: str, text: str) -> tuple[str, Value]:
    """Return the condition of one parameter, with ``?`` where its value goes."""
    field, _, sign = name.partition(".")
    if field in kind.moments and sign in SIGNS:
        return f"{field} {SIGNS[sign]} ?", to_text(moment(text, parameter=name))
    if name == "status":
        if text not in kind.statuses:
            raise invalid("status", f"One of {', '.join(kind.statuses)} is expected.")
        return "state = ?", kind.statuses[text]
    if name == "payment_method" and kind is PAYMENTS:
        if text != "bank_card":
            raise invalid(name, "The test shop takes only bank_card.")
        return "card_last4 <> ?", ""
    if name in kind.words:
        return f"{kind.words[name]} = ?", text
    if name == "cursor":
        return "seq < ?", _place(text)
    if name == "limit":
        return "", None
    raise invalid(name, "Unknown filter.")


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise invalid("limit", f"A number from 1 to {MOST} is expected.")
    return int(text)


def _cursor(seq: int) -> str:
    return base64.urlsafe_b64encode(f"after:{seq}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return int(plain.removeprefix("after:"))
    except ValueError as problem:
        raise invalid("cursor", "This cursor was not given by the list.") from problem
