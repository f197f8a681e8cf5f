"""One question to the engine, and what can be said of its answer at once."""

import time
from typing import Any

from django.conf import settings

from abonent.adapters.acquirers.rbs import messages
from abonent.adapters.acquirers.shops import Shop, taking_shop
from abonent.adapters.acquirers.wire import Question, Reply, call
from abonent.domain.payments.ports import Unknown

CHANNEL = "rbs"
OK = 200


def url_of(shop: Shop) -> str:
    """Return the address of the shop's engine: its own, or the one of this installation."""
    return shop.url or str(settings.RBS_URL)


def taking(supplier_code: str) -> Shop | None:
    """Return the supplier's shop if it may move money now."""
    return taking_shop(CHANNEL, supplier_code, is_test=lambda shop: messages.is_test(url_of(shop)))


def ask(shop: Shop, method: str, fields: dict[str, Any], *, until: float) -> Reply:
    """Put one question to the engine; the answer comes before the moment given."""
    content, content_type = messages.written(fields, shop, url_of(shop))
    asking = Question(
        "POST",
        url_of(shop),
        f"/{method}.do",
        content=content,
        content_type=content_type,
        secrets=shop.secrets,
    )
    return call(asking, seconds=until - time.monotonic())


def code_of(reply: Reply) -> str:
    """Return the bank's code, empty when the answer cannot be trusted at all."""
    if reply.status != OK or reply.body is None:
        return ""
    try:
        return messages.error_code(reply.body)
    except TypeError:
        return ""


def unknown(reply: Reply) -> Unknown:
    """Return what is said of an answer that says nothing."""
    why = reply.exchange.problem or code_of(reply)
    return Unknown(why=f"{reply.status or 'no answer'}: {why}", exchange=reply.exchange)
