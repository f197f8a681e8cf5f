"""kill -9 while an autopayment charges: one charge at most, and the person knows how it ended."""

from datetime import timedelta

import pytest
from killable import kill_at

from abonent.domain.messaging import operations as messaging
from abonent.domain.payments import operations
from abonent.domain.payments.models import AutopayTurn
from abonent.domain.payments.rules.autopay import TurnState
from banks import KINDS, counter
from mandates import ADDRESSES, OCTOBER, bill, bind, charged, letters, mandate, passes
from paying import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DUE = NOW + timedelta(hours=26)
# Where the bank had opened an order and was never asked to charge it, nothing is charged later.
NOT_CHARGED = {("tbank", "autopay.init"), ("rbs", "autopay.init")}
POINTS = [
    ("yookassa", "autopay.chosen"), ("yookassa", "autopay.row"), ("yookassa", "autopay.charge"),
    ("yookassa", "worker.posted"), ("yookassa", "autopay.answer"), ("tbank", "autopay.init"),
    ("tbank", "autopay.charge"), ("rbs", "autopay.init"), ("rbs", "autopay.charge"),
]  # fmt: skip


def announced(world, at_bank):
    """Let the bill of October be out and told of."""
    card = bind(world, at_bank)
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(at_bank, NOW)
    assert AutopayTurn.objects.get().state == TurnState.ANNOUNCED


def rounds(at_bank, *minutes):
    """Let the janitor and the round of autopayments go on."""
    for minute in minutes:
        moment = at_bank.at(DUE + timedelta(minutes=minute))
        operations.settle_awaiting(now=moment)
        operations.run_autopays(addresses=ADDRESSES, now=moment)
        messaging.send_due(now=moment)


@pytest.mark.parametrize(("channel", "point"), POINTS)
def test_killed_while_a_bill_is_charged(world, settings, channel, point):
    with counter(KINDS[channel], settings) as at_bank:
        announced(world, at_bank)
        at_bank.at(DUE)
        kill_at(point, at_bank, "run_autopays", addresses=ADDRESSES, now=DUE)
        rounds(at_bank, 2, 5, 8, 20, 40, 80, 140)
        taken = [one["amount"] for one in at_bank.operations("captured")]
        turn = AutopayTurn.objects.get()
        if (channel, point) in NOT_CHARGED:
            assert (taken, charged(world), turn.state) == ([10_000], [], TurnState.FAILED)
            assert letters("autopay_not_made")
        else:
            assert sorted(taken) == [10_000, 110_000]
            assert (charged(world), turn.state) == ([110_000], TurnState.PAID)
            assert world.owes() == 0
    assert world.broken() == {}


def test_two_kills_in_a_row(world, settings):
    with counter(KINDS["yookassa"], settings) as at_bank:
        announced(world, at_bank)
        at_bank.at(DUE)
        kill_at("autopay.row", at_bank, "run_autopays", addresses=ADDRESSES, now=DUE)
        later = at_bank.at(DUE + timedelta(minutes=3))
        operations.settle_awaiting(now=later)
        # The payment never left, so the turn is weighed once more, and that round dies too.
        kill_at("autopay.charge", at_bank, "run_autopays", addresses=ADDRESSES, now=later)
        rounds(at_bank, 5, 8, 20, 40)
        assert charged(world) == [110_000]
        assert len(at_bank.operations("captured")) == 2
    assert world.broken() == {}
