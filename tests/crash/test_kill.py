"""kill -9 at every point: the money is credited exactly once and the bank's truth is ours."""

from datetime import timedelta

import pytest
from killable import kill_at, stopped_at

from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import FiscalReceipt, Notice, Payment
from abonent.domain.payments.rules import PaymentState, Purpose
from banks import KINDS, counter
from paying import NOW, RETURN_URL, charge, posted_for

pytestmark = pytest.mark.django_db(transaction=True)

PAY = [
    "pay.before_insert", "pay.inserted", "pay.committed", "pay.sending",
    "pay.after_provider_answer", "worker.row_updated", "pay.stored",
]  # fmt: skip
SETTLE = ["worker.state_read", "worker.row_updated", "worker.crediting", "worker.posted"]
HANDLE = ["worker.job_taken", *SETTLE, "worker.committed"]
WEBHOOK = ["webhook.body_read", "webhook.inserted", "webhook.committed"]


def start_killed(world, bank, point):
    kill_at(
        point, bank, "start_payment", supplier_id=world.supplier.pk, user_id=world.anna.pk,
        purposes=[Purpose(world.flat.pk, 50_000)], key="form", return_url=RETURN_URL, now=NOW,
    )  # fmt: skip


def payer_pays_all(bank):
    for operation in bank.simulator.truth()["payments"]:
        if operation["state"] == "pending":
            bank.simulator.payer(operation["id"], act="pay")


def truth_is_ours(world, bank):
    """Compare what the bank took with what the ledger credited, payment by payment."""
    credited = {
        str(row.uuid): row.amount
        for row in Payment.objects.filter(state=PaymentState.CAPTURED)
        if posted_for(queries.view_of(row.pk)) == [row.amount]
    }
    assert credited == bank.captured()
    assert world.broken() == {}


def minutes(count):
    return NOW + timedelta(minutes=count)


@pytest.mark.parametrize("point", PAY)
def test_killed_while_starting_the_janitor_makes_it_good(world, bank, point):
    start_killed(world, bank, point)
    for minute in (1, 2):
        operations.settle_awaiting(now=bank.at(minutes(minute)))
    payer_pays_all(bank)
    for minute in (61, 62, 63):
        operations.settle_awaiting(now=bank.at(minutes(minute)))
    truth_is_ours(world, bank)
    asked_for = point not in {"pay.before_insert", "pay.inserted", "pay.committed"}
    assert len(bank.captured()) == int(asked_for)


@pytest.mark.parametrize("point", PAY)
def test_killed_while_starting_the_same_form_goes_on(world, bank, point):
    start_killed(world, bank, point)
    view = world.pay(50_000, key="form", now=bank.at(minutes(2)))
    assert view.state == PaymentState.AWAITING
    assert Payment.objects.count() == 1
    payer_pays_all(bank)
    operations.settle_payment(payment_id=view.id, now=minutes(3))
    assert posted_for(view) == [50_000]
    truth_is_ours(world, bank)


@pytest.mark.parametrize("point", ["pay.sending", "pay.after_provider_answer", "pay.stored"])
@pytest.mark.parametrize("kind", ["tbank", "rbs"])
def test_killed_at_a_bank_that_knows_no_key_the_payer_still_has_one_page(
    world, settings, kind, point
):
    with counter(KINDS[kind], settings) as at_bank:
        start_killed(world, at_bank, point)
        for minute in (1, 2):
            operations.settle_awaiting(now=at_bank.at(minutes(minute)))
        row = Payment.objects.get()
        assert (row.state, bool(row.confirmation_url)) == (PaymentState.AWAITING, True)
        at_bank.simulator.payer(row.external_id, act="pay")
        operations.settle_awaiting(now=at_bank.at(minutes(63)))
        assert posted_for(queries.view_of(row.pk)) == [50_000]
        assert [one["id"] for one in at_bank.operations("captured")] == [row.external_id]
        assert world.broken() == {}


@pytest.mark.parametrize("point", SETTLE)
def test_killed_while_settling(world, bank, point):
    charge(world, 30_000)
    view = world.pay(50_000)
    bank.pays(view)
    kill_at(point, bank, "settle_payment", payment_id=view.id, now=NOW)
    assert posted_for(view) == []
    assert queries.view_of(view.id).state == PaymentState.AWAITING
    operations.settle_awaiting(now=bank.at(minutes(60)))
    assert posted_for(view) == [50_000]
    assert world.owes() == -20_000
    truth_is_ours(world, bank)


@pytest.mark.parametrize("point", HANDLE)
def test_killed_while_weighing_a_notice(world, bank, point):
    view = world.pay(50_000)
    bank.pays(view)
    operations.receive_notice(
        channel="yookassa", supplier_id=world.supplier.pk, body=bank.notice(view), address="", now=NOW
    )  # fmt: skip
    notice = Notice.objects.get()
    kill_at(point, bank, "handle_notice", notice_id=notice.pk, now=NOW)
    # The job comes back to another worker; even if it did not, the janitor has the notice.
    operations.handle_notice(notice_id=notice.pk, now=NOW)
    assert posted_for(view) == [50_000]
    operations.settle_awaiting(now=bank.at(minutes(60)))
    truth_is_ours(world, bank)


