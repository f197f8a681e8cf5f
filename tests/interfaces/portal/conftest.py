"""The cast of these tests: Anna's flat on the 23rd of November, its owner's browser, a bank."""

import json

import pytest
import time_machine
from django.test import Client

from abonent.domain.metering.models import Register
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator
from bills import Household
from cabinets import owner_of
from flat import NOVEMBER_23, flat
from paying import SECRET, SHOP, Bank


@pytest.fixture
def home(db: None):
    with time_machine.travel(NOVEMBER_23, tick=False):
        yield flat()


@pytest.fixture
def registers(home: tuple[Household, dict[tuple[str, str], Register]]):
    return home[1]


@pytest.fixture
def owner(home: tuple[Household, dict[tuple[str, str], Register]]) -> Client:
    return owner_of(home[0])


@pytest.fixture
def bank(settings):
    """Let a bank stand that takes money for the flat's supplier from the same moment on."""
    with Simulator(seed=7, shops=[Shop(SHOP, SECRET)], starts_at=NOVEMBER_23) as simulator:
        settings.YOOKASSA_URL = f"{simulator.url}/v3"
        # A form's redirect to the bank obeys the policy too.
        rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": rules | {"form-action": [*rules["form-action"], simulator.url]}
        }
        settings.YOOKASSA_SHOPS = json.dumps({"demo": f"{SHOP}:{SECRET}"})
        yield Bank(simulator)
