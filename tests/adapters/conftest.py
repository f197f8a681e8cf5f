"""The cast of these tests."""

import pytest

from banks import KINDS, counter
from paying import bank, world

__all__ = ["at_bank", "bank", "world"]


@pytest.fixture(params=sorted(KINDS))
def at_bank(request, settings):
    """Let each acquirer's bank stand in turn."""
    with counter(KINDS[request.param], settings) as opened:
        yield opened