@pytest.mark.parametrize("point", WEBHOOK)
def test_killed_while_taking_a_notice(world, bank, point):
    view = world.pay(50_000)
    bank.pays(view)
    body = bank.notice(view)
    told = {"channel": "yookassa", "supplier_id": world.supplier.pk, "address": ""}
    kill_at(point, bank, "receive_notice", body=body, now=NOW, **told)
    kept = Notice.objects.count()
    assert kept == int(point == "webhook.committed")
    # No answer left, so the bank sends it again.
    operations.receive_notice(body=body, now=NOW, **told)
    operations.handle_notice(notice_id=Notice.objects.get().pk, now=NOW)
    assert posted_for(view) == [50_000]
    truth_is_ours(world, bank)


@pytest.mark.parametrize(
    ("first", "second"),
    [("worker.row_updated", "worker.posted"), ("worker.posted", "worker.state_read")],
)
def test_killed_again_during_the_recovery(world, bank, first, second):
    view = world.pay(50_000)
    bank.pays(view)
    kill_at(first, bank, "settle_payment", payment_id=view.id, now=NOW)
    kill_at(second, bank, "settle_awaiting", now=bank.at(minutes(60)))
    operations.settle_awaiting(now=bank.at(minutes(61)))
    assert posted_for(view) == [50_000]
    truth_is_ours(world, bank)


def test_the_letter_is_written_once_whatever_died(world, bank):
    world.anna.email = "anna@example.org"
    world.anna.save()
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay(50_000)
    bank.pays(view)
    kill_at("worker.posted", bank, "settle_payment", payment_id=view.id, now=NOW)
    assert not Message.objects.filter(kind="payment_settled").exists()
    operations.settle_payment(payment_id=view.id, now=NOW)
    operations.settle_payment(payment_id=view.id, now=NOW)
    assert Message.objects.filter(kind="payment_settled").count() == 1


@pytest.mark.parametrize(
    "first", ["pay.sending", "pay.after_provider_answer", "worker.row_updated"]
)
def test_killed_while_starting_and_again_while_it_is_made_good(world, bank, first):
    start_killed(world, bank, first)
    kill_at("worker.row_updated", bank, "settle_awaiting", now=bank.at(minutes(1)))
    operations.settle_awaiting(now=bank.at(minutes(2)))
    payer_pays_all(bank)
    kill_at("worker.posted", bank, "settle_awaiting", now=bank.at(minutes(62)))
    operations.settle_awaiting(now=bank.at(minutes(63)))
    truth_is_ours(world, bank)
    assert len(bank.captured()) == 1


@pytest.mark.parametrize("point", ["worker.job_taken", "worker.state_read", "worker.committed"])
def test_a_worker_that_stood_still_while_another_did_its_job(world, bank, point):
    """It was taken for dead, its job was swept and done; then it goes on where it stood."""
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay(50_000)
    bank.pays(view)
    operations.receive_notice(
        channel="yookassa", supplier_id=world.supplier.pk, body=bank.notice(view), address="", now=NOW
    )  # fmt: skip
    notice = Notice.objects.get()
    with stopped_at(point, bank, "handle_notice", notice_id=notice.pk, now=NOW):
        operations.handle_notice(notice_id=notice.pk, now=NOW)
        assert posted_for(view) == [50_000]
        before = Payment.objects.values().get()
    assert Payment.objects.values().get() == before
    assert posted_for(view) == [50_000]
    assert Message.objects.filter(kind="payment_settled").count() == 1
    truth_is_ours(world, bank)


@pytest.mark.parametrize("point", ["message.taken", "message.sent"])
def test_killed_while_a_letter_leaves_it_is_sent_again(world, bank, point):
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    kill_at(point, bank, "send_due", room="messaging", now=NOW)
    # Whether it left is not known; a letter twice is better than none.
    assert Message.objects.get(kind="payment_settled").state == "queued"
    assert messaging.send_due(now=NOW) == 1
    assert Message.objects.get(kind="payment_settled").state == "sent"
    assert posted_for(view) == [50_000]
    truth_is_ours(world, bank)


@pytest.mark.parametrize("point", ["receipt.asked", "receipt.answered"])
def test_killed_while_a_receipt_is_asked_about_it_is_noted_once(world, bank, point):
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    later = bank.at(NOW + timedelta(minutes=2))
    kill_at(point, bank, "settle_awaiting", now=later)
    assert queries.fiscal_receipt(payment_id=view.id).state == "pending"
    operations.settle_awaiting(now=later)
    seen = queries.fiscal_receipt(payment_id=view.id)
    assert seen.state == "registered"
    assert seen.document_number
    assert FiscalReceipt.objects.count() == 1
    truth_is_ours(world, bank)
