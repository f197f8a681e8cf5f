"""Two at once, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import connection, transaction

from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger import queries as balances
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Reason
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Notice, Payment
from abonent.domain.payments.operations import asking, settling
from abonent.domain.payments.rules import PaymentState, Question
from abonent.domain.payments.rules.refunds import RefundState
from paying import NOW, charge, posted_for

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, act):
    """Run the act in threads that start together; return results and exceptions."""
    start = Barrier(count)

    def run(place):
        try:
            start.wait()
            return act(place)
        except Exception as error:  # noqa: BLE001  (given back to the test)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_tabs_with_one_form_make_one_payment(world, bank):
    views = at_once(5, lambda _: world.pay(50_000, key="form"))
    assert {view.uuid for view in views} == {Payment.objects.get().uuid}
    assert len(bank.simulator.truth()["payments"]) == 1
    assert queries.view_of(views[0].id).state == PaymentState.AWAITING


def test_two_forms_at_once_let_one_begin_and_ask_the_other(world, bank):
    results = at_once(4, lambda place: world.pay(50_000, key=f"form-{place}"))
    refused = [one for one in results if isinstance(one, operations.AlreadyPaying)]
    assert len(refused) == 3
    assert Payment.objects.count() == 1


def test_settled_from_every_side_at_once_it_is_credited_once(world, bank):
    charge(world, 30_000)
    view = world.pay(50_000)
    bank.pays(view)
    results = at_once(8, lambda _: operations.settle_payment(payment_id=view.id, now=NOW))
    assert {one.state for one in results} == {PaymentState.CAPTURED}
    assert posted_for(view) == [50_000]
    assert world.owes() == -20_000
    assert world.broken() == {}


def test_two_refunds_at_once_never_give_back_more_than_was_paid(world, bank):
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)

    def give(_):
        return operations.refund_payment(
            supplier_id=world.supplier.pk, payment_id=view.id, account_id=world.flat.pk,
            amount=30_000, why="ошибка", key=uuid4(), actor_id=world.vera.pk, now=NOW,
        )  # fmt: skip

    results = at_once(6, give)
    refused = [one for one in results if isinstance(one, operations.RefundInFlight)]
    assert len(refused) == 5
    refund = next(one for one in results if one not in refused)
    moment = bank.at(NOW + timedelta(minutes=5))
    at_once(6, lambda _: operations.settle_awaiting(now=moment))
    assert queries.refund_view(refund.id).state == RefundState.DONE
    assert [one["amount"] for one in bank.simulator.truth()["refunds"]] == [30_000]
    assert world.owes() == -20_000
    assert world.broken() == {}


def test_a_hundred_copies_of_a_notice_at_once(world, bank):
    view = world.pay(50_000)
    bank.pays(view)
    body = bank.notice(view)

    def deliver(_):
        for _ in range(10):
            operations.receive_notice(
                channel="yookassa", supplier_id=world.supplier.pk, body=body, address="", now=NOW
            )

    assert at_once(10, deliver) == [None] * 10
    notice = Notice.objects.get()
    assert notice.times == 100
    at_once(6, lambda _: operations.handle_notice(notice_id=notice.pk, now=NOW))
    assert posted_for(view) == [50_000]
    assert world.broken() == {}


def test_two_payments_of_one_account_never_spend_one_advance_twice(world, bank):
    charge(world, 60_000)
    views = [world.pay(40_000, start=operations.start_another_payment) for _ in range(4)]
    for view in views:
        bank.pays(view)
    at_once(4, lambda place: operations.settle_payment(payment_id=views[place].id, now=NOW))
    lines = balances.balances(supplier_id=world.supplier.pk, subject_id=world.flat.pk)
    owed = [line.amount for line in lines if line.book == Book.RECEIVABLE]
    assert owed == []
    assert world.owes() == 60_000 - 4 * 40_000
    assert world.broken() == {}


def test_the_janitor_and_the_page_at_once(world, bank):
    view = world.pay(50_000)
    bank.pays(view)
    later = bank.at(NOW + timedelta(hours=1))
    at_once(
        4,
        lambda place: (
            operations.settle_awaiting(now=later)
            if place % 2
            else operations.check_payment(
                user_id=world.anna.pk,
                supplier_id=world.supplier.pk,
                payment_uuid=view.uuid,
                now=later,
            )
        ),
    )
    assert queries.view_of(view.id).state == PaymentState.CAPTURED
    assert posted_for(view) == [50_000]


def test_a_zombie_that_wakes_up_with_old_news_changes_nothing(world, bank):
    """It saw the payment, asked the bank, slept, and others have moved the payment on."""
    view = world.pay(50_000)
    seen = settling._as_seen(view.id)
    old_news = asking.ask(seen, Question.STATE, bank_number=seen.external_id, seconds=5)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    before = Payment.objects.values().get(pk=view.id)
    recorded = settling._record(
        seen, old_news, Question.STATE, first=False, cause="zombie", now=NOW + timedelta(hours=9)
    )
    assert not recorded
    assert Payment.objects.values().get(pk=view.id) == before


def test_a_transfer_reversed_from_two_sides_is_reversed_once():
    lines = [
        EntryLine(LedgerCode(Book.CLEARING, channel="bank"), 500),
        EntryLine(LedgerCode(Book.ADVANCE, 5), -500),
    ]
    with transaction.atomic():
        posted = [
            ledger.post(
                supplier_id=1, reason=Reason.PAYMENT, key=f"k{place}", happened_on=NOW.date(),
                lines=lines, subject_id=5, now=NOW,
            ).transfer_id
            for place in range(10)
        ]  # fmt: skip

    def reverse(place):
        with transaction.atomic():
            return ledger.reverse(
                supplier_id=1, transfer_id=posted[place // 2], why="проба", now=NOW
            )

    results = at_once(20, reverse)
    assert sorted(one.repeated for one in results) == [False] * 10 + [True] * 10
    assert balances.subject_total(supplier_id=1, subject_id=5) == 0


def test_one_key_posted_from_many_sides_is_one_transfer():
    lines = [
        EntryLine(LedgerCode(Book.CLEARING, channel="bank"), 500),
        EntryLine(LedgerCode(Book.ADVANCE, 5), -500),
    ]

    def post(_):
        with transaction.atomic():
            return ledger.post(
                supplier_id=1, reason=Reason.PAYMENT, key="k", happened_on=NOW.date(), lines=lines,
                subject_id=5, now=NOW,
            )  # fmt: skip

    results = at_once(16, post)
    assert len({one.transfer_id for one in results}) == 1
    assert sum(not one.repeated for one in results) == 1
    assert balances.subject_total(supplier_id=1, subject_id=5) == -500


def test_a_posting_under_way_is_waited_for_before_its_numbers_are_sealed():
    """It took a lower number than others and commits later: no seal may close without it."""
    written, may_commit = Event(), Event()

    def post(key):
        lines = [
            EntryLine(LedgerCode(Book.CLEARING, channel="bank"), 500),
            EntryLine(LedgerCode(Book.ADVANCE, 5), -500),
        ]
        return ledger.post(
            supplier_id=1, reason=Reason.PAYMENT, key=key, happened_on=NOW.date(), lines=lines,
            subject_id=5, now=NOW,
        ).transfer_id  # fmt: skip

    def slow():
        try:
            with transaction.atomic():
                post("slow")
                written.set()
                assert may_commit.wait(30)
        finally:
            connection.close()

    def seal():
        try:
            return ledger.seal_ledger(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slowly = pool.submit(slow)
        assert written.wait(30)
        with transaction.atomic():
            last = post("quick")
        sealing = pool.submit(seal)
        with pytest.raises(TimeoutError):
            sealing.result(0.5)
        may_commit.set()
        slowly.result(30)
        assert sealing.result(30) > 0
    assert balances.chain_head().last_transfer == last
    assert [one.example for one in balances.invariants() if one.breaches] == []
