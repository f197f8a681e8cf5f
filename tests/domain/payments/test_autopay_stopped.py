"""Autopayment: what stops it, who may set it up, what the audit finds."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection

from abonent.common.refusals import NotFound
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.rules import AccessState
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard, Payment
from abonent.domain.payments.operations import CannotSetUp
from abonent.domain.payments.rules.autopay import (
    MandateState,
    TurnState,
)
from bank_simulator.faults import Fault
from mandates import (
    DAY,
    NOVEMBER,
    OCTOBER,
    bill,
    bind,
    cards,
    charged,
    letters,
    mandate,
    passes,
    reachable,
)
from paying import NOW, give_access

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def card(world, bank):
    return bind(world, bank)


def turn():
    return AutopayTurn.objects.get()


def stop(world, view, now=NOW):
    operations.stop_autopay(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, autopay_uuid=view.uuid, now=now
    )


def days_pass(bank, count, *, every=6, start=NOW):
    """Let days pass with a round every few hours; return the last moment."""
    moment = start
    for step in range(count * 24 // every + 1):
        moment = passes(bank, start + step * every * HOUR)
    return moment


# Stops


def test_the_link_of_the_letter_stops_it_without_sign_in(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    token = letters("autopay_announced")[0].partition("/open/autopay/")[2].partition("/")[0]
    found = queries.autopay_to_stop(token=token, supplier_id=world.supplier.pk)
    assert found.is_live
    assert found.account.endswith("345")
    assert world.flat.number not in found.account
    assert Autopay.objects.get().state == MandateState.ACTIVE, "looking stops nothing"
    operations.stop_by_link(token=token, supplier_id=world.supplier.pk, now=NOW + HOUR)
    operations.stop_by_link(token=token, supplier_id=world.supplier.pk, now=NOW + HOUR)
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert (charged(world), turn().state) == ([], TurnState.CANCELLED)


@pytest.mark.parametrize(
    "forged", ["nonsense", signing.dumps("1", salt="readings.undo")], ids=["nonsense", "another"]
)
def test_another_mark_stops_nothing(world, bank, card, forged):
    mandate(world, card)
    for act in (
        lambda: operations.stop_by_link(token=forged, supplier_id=world.supplier.pk, now=NOW),
        lambda: queries.autopay_to_stop(token=forged, supplier_id=world.supplier.pk),
    ):
        with pytest.raises(NotFound):
            act()
    assert Autopay.objects.get().state == MandateState.ACTIVE


def test_a_pause_holds_and_a_resumed_one_goes_on_with_the_next_bill(world, bank, card):
    bill(world, OCTOBER, 120_000)
    view = mandate(world, card)
    passes(bank, NOW)
    who = {"user_id": world.anna.pk, "supplier_id": world.supplier.pk, "autopay_uuid": view.uuid}
    operations.pause_autopay(**who, now=NOW + HOUR)
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert charged(world) == []
    operations.resume_autopay(**who, now=NOW + 4 * DAY)
    bill(world, NOVEMBER, 20_000, out_at=NOW + 5 * DAY)
    days_pass(bank, 4, start=NOW + 5 * DAY)
    assert charged(world) == [130_000], "what is due by then, the old debt with it"
    assert world.broken() == {}


def test_a_removed_card_stops_it_and_the_person_is_told(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    operations.remove_card(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, card_uuid=card.uuid, now=NOW + HOUR
    )
    days_pass(bank, 3, start=NOW + 2 * HOUR)
    assert (charged(world), turn().state) == ([], TurnState.CANCELLED)
    assert "удалена" in letters("autopay_stopped")[0]


def test_a_revoked_token_stops_it_and_the_person_is_told(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    bank.simulator.spoil_saved(BoundCard.objects.get().token, refusal="permission_revoked")
    days_pass(bank, 3, start=NOW + 6 * HOUR)
    assert charged(world) == []
    assert Autopay.objects.get().state == MandateState.STOPPED
    assert turn().state == TurnState.FAILED
    assert letters("autopay_stopped")
    assert letters("autopay_not_made")
    assert cards(world) == []
    assert world.broken() == {}


def test_a_decline_is_told_with_the_way_to_pay_by_hand(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    bank.simulator.spoil_saved(BoundCard.objects.get().token, refusal="insufficient_funds")
    days_pass(bank, 3, start=NOW + 6 * HOUR)
    (letter,) = letters("autopay_not_made")
    assert "на карте не хватает денег" in letter
    assert (charged(world), turn().state) == ([], TurnState.FAILED)
    assert Autopay.objects.get().state == MandateState.ACTIVE, "the next bill may pass"


def test_a_closed_access_stops_it(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    AccountAccess.objects.filter(user=world.anna).update(state=AccessState.REVOKED)
    days_pass(bank, 3, start=NOW + 6 * HOUR)
    assert charged(world) == []
    assert Autopay.objects.get().stopped_why == "no_access"


def test_an_unknown_charge_is_looked_up_and_taken_once(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    bank.simulator.fault(Fault("after", "reset", path="/v3/payments"))
    passes(bank, NOW + 26 * HOUR)
    assert turn().state == TurnState.CHARGING
    for minutes in (2, 5, 20):
        moment = bank.at(NOW + 26 * HOUR + timedelta(minutes=minutes))
        operations.settle_awaiting(now=moment)
        passes(bank, moment)
    assert charged(world) == [110_000]
    assert (turn().state, sorted(bank.captured().values())) == (TurnState.PAID, [10_000, 110_000])


def test_a_charge_that_never_arrived_is_told_and_not_repeated(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    passes(bank, NOW)
    bank.simulator.fault(Fault("before", "reset", path="/v3/payments"))
    passes(bank, NOW + 26 * HOUR)
    for minutes in (2, 20, 40, 80):
        moment = bank.at(NOW + 26 * HOUR + timedelta(minutes=minutes))
        operations.settle_awaiting(now=moment)
        passes(bank, moment)
    assert (charged(world), turn().state) == ([], TurnState.FAILED)
    assert letters("autopay_not_made")


def test_two_people_of_one_account_pay_its_bill_once(world, bank, card):
    give_access(world.flat, world.vera)
    bill(world, OCTOBER, 120_000)
    at_page = world.pay(10_000, user=world.vera)
    bank.pays(at_page)
    operations.settle_payment(payment_id=at_page.id, now=NOW)
    reachable(world.vera, "vera@example.org")
    mandate(world, card)
    BoundCard.objects.create(
        uuid="3f1c2b1e-6f0e-4d6a-9a53-0d5b7a4f1c99", supplier_id=world.supplier.pk,
        user_id=world.vera.pk, channel="yookassa", kind="utilities", keeper="other", bound_at=NOW,
        token=BoundCard.objects.get().token, card="5555 55•• •••• 4477",
    )  # fmt: skip
    hers = Autopay.objects.get()
    hers.pk, hers.user_id = None, world.vera.pk
    hers.uuid = "3f1c2b1e-6f0e-4d6a-9a53-0d5b7a4f1c98"
    hers.card_id = BoundCard.objects.get(user_id=world.vera.pk).pk
    hers.save(force_insert=True)
    days_pass(bank, 3)
    assert charged(world) == [100_000]
    assert sorted(AutopayTurn.objects.values_list("state", flat=True)) == ["paid", "skipped"]


# Setting it up


@pytest.mark.parametrize(
    "wrong",
    [
        {"ceiling": 0},
        {"ceiling": 10**12},
        {"fixed": 600_000},
        {"fixed": 0},
        {"day": 29},
        {"day": -1},
    ],
)
def test_wrong_sums_and_days_are_refused(world, bank, card, wrong):
    with pytest.raises(CannotSetUp):
        mandate(world, card, **wrong)
    assert not Autopay.objects.exists()


def test_an_account_that_was_never_paid_is_refused(world, bank, card):
    with pytest.raises(CannotSetUp):
        mandate(world, card, account=world.dacha)


def test_an_account_has_one_autopayment_of_one_person(world, bank, card):
    view = mandate(world, card)
    with pytest.raises(CannotSetUp):
        mandate(world, card)
    stop(world, view)
    mandate(world, card)
    assert Autopay.objects.filter(state="active").count() == 1


def test_a_strangers_autopayment_does_not_exist(world, bank, card):
    view = mandate(world, card)
    who = {"user_id": world.vera.pk, "supplier_id": world.supplier.pk, "autopay_uuid": view.uuid}
    for act in (operations.pause_autopay, operations.stop_autopay, operations.resume_autopay):
        with pytest.raises(NotFound):
            act(**who, now=NOW)
    with pytest.raises(NotFound):
        operations.set_autopay(
            user_id=world.vera.pk, supplier_id=world.supplier.pk, number=world.flat.number,
            card_uuid=card.uuid, ceiling=1_000, fixed=None, day=0, now=NOW,
        )  # fmt: skip


# The audit finds what is planted (I15)


@pytest.fixture
def paid_once(world, bank, card):
    bill(world, OCTOBER, 120_000)
    mandate(world, card)
    days_pass(bank, 2)
    assert world.broken() == {}
    return Payment.objects.get(turn_id__isnull=False)


def test_the_audit_finds_a_second_charge_of_a_turn(world, paid_once):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payment_turn_once")
    Payment.objects.filter(turn_id=None).update(turn_id=paid_once.turn_id)
    assert "I15" in world.broken()


def test_the_audit_finds_a_charge_above_the_ceiling(world, paid_once):
    AutopayTurn.objects.update(ceiling=paid_once.amount - 1)
    assert "предела" in world.broken()["I15"]


def test_the_audit_finds_a_charge_after_the_end(world, paid_once):
    Autopay.objects.update(state="stopped", state_since=paid_once.tried_at - timedelta(hours=1))
    assert "после отключения" in world.broken()["I15"]
