"""Autopayment: told a day before, one charge for a bill, never above what was allowed (I15)."""

from datetime import UTC, datetime, timedelta

import pytest

from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations
from abonent.domain.payments.models import AutopayTurn, Payment
from abonent.domain.payments.rules.autopay import (
    TurnState,
)
from abonent.domain.suppliers.models import Rulebook
from mandates import (
    ADDRESSES,
    DAY,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    bill,
    bind,
    charged,
    letters,
    mandate,
    passes,
)
from paying import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def card(world, bank):
    return bind(world, bank)


def turn():
    return AutopayTurn.objects.get()


def change(world, view, now=NOW, **what):
    told = {"ceiling": 500_000, "fixed": None, "day": 0} | what
    operations.change_autopay(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, autopay_uuid=view.uuid, **told,
        now=now,
    )  # fmt: skip


def days_pass(bank, count, *, every=6, start=NOW):
    """Let days pass with a round every few hours; return the last moment."""
    moment = start
    for step in range(count * 24 // every + 1):
        moment = passes(bank, start + step * every * HOUR)
    return moment


# The whole way


def test_a_bill_is_told_of_and_charged_a_day_later(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    assert turn().state == TurnState.ANNOUNCED
    (letter,) = letters("autopay_announced")
    # The account has 100 ₽ in advance: it was paid once to bind the card.
    assert "1\u00a0100,00\u00a0₽" in letter
    assert "··4477" in letter
    assert "https://example.org/demo/open/autopay/" in letter
    passes(bank, NOW + 23 * HOUR)
    assert charged(world) == []
    passes(bank, NOW + 26 * HOUR)
    assert charged(world) == [110_000]
    assert (turn().state, world.owes()) == (TurnState.PAID, 0)
    assert world.broken() == {}


def test_one_bill_is_charged_once_however_often_the_round_is_made(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    days_pass(bank, 9, every=8)
    assert charged(world) == [110_000]
    assert len(letters("autopay_announced")) == 1


def test_each_bill_has_its_turn_and_a_month_without_one_has_none(world, bank, card):
    bill(world, SEPTEMBER, 100_000)
    mandate(world, card)
    days_pass(bank, 40, every=48)
    assert charged(world) == [90_000], "no bill of October, so nothing more"
    later = NOW + 41 * DAY
    bill(world, NOVEMBER, 110_000, out_at=later)
    days_pass(bank, 3, every=12, start=later)
    assert charged(world) == [90_000, 110_000]
    assert world.broken() == {}


def test_nothing_due_is_passed_over_in_silence(world, bank, card):
    bill(world, OCTOBER, 5_000)
    mandate(world, card)
    days_pass(bank, 3)
    assert (turn().state, turn().why) == (TurnState.SKIPPED, "nothing_due")
    assert letters("autopay_announced") == letters("autopay_not_made") == []


def test_what_was_paid_by_hand_meanwhile_is_not_charged(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    by_hand = world.pay(110_000, now=NOW + HOUR)
    bank.pays(by_hand)
    operations.settle_payment(payment_id=by_hand.id, now=NOW + HOUR)
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert (charged(world), turn().state) == ([], TurnState.SKIPPED)


def test_a_part_paid_by_hand_makes_the_charge_smaller(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    by_hand = world.pay(60_000, now=NOW + HOUR)
    bank.pays(by_hand)
    operations.settle_payment(payment_id=by_hand.id, now=NOW + HOUR)
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert charged(world) == [50_000]


def test_a_debt_that_has_grown_since_is_not_charged_above_what_was_told(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    bill(world, NOVEMBER, 30_000, out_at=NOW + HOUR)
    passes(bank, NOW + 26 * HOUR)
    assert charged(world) == [110_000]


def test_another_payment_under_way_makes_the_charge_wait(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    # Somebody stands at the bank's page while the hour of the charge comes.
    world.pay(40_000, now=NOW + 26 * HOUR)
    passes(bank, NOW + 26 * HOUR)
    assert charged(world) == []
    bank.at(NOW + 29 * HOUR)
    operations.settle_awaiting(now=NOW + 29 * HOUR)
    passes(bank, NOW + 30 * HOUR)
    assert charged(world) == [110_000]


# What may not be charged (T47)


def test_a_bill_above_the_ceiling_is_told_and_not_charged(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card, ceiling=100_000)
    days_pass(bank, 3)
    assert (charged(world), turn().state, turn().why) == ([], TurnState.REFUSED, "above_ceiling")
    (letter,) = letters("autopay_not_made")
    assert "больше вашего предела" in letter
    assert f"https://example.org/demo/accounts/{world.flat.number}/payments/" in letter


def test_a_bill_ten_times_the_usual_is_told_and_not_charged(world, bank, card):
    bill(world, SEPTEMBER, 40_000, out_at=NOW - 30 * DAY)
    bill(world, OCTOBER, 400_000)
    mandate(world, card)
    days_pass(bank, 3)
    assert (charged(world), turn().why) == ([], "unusual")
    assert "намного больше обычной" in letters("autopay_not_made")[0]


def test_how_many_times_is_the_suppliers_to_say(world, bank, card):
    Rulebook.objects.create(supplier=world.supplier, name="autopay_most_times", value="10")
    bill(world, SEPTEMBER, 40_000, out_at=NOW - 30 * DAY)
    bill(world, OCTOBER, 300_000)
    mandate(world, card)
    days_pass(bank, 3)
    assert charged(world) == [330_000]


def test_a_ceiling_that_is_lowered_meanwhile_counts(world, bank, card):
    bill(world, OCTOBER, 120_000)
    view = mandate(world, card)
    passes(bank, NOW)
    change(world, view, ceiling=50_000, now=NOW + HOUR)
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert (charged(world), turn().why) == ([], "above_ceiling")


def test_a_ceiling_lowered_between_the_row_and_the_request_counts(world, bank, card, monkeypatch):
    bill(world, OCTOBER, 120_000)
    view = mandate(world, card)
    passes(bank, NOW)
    honest = operations.turns.send

    def lowered_first(payment_id, *, now):
        change(world, view, ceiling=50_000, now=now)
        honest(payment_id, now=now)

    monkeypatch.setattr(operations.turns, "send", lowered_first)
    days_pass(bank, 3)
    assert charged(world) == []
    assert len(bank.captured()) == 1, "only the payment that bound the card"
    assert world.broken() == {}


def test_a_fixed_sum_is_charged_and_never_more_than_is_due(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card, fixed=30_000, ceiling=30_000)
    days_pass(bank, 3)
    assert charged(world) == [30_000]


# The day


def test_on_a_day_of_the_month_it_waits_for_that_day(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card, day=5)
    days_pass(bank, 9)
    assert charged(world) == []
    assert letters("autopay_announced") == []
    days_pass(bank, 3, start=datetime(2026, 12, 3, 9, 0, tzinfo=UTC))
    assert charged(world) == [110_000]
    told = Message.objects.get(kind="autopay_announced").sent_at
    assert Payment.objects.get(turn_id__isnull=False).created_at >= told + DAY


def test_a_clock_that_jumps_over_the_day_still_tells_a_day_before(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card, day=5)
    after_the_day = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)
    passes(bank, after_the_day)
    assert charged(world) == []
    days_pass(bank, 2, start=after_the_day)
    assert charged(world) == [110_000]


def test_a_letter_that_has_not_left_holds_the_charge(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    bank.at(NOW)
    operations.run_autopays(addresses=ADDRESSES, now=NOW)
    for hours in (26, 40, 60):
        bank.at(NOW + hours * HOUR)
        operations.run_autopays(addresses=ADDRESSES, now=NOW + hours * HOUR)
    assert charged(world) == []
    operations.run_autopays(addresses=ADDRESSES, now=NOW + 5 * DAY)
    assert (turn().state, turn().why) == (TurnState.REFUSED, "not_told")
