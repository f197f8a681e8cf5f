"""Settle a payment: the bank's word, one credit, everything in one transaction."""

from datetime import date, timedelta

import pytest

from abonent.common.refusals import NotFound
from abonent.domain.journal.models import JournalEntry
from abonent.domain.ledger import queries as balances
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import PaymentMove, ProviderCall
from abonent.domain.payments.rules import PaymentState, Purpose
from bank_simulator.faults import Fault
from paying import NOW, charge, give_access, posted_for, row_of

pytestmark = pytest.mark.django_db


def settle(view, now=NOW):
    return operations.settle_payment(payment_id=view.id, now=now)


def test_a_paid_payment_is_on_the_account_once(world, bank):
    view = world.pay(128_493)
    bank.pays(view)
    settled, again = settle(view), settle(view)
    assert settled.state == again.state == PaymentState.CAPTURED
    assert settled.paid
    assert settled.final
    assert settled.paid_on == date(2026, 11, 24)
    assert settled.card == "5555 55•• •••• 4477"
    assert settled.confirmation_url == ""
    assert posted_for(view) == [128_493]
    assert world.owes() == -128_493
    assert world.broken() == {}


def test_the_money_settles_the_debt_and_the_rest_stays_an_advance(world, bank):
    charge(world, 100_000)
    view = world.pay(128_493)
    bank.pays(view)
    settle(view)
    assert world.owes() == -28_493
    lines = balances.balances(supplier_id=world.supplier.pk, subject_id=world.flat.pk)
    assert sum(line.amount for line in lines if line.book == Book.RECEIVABLE) == 0
    assert sum(line.amount for line in lines if line.book == Book.ADVANCE) == -28_493


def test_money_for_several_accounts_goes_to_each_its_own(world, bank):
    view = world.pay(
        purposes=[
            Purpose(world.flat.pk, 40_000),
            Purpose(world.dacha.pk, 8_500),
            Purpose(world.flat.pk, 1_500, part=Part.PENALTY),
        ]
    )
    bank.pays(view)
    settle(view)
    assert (world.owes(), world.owes(world.dacha)) == (-41_500, -8_500)
    assert posted_for(view) == [50_000]


def test_state_posting_journal_and_letter_come_together(world, bank):
    world.anna.email = "anna@example.org"
    world.anna.save()
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay()
    bank.pays(view)
    settle(view)
    settle(view)
    letter = Message.objects.get(key=f"payment:{view.id}:settled")
    assert letter.recipient == "anna@example.org"
    assert "1\u00a0284,93\u00a0₽" in letter.body
    assert "284" not in letter.subject
    assert JournalEntry.objects.filter(action="payment_settled").count() == 1


def test_a_declined_payment_says_what_to_do_and_moves_no_money(world, bank):
    view = world.pay()
    bank.pays(view, act="decline", reason="insufficient_funds")
    settled = settle(view)
    assert settled.state == PaymentState.DECLINED
    assert "не хватает денег" in settled.decline_text
    assert posted_for(view) == []


def test_a_page_left_open_for_an_hour_expires(world, bank):
    view = world.pay()
    later = bank.at(NOW + timedelta(hours=1, minutes=1))
    assert settle(view, later).state == PaymentState.EXPIRED


def test_a_late_success_after_expiry_is_still_credited(world, bank):
    view = world.pay()
    later = bank.at(NOW + timedelta(hours=1, minutes=1))
    assert settle(view, later).state == PaymentState.EXPIRED
    bank.pays(view, act="pay_late", after=timedelta(minutes=20))
    later = bank.at(NOW + timedelta(hours=2, minutes=5))
    assert operations.settle_awaiting(now=later) == 1
    assert queries.view_of(view.id).state == PaymentState.CAPTURED
    assert posted_for(view) == [view.amount]
    assert world.broken() == {}


def test_both_payments_of_one_bill_are_credited(world, bank):
    charge(world, 50_000)
    first = world.pay(50_000)
    second = world.pay(50_000, start=operations.start_another_payment)
    for view in (first, second):
        bank.pays(view)
        settle(view)
    assert world.owes() == -50_000
    assert posted_for(first) == posted_for(second) == [50_000]


@pytest.mark.parametrize("kind", ["500", "502html", "reset", "garbage", "truncate", "badgzip"])
def test_silence_about_the_state_changes_nothing(world, bank, kind):
    view = world.pay()
    bank.pays(view)
    bank.simulator.fault(Fault("before", kind, method="GET"))
    assert settle(view).state == PaymentState.AWAITING
    assert settle(view).state == PaymentState.CAPTURED


def test_an_answer_lost_after_the_payment_was_opened_is_found_by_the_same_key(world, bank):
    bank.simulator.fault(Fault("after", "500", method="POST"))
    view = world.pay()
    assert view.state == PaymentState.UNKNOWN
    assert len(bank.simulator.truth()["payments"]) == 1
    again = settle(view, bank.at(NOW + timedelta(minutes=1)))
    assert again.state == PaymentState.AWAITING
    assert len(bank.simulator.truth()["payments"]) == 1


def test_a_bank_that_says_nothing_is_given_up_in_time(world, bank, monkeypatch):
    monkeypatch.setattr("abonent.domain.payments.operations.settling.WHOLE_CALL", 0.3)
    bank.simulator.fault(Fault("after", "timeout", method="POST"))
    view = world.pay()
    assert view.state == PaymentState.UNKNOWN
    assert ProviderCall.objects.get(payment_id=view.id).milliseconds < 3000
    assert settle(view, NOW + timedelta(minutes=1)).state == PaymentState.AWAITING


