"""Fixtures of the simulator's tests."""

from contextlib import ExitStack

import pytest
from bank_world import MORNING, OTHER_SECRET, OTHER_SHOP, SECRET, SHOP, Merchant, ShopSite

from bank_simulator import Shop, Simulator


@pytest.fixture
def site():
    site = ShopSite()
    yield site
    site.stop()


@pytest.fixture
def bank(site):
    shops = [Shop(SHOP, SECRET, site.url), Shop(OTHER_SHOP, OTHER_SECRET, site.url)]
    with Simulator(seed=7, shops=shops, starts_at=MORNING) as bank:
        yield bank


@pytest.fixture
def merchant_at():
    """Give a function that makes a client of any bank, closed when the test is over."""
    with ExitStack() as stack:

        def make(url, shop=SHOP, secret=SECRET):
            merchant = Merchant(url, shop, secret)
            stack.callback(merchant.close)
            return merchant

        yield make


@pytest.fixture
def merchant(bank, merchant_at):
    return merchant_at(bank.url)


@pytest.fixture
def other_merchant(bank, merchant_at):
    return merchant_at(bank.url, OTHER_SHOP, OTHER_SECRET)
