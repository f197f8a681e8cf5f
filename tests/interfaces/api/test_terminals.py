"""A network of terminals that misbehaves, over real HTTP: its truth is what the ledger holds."""

from datetime import datetime

import pytest
from django.db import OperationalError

from abonent.domain.ledger import queries as ledger
from abonent.domain.payments.operations import accepting
from agents import PASSWORD, USER
from bank_simulator.terminals import EPS, OSMP, Terminals
from paying import CODE

pytestmark = pytest.mark.django_db(transaction=True)
FLAT, DACHA = "0010012345", "0010012346"


@pytest.fixture
def network(world, agents_file, live_server):
    """Return a way to open a network at a channel of ours."""
    # The payer's day is today by the real clock: the server of the test has no other.
    at = datetime.now().astimezone()

    def opened(channel, words):
        address = f"{live_server.url}/api/agents/{CODE}/{channel}/"
        made = Terminals(address, words, seed=7, user=USER, password=PASSWORD)
        made.put = lambda amount, account=FLAT: made.put_in(account, amount, at)
        return made

    return opened


def credited(channel):
    frame = ledger.clearing_frame().filter(ledger.clearing_frame()["channel"] == channel)
    return {
        key.rpartition(":")[2]: amount for key, amount in frame.select("key", "amount").iter_rows()
    }


@pytest.mark.parametrize(("channel", "words"), [("osmp", OSMP), ("sber", EPS)])
def test_what_people_put_in_is_what_is_credited(world, network, channel, words, monkeypatch):
    crowd = network(channel, words)
    assert crowd.check(FLAT).code == "0"
    assert crowd.check("0010099999").code in {"5", "3"}
    crowd.pay_until_final(crowd.put(10_001))
    # It repeats what was answered, from one line and from many.
    twice = crowd.pay_until_final(crowd.put(20_002, DACHA))
    crowd.pay(twice)
    many = crowd.put(30_003)
    assert {reply.ours for reply in crowd.pay_at_once(many, 8)} == {many.ours} != {""}
    # The line is cut after our commit.
    cut = crowd.put(40_004)
    crowd.hang_up(cut)
    crowd.pay_until_final(cut)
    # Its own sum changes on the way.
    assert crowd.pay_otherwise(twice, amount=999_999).code == "300"
    assert crowd.pay_otherwise(twice, account=FLAT).code == "300"
    # Somebody has torn the bill.
    crowd.pay_until_final(crowd.put(50_005, "0010099999"))
    # We are broken for a while: nothing is final then.
    broken = crowd.put(60_006)
    with monkeypatch.context() as patched:
        patched.setattr(accepting, "credit_received", _fails)
        crowd.pay(broken)
        assert broken.outcome == "open"
    crowd.pay_until_final(broken)
    assert credited(channel) == crowd.taken()
    assert sum(crowd.taken().values()) == 210_021
    assert world.owes() == -(10_001 + 30_003 + 40_004 + 60_006)
    assert world.broken() == {}


def test_a_network_gives_money_back(world, network):
    crowd = network("telepay", OSMP)
    deal = crowd.pay_until_final(crowd.put(10_000))
    assert crowd.cancel(deal).code == "0"
    assert crowd.cancel(deal).code == "0"
    # A line that was slow tells of the payment once more.
    assert crowd.pay_otherwise(deal).ours == deal.ours
    early = crowd.put(20_000)
    assert crowd.cancel(early).code == "0"
    assert crowd.pay(early).code == "300"
    assert crowd.taken() == {}
    assert world.owes() == 0
    assert world.broken() == {}


def _fails(*_args, **_told):
    raise OperationalError("no connections left")