def test_a_repeated_request_that_is_refused_does_not_fail_the_payment(world, bank, settings):
    bank.simulator.fault(Fault("after", "500", method="POST"))
    view = world.pay()
    good, settings.YOOKASSA_SHOPS = settings.YOOKASSA_SHOPS, '{"demo": "100500:revoked"}'
    assert settle(view, NOW + timedelta(minutes=1)).state == PaymentState.UNKNOWN
    settings.YOOKASSA_SHOPS = good
    # From now on it is only looked for, and found.
    found = settle(view, bank.at(NOW + timedelta(minutes=4)))
    assert found.state == PaymentState.AWAITING
    assert ProviderCall.objects.filter(question__startswith="GET /payments").exists()


def test_after_twelve_hours_nothing_is_created_only_looked_for(world, bank):
    bank.simulator.fault(Fault("before", "500", method="POST"))
    view = world.pay()
    later = bank.at(NOW + timedelta(hours=12))
    assert settle(view, later).state == PaymentState.UNKNOWN
    later = bank.at(NOW + timedelta(hours=12, minutes=15))
    assert settle(view, later).state == PaymentState.EXPIRED
    assert bank.simulator.truth()["payments"] == []


def tampered(view, bank, monkeypatch, **lies):
    """Let the bank itself answer with other values than we asked for."""
    from abonent.adapters.acquirers.yookassa import messages

    honest = messages.read_payment
    monkeypatch.setattr(
        messages, "read_payment", lambda body, exchange: honest(body | lies, exchange)
    )


@pytest.mark.parametrize(
    "lies",
    [
        {"amount": {"value": "1.00", "currency": "RUB"}},
        {"amount": {"value": "1284.94", "currency": "RUB"}},
        {"amount": {"value": "1284.93", "currency": "USD"}},
        {"metadata": {"abonent_payment": "11111111-1111-4111-8111-111111111111"}},
        {"id": "another-payment"},
    ],
)
def test_what_does_not_match_is_quarantined_and_never_credited(world, bank, monkeypatch, lies):
    view = world.pay(128_493)
    bank.pays(view)
    tampered(view, bank, monkeypatch, **lies)
    settled = settle(view)
    assert settled.state == PaymentState.QUARANTINED
    assert posted_for(view) == []
    assert settle(view).state == PaymentState.QUARANTINED
    assert [one.uuid for one in queries.for_operator(supplier_id=world.supplier.pk)] == [view.uuid]


def test_test_money_is_not_credited_outside_demo_and_tests(world, bank, settings):
    view = world.pay()
    bank.pays(view)
    settings.TEST_PAYMENTS = False
    assert settle(view).state == PaymentState.QUARANTINED
    assert posted_for(view) == []


@pytest.mark.parametrize("status", ["waiting_for_capture", "refunded", "", None])
def test_an_unknown_word_of_the_bank_is_not_a_refusal(world, bank, monkeypatch, status):
    view = world.pay()
    tampered(view, bank, monkeypatch, status=status)
    assert settle(view).state == PaymentState.AWAITING


def test_more_than_two_decimals_are_not_read(world, bank, monkeypatch):
    view = world.pay(128_493)
    bank.pays(view)
    tampered(view, bank, monkeypatch, amount={"value": "1284.930001", "currency": "RUB"})
    assert settle(view).state == PaymentState.AWAITING


def test_the_history_holds_every_step(world, bank):
    view = world.pay()
    bank.pays(view)
    settle(view)
    moves = PaymentMove.objects.filter(payment_id=view.id).order_by("version")
    assert [(move.before, move.after) for move in moves] == [
        ("created", "sent"), ("sent", "awaiting_payer"), ("awaiting_payer", "captured"),
    ]  # fmt: skip


def test_the_day_of_payment_follows_the_bank_within_our_own_clock(world, bank, monkeypatch):
    view = world.pay()
    bank.pays(view)
    tampered(view, bank, monkeypatch, captured_at="2026-11-29T10:00:00.000Z")
    assert settle(view, NOW + timedelta(days=1)).paid_on == date(2026, 11, 25)


def check(world, view, user, now=NOW):
    return operations.check_payment(
        user_id=user.pk, supplier_id=world.supplier.pk, payment_uuid=view.uuid, now=now
    )


def test_who_returns_from_the_bank_at_once_sees_the_payment_settled(world, bank):
    view = world.pay()
    bank.pays(view)
    assert check(world, view, world.anna, NOW + timedelta(seconds=1)).paid


def test_the_page_asks_at_most_once_in_ten_seconds(world, bank):
    view = world.pay()
    looked = NOW + timedelta(seconds=1)
    assert check(world, view, world.anna, looked).state == PaymentState.AWAITING
    bank.pays(view)
    again = looked + timedelta(seconds=9)
    assert check(world, view, world.anna, again).state == PaymentState.AWAITING
    assert row_of(view).checked_at == looked
    assert check(world, view, world.anna, looked + timedelta(seconds=10)).paid


def test_a_stranger_sees_no_payment_and_a_linked_one_does(world, bank):
    view = world.pay()
    with pytest.raises(NotFound):
        check(world, view, world.vera)
    give_access(world.flat, world.vera)
    assert check(world, view, world.vera).uuid == view.uuid


def test_a_payment_of_another_supplier_is_not_found(world, bank):
    view = world.pay()
    with pytest.raises(NotFound):
        queries.payment_view(
            user_id=world.anna.pk, supplier_id=world.supplier.pk + 1, payment_uuid=view.uuid
        )
