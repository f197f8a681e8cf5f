"""Which shop at which acquirer belongs to which supplier: from the environment or a file."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from abonent.domain.payments.ports import Exchange, NotDone, test_money_is_allowed

NO_SHOP = NotDone(reason="no_shop", exchange=Exchange(question="", problem="no shop"))
FIELDS = ("number", "secret", "token", "notice_key", "user", "password", "url")


@dataclass(frozen=True)
class Shop:
    """A shop at an acquirer; nothing secret of it shows in a log.

    ``number`` is what the acquirer calls the shop (shop, terminal, login), ``secret`` its key
    or password. Only some acquirers know the rest: a ``token`` in place of both, the key of
    the notices' checksum, the ``user`` and ``password`` of its look-ups, an address of its own
    (another bank with the same engine).
    """

    number: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    notice_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    url: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be kept or logged."""
        kept = (self.secret, self.token, self.notice_key, self.password)
        return tuple(one for one in kept if one)


def shop_of(channel: str, supplier_code: str) -> Shop | None:
    """Return the supplier's shop at the acquirer, or None when it has none.

    From ABONENT_<CHANNEL>_SHOPS or the file that ABONENT_<CHANNEL>_SHOPS_FILE names, both
    ``{"code": "number:secret"}`` or ``{"code": {"number": …, "secret": …}}`` with the fields
    of ``Shop``; in the demo from the bank simulator's own list.
    """
    text = getattr(settings, f"{channel.upper()}_SHOPS")
    file = getattr(settings, f"{channel.upper()}_SHOPS_FILE")
    if not text and file:
        text = Path(file).read_text()
    if text:
        return _shop(json.loads(text).get(supplier_code))
    return _demo_shop(channel, supplier_code) if settings.DEMO else None


def taking_shop(
    channel: str, supplier_code: str, *, is_test: Callable[[Shop], bool]
) -> Shop | None:
    """Return the supplier's shop if it may move money now: no test one where money is real."""
    shop = shop_of(channel, supplier_code)
    if shop is None or (is_test(shop) and not test_money_is_allowed()):
        return None
    return shop


def _shop(given: Any) -> Shop | None:
    """Read an entry; one that is not whole is no shop."""
    if isinstance(given, str):
        number, _, secret = given.partition(":")
        return Shop(number, secret) if number and secret else None
    if not isinstance(given, dict) or not set(given) <= set(FIELDS):
        return None
    texts = {name: str(given.get(name, "")) for name in FIELDS}
    whole = texts["token"] or (texts["number"] and texts["secret"])
    return Shop(**texts) if whole else None


def _demo_shop(channel: str, supplier_code: str) -> Shop | None:
    """Read a line ``NUMBER:SECRET:HOOK`` of the demo's list; the hook names channel and supplier.

    The simulator signs its notices with the shop's own secret and knows no other login.
    """
    try:
        lines = settings.DEMO_SHOPS.read_text().split()
    except FileNotFoundError:
        return None
    for line in lines:
        number, secret, hook = line.split(":", 2)
        if sorted(hook.rstrip("/").split("/")[-2:]) == sorted((channel, supplier_code)):
            return Shop(number, secret, notice_key=secret, user=number, password=secret)
    return None
