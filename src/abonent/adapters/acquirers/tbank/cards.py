"""Cards that the bank keeps for a terminal, under one customer's name each (PROTOCOLS 2.4)."""

import time
from collections.abc import Mapping
from typing import Any

from abonent.adapters.acquirers.shops import Shop, shop_of
from abonent.adapters.acquirers.tbank import messages
from abonent.adapters.acquirers.tbank.asking import CHANNEL, code_of, post
from abonent.adapters.acquirers.wire import ARRAY, Reply
from abonent.domain.payments.ports import Exchange, Kept

_NO_SHOP = Exchange(question="", problem="no shop")


class TBankCards:
    """The port of ``payments`` over the list of a customer's cards."""

    def forget(self, keeper: str, *, supplier_code: str, seconds: float) -> Exchange | None:
        """Strike out every card of the customer; who has none has none to strike out."""
        shop, until = shop_of(CHANNEL, supplier_code), time.monotonic() + seconds
        if shop is None:
            return _NO_SHOP
        reply = _listed(shop, keeper, until=until)
        cards = _cards(reply)
        if cards is None:
            return reply.exchange
        for card in cards:
            fields = {"CardId": str(card.get("CardId", "")), "CustomerKey": keeper}
            reply = post(shop, "RemoveCard", fields, until=until)
            if code_of(reply) != "0":
                return reply.exchange
        return None


def kept_card(shop: Shop, keeper: str, *, until: float) -> Kept | None:
    """Return the card that a payment has left with the bank; None when it left none.

    A notice tells it too, but anybody may have sent a notice: so the bank is asked.
    """
    found = [messages.read_kept(card) for card in _cards(_listed(shop, keeper, until=until)) or []]
    return next((one for one in found if one is not None), None)


def _listed(shop: Shop, keeper: str, *, until: float) -> Reply:
    return post(shop, messages.LISTS_CARDS, {"CustomerKey": keeper}, until=until)


def _cards(reply: Reply) -> list[Mapping[str, Any]] | None:
    """Return the cards of a readable list, None when it cannot be read."""
    found = (reply.body or {}).get(ARRAY)
    if not isinstance(found, list):
        return None
    return [one for one in found if isinstance(one, dict) and one.get("Status") != "D"]
