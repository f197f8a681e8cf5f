"""What an autopayment may charge and when, without a database."""

import itertools
from datetime import UTC, datetime

from abonent.domain.payments.rules.autopay import (
    MANDATE_MOVES,
    TURN_MOVES,
    Limits,
    MandateFact,
    MandateState,
    TurnState,
    charge_moment,
    judge,
    usual_sum,
)
from mandates import DAY


def test_what_may_be_charged():
    limits = Limits(ceiling=10_000, fixed=None, minimum=100, usual=4_000, times=2)
    assert judge(8_000, limits).amount == 8_000
    for due, why in ((0, "nothing_due"), (-5, "nothing_due"), (99, "below_minimum"),
                     (8_001, "unusual"), (10_001, "above_ceiling")):  # fmt: skip
        assert (judge(due, limits).amount, judge(due, limits).why) == (0, why)
    assert usual_sum([]) is None
    assert usual_sum([100, 0, 201]) == 150


def test_a_charge_is_never_sooner_than_a_day_after_the_bill():
    for day, hour in itertools.product(range(29), (0, 9, 23)):
        bill_at = datetime(2026, 1, 31, hour, tzinfo=UTC)
        moment = charge_moment(day=day, bill_at=bill_at, zone="Asia/Yekaterinburg")
        assert moment >= bill_at + DAY
        assert moment <= bill_at + 33 * DAY
        assert day in (0, moment.day)


def test_the_tables_name_every_move_and_nothing_leaves_an_end():
    ends = {TurnState.PAID, TurnState.SKIPPED, TurnState.REFUSED, TurnState.CANCELLED}
    assert {before for before, _ in TURN_MOVES}.isdisjoint(ends)
    assert {state for state, _ in MANDATE_MOVES} == {MandateState.ACTIVE, MandateState.PAUSED}
    assert all((state, MandateFact.STOP) in MANDATE_MOVES for state in ("active", "paused"))
