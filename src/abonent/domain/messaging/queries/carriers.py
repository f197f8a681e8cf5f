"""Which ways out of the house there are."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from abonent.domain.messaging.ports import Carrier
from abonent.domain.messaging.rules import Channel


def carrier_of(channel: str) -> Carrier | None:
    """Return the first configured carrier that takes the channel, None where none does."""
    carriers = _carriers(tuple(settings.CARRIERS.values()))
    return next((one for one in carriers if one.takes(channel)), None)


def carried_channels() -> list[Channel]:
    """Return the channels by which a message can leave this installation."""
    return [one for one in Channel if carrier_of(one) is not None]


@cache
def _carriers(names: Iterable[str]) -> list[Carrier]:
    """Return the carriers that the settings name, made once."""
    return [import_string(name)() for name in names]
