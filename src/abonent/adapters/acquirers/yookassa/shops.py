"""Which shop at YooKassa belongs to which supplier."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Shop:
    """A shop's number and secret key; the secret never shows in a log."""

    number: str
    secret: str = field(repr=False)


def shop_of(supplier_code: str) -> Shop | None:
    """Return the supplier's shop, or None when it has none.

    From ABONENT_YOOKASSA_SHOPS or the file that ABONENT_YOOKASSA_SHOPS_FILE names, both
    ``{"code": "number:secret"}``; in the demo from the bank simulator's own list.
    """
    text = settings.YOOKASSA_SHOPS
    if not text and settings.YOOKASSA_SHOPS_FILE:
        text = Path(settings.YOOKASSA_SHOPS_FILE).read_text()
    if text:
        number, _, secret = str(json.loads(text).get(supplier_code, "")).partition(":")
        return Shop(number, secret) if number and secret else None
    return _demo_shop(supplier_code) if settings.DEMO else None


def _demo_shop(supplier_code: str) -> Shop | None:
    """Read a line ``NUMBER:SECRET:/api/callbacks/yookassa/CODE/`` of the demo's list."""
    try:
        lines = settings.DEMO_SHOPS.read_text().split()
    except FileNotFoundError:
        return None
    for line in lines:
        number, secret, hook = line.split(":", 2)
        if hook.rstrip("/").rpartition("/")[2] == supplier_code:
            return Shop(number, secret)
    return None
