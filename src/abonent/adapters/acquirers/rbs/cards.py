"""Cards that the engine keeps for a shop, under one client's name each (PROTOCOLS 3.2)."""

import time

from abonent.adapters.acquirers.rbs import messages
from abonent.adapters.acquirers.rbs.asking import CHANNEL, ask, code_of
from abonent.adapters.acquirers.shops import shop_of
from abonent.domain.payments.ports import Exchange

_NO_SHOP = Exchange(question="", problem="no shop")


class RbsCards:
    """The port of ``payments`` over the bindings of a client."""

    def forget(self, keeper: str, *, supplier_code: str, seconds: float) -> Exchange | None:
        """Undo every binding of the client; who has none has none to undo."""
        shop, until = shop_of(CHANNEL, supplier_code), time.monotonic() + seconds
        if shop is None:
            return _NO_SHOP
        reply = ask(shop, "getBindings", {"clientId": keeper}, until=until)
        code = code_of(reply)
        if code == messages.NO_BINDING:
            return None
        found = messages.bindings(reply.body or {}) if code == messages.GOOD else None
        if found is None:
            return reply.exchange
        for binding in found:
            reply = ask(shop, "unBindCard", {"bindingId": binding}, until=until)
            if code_of(reply) not in {messages.GOOD, messages.NO_BINDING}:
                return reply.exchange
        return None
