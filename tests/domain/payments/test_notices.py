"""Notices: kept raw, answered at once, weighed by the bank's own word (TRUST R4)."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Notice
from abonent.domain.payments.operations.settling import Heard
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.notices import Outcome
from bank_simulator.faults import Fault
from paying import NOW, posted_for, row_of

pytestmark = pytest.mark.django_db


def receive(world, body, now=NOW, supplier=None):
    operations.receive_notice(
        channel="yookassa", supplier_id=(supplier or world.supplier).pk, body=body,
        address="185.71.76.1", now=now,
    )  # fmt: skip


def work(now=NOW):
    """Do the queue's work: every waiting notice is weighed."""
    for job in ProcrastinateJob.objects.filter(task_name="handle_notice", status="todo"):
        operations.handle_notice(notice_id=job.args["notice_id"], now=now)


def outcomes():
    return list(Notice.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_notice_is_kept_with_its_job_and_nobody_is_called(world, bank):
    view = world.pay()
    bank.pays(view)
    body = bank.notice(view)
    bank.simulator.fault(Fault("before", "500", count=100))
    receive(world, body)
    notice = Notice.objects.get()
    assert (bytes(notice.body), notice.outcome, notice.handled_at) == (body, "", None)
    assert ProcrastinateJob.objects.filter(task_name="handle_notice").count() == 1
    assert sum(fault.count for fault in bank.simulator.faults_left()) == 100
    assert queries.view_of(view.id).state == PaymentState.AWAITING


def test_a_true_notice_leads_to_the_credit(world, bank):
    view = world.pay()
    bank.pays(view)
    receive(world, bank.notice(view))
    work()
    assert outcomes() == [Outcome.SETTLED]
    assert posted_for(view) == [view.amount]


def test_a_hundred_copies_are_one_notice_one_job_one_credit(world, bank):
    view = world.pay()
    bank.pays(view)
    body = bank.notice(view)
    for _ in range(50):
        receive(world, body)
    work()
    for _ in range(50):
        receive(world, body)
    work()
    assert Notice.objects.get().times == 100
    assert ProcrastinateJob.objects.filter(task_name="handle_notice").count() == 1
    assert posted_for(view) == [view.amount]


def test_a_day_late_notice_of_a_settled_payment_changes_nothing(world, bank):
    view = world.pay()
    bank.pays(view)
    body = bank.notice(view)
    operations.settle_awaiting(now=bank.at(NOW + timedelta(hours=1)))
    receive(world, body, now=NOW + timedelta(days=1))
    work(NOW + timedelta(days=1))
    assert outcomes() == [Outcome.REPEATED]
    assert posted_for(view) == [view.amount]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_notices_in_any_order_end_in_the_same_state(world, bank, order):
    view = world.pay()
    waiting = bank.notice(view, event="payment.waiting_for_capture", status="waiting_for_capture")
    bank.pays(view)
    succeeded = bank.notice(view)
    odd = bank.notice(view, event="payment.canceled", status="canceled")
    bodies = [waiting, succeeded, odd]
    for place in order:
        receive(world, bodies[place])
        work()
    assert queries.view_of(view.id).state == PaymentState.CAPTURED
    assert posted_for(view) == [view.amount]


def test_a_notice_before_our_own_answer_came_is_credited_once(world, bank):
    bank.simulator.fault(Fault("after", "500", method="POST"))
    view = world.pay()
    assert (view.state, view.external_id) == (PaymentState.UNKNOWN, "")
    number = bank.simulator.truth()["payments"][0]["id"]
    bank.simulator.payer(number, act="pay")
    told = {"type": "notification", "event": "payment.succeeded", "object": bank.object(number)}
    receive(world, json.dumps(told).encode())
    work()
    assert row_of(view).external_id == number
    assert posted_for(view) == [view.amount]
    assert operations.settle_awaiting(now=NOW + timedelta(minutes=1)) == 0


LIES = [
    {"amount": {"value": "999999.00", "currency": "RUB"}},
    {"amount": {"value": "1284.93", "currency": "USD"}},
    {"metadata": {"abonent_payment": "11111111-1111-4111-8111-111111111111"}},
    {"id": "22222222-2222-4222-8222-222222222222"},
]


@pytest.mark.parametrize("lies", LIES)
def test_a_forged_notice_is_quarantined_and_moves_nothing(world, bank, lies):
    view = world.pay(128_493)
    receive(world, bank.notice(view, status="succeeded", paid=True, **lies))
    work()
    assert outcomes() == [Outcome.QUARANTINED]
    assert queries.view_of(view.id).state == PaymentState.AWAITING
    assert posted_for(view) == []


def test_a_notice_of_money_that_did_not_come_is_only_a_hint(world, bank):
    view = world.pay()
    receive(world, bank.notice(view, status="succeeded", paid=True))
    work()
    assert outcomes() == [Outcome.NOTED]
    assert posted_for(view) == []


def test_a_copy_of_a_notice_that_led_to_nothing_is_weighed_again(world, bank):
    view = world.pay()
    body = bank.notice(view, status="succeeded", paid=True)
    receive(world, body)
    work()
    bank.pays(view)
    receive(world, body)
    work()
    assert outcomes() == [Outcome.SETTLED]
    assert posted_for(view) == [view.amount]


def claimed(bank, number, uuid):
    """Return a notice that the bank's payment of this number is ours."""
    told = bank.object(number) | {"metadata": {"abonent_payment": str(uuid)}}
    return json.dumps(
        {"type": "notification", "event": "payment.succeeded", "object": told}
    ).encode()


def test_a_notice_cannot_hang_anothers_known_number_on_a_payment(world, bank):
    bank.simulator.fault(Fault("after", "500", method="POST"))
    ours = world.pay(128_493)
    other = world.pay(128_493, start=operations.start_another_payment)
    bank.pays(other)
    receive(world, claimed(bank, other.external_id, ours.uuid))
    work()
    assert outcomes() == [Outcome.QUARANTINED]
    assert queries.view_of(ours.id).state == PaymentState.UNKNOWN
    assert posted_for(ours) == []


def test_a_notice_cannot_hang_a_number_we_do_not_know_yet_on_a_payment(world, bank):
    bank.simulator.fault(Fault("after", "500", method="POST", count=2))
    ours = world.pay(128_493)
    other = world.pay(128_493, start=operations.start_another_payment)
    number = bank.simulator.truth()["payments"][1]["id"]
    bank.simulator.payer(number, act="pay")
    receive(world, claimed(bank, number, ours.uuid))
    work()
    assert outcomes() == [Outcome.QUARANTINED]
    assert {queries.view_of(view.id).state for view in (ours, other)} == {PaymentState.UNKNOWN}
    assert posted_for(ours) == posted_for(other) == []
    operations.settle_awaiting(now=NOW + timedelta(minutes=1))
    assert posted_for(other) == [128_493]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"{}", b"[" * 5000,
        b'{"type":"notification","event":"payment.succeeded","object":null}',
        b'{"type":"notification","event":"payment.succeeded","object":{"id":1}}',
        b'{"type":"notification","event":"payment.succeeded","object":{"id":"a","amount":{"value":"NaN","currency":"RUB"}}}',
        b'{"type":"notification","event":"refund.succeeded","object":{"id":"a","amount":{"value":"1.00","currency":"RUB"}}}',
        b'{"type":"notification","event":7,"object":{}}',
    ],
)  # fmt: skip
def test_an_unreadable_notice_is_kept_and_closed(world, bank, body):
    receive(world, body)
    work()
    assert outcomes() == [Outcome.UNREADABLE]


