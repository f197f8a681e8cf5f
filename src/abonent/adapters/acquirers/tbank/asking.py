"""One signed question to the bank, and what can be said of its answer at once."""

import time
from typing import Any

from django.conf import settings

from abonent.adapters.acquirers.shops import Shop, taking_shop
from abonent.adapters.acquirers.tbank import messages
from abonent.adapters.acquirers.wire import Question, Reply, call
from abonent.domain.payments.ports import Unknown

CHANNEL = "tbank"
OK = 200


def taking(supplier_code: str) -> Shop | None:
    """Return the supplier's shop if it may move money now."""
    return taking_shop(CHANNEL, supplier_code, is_test=lambda shop: messages.is_demo(shop.number))


def post(shop: Shop, method: str, fields: dict[str, Any], *, until: float) -> Reply:
    """Sign the fields and send them; the answer comes before the moment given."""
    asking = Question(
        "POST",
        shop.url or settings.TBANK_URL,
        f"/{method}",
        content=messages.signed(fields, shop),
        secrets=shop.secrets,
        array=method == messages.LISTS_CARDS,
    )
    return call(asking, seconds=until - time.monotonic())


def code_of(reply: Reply) -> str:
    """Return the bank's code, empty when the answer cannot be trusted at all."""
    if reply.status != OK or reply.body is None:
        return ""
    try:
        return messages.error_code(reply.body)
    except (TypeError, ValueError):
        return ""


def unknown(reply: Reply) -> Unknown:
    """Return what is said of an answer that says nothing."""
    why = reply.exchange.problem or str((reply.body or {}).get("ErrorCode", ""))
    return Unknown(why=f"{reply.status or 'no answer'}: {why}", exchange=reply.exchange)