@pytest.mark.parametrize("number", ["", "not-a-uuid", "11111111-1111-4111-8111-111111111111"])
def test_a_notice_of_a_payment_that_is_not_ours_calls_nobody(world, bank, number):
    told = {
        "id": "x",
        "amount": {"value": "1.00", "currency": "RUB"},
        "metadata": {"abonent_payment": number},
    }
    bank.simulator.fault(Fault("before", "500"))
    receive(
        world,
        json.dumps({"type": "notification", "event": "payment.succeeded", "object": told}).encode(),
    )
    work()
    assert outcomes() == [Outcome.STRANGER]
    assert len(bank.simulator.faults_left()) == 1


def test_a_notice_at_anothers_door_finds_nothing(world, bank):
    from abonent.domain.suppliers.models import Supplier

    other = Supplier.objects.create(code="other", name="Другой")
    view = world.pay()
    bank.pays(view)
    receive(world, bank.notice(view), supplier=other)
    work()
    assert outcomes() == [Outcome.STRANGER]
    assert posted_for(view) == []


def test_while_the_bank_is_silent_the_notice_stays_open_for_the_janitor(world, bank):
    view = world.pay()
    bank.pays(view)
    body = bank.notice(view)
    bank.simulator.fault(Fault("before", "502html", method="GET"))
    receive(world, body)
    work()
    assert outcomes() == [""]
    operations.settle_awaiting(now=NOW + timedelta(minutes=1))
    assert outcomes() == [Outcome.SETTLED]
    assert posted_for(view) == [view.amount]


def test_a_lost_job_does_not_matter(world, bank):
    view = world.pay()
    bank.pays(view)
    receive(world, bank.notice(view))
    ProcrastinateJob.objects.all()._raw_delete("default")
    operations.settle_awaiting(now=NOW + timedelta(minutes=1))
    assert outcomes() == [Outcome.SETTLED]


def test_a_zombie_that_weighs_a_closed_notice_does_nothing(world, bank):
    view = world.pay()
    bank.pays(view)
    receive(world, bank.notice(view))
    work()
    again = operations.handle_notice(notice_id=Notice.objects.get().pk, now=NOW)
    assert again == Heard.NOTHING_TO_ASK
    assert posted_for(view) == [view.amount]
