"""Money given back: to its source, once, never more than was paid; above a limit by two people."""

import json
import uuid
from datetime import date, timedelta
from io import StringIO

import httpx
import pytest
import time_machine
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.common.refusals import NotFound
from abonent.domain.identity.models import User
from abonent.domain.journal.models import JournalEntry
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment, PaymentPart, ProviderCall, Refund
from abonent.domain.payments.rules import Kind, Purpose
from abonent.domain.payments.rules.notices import Outcome
from abonent.domain.payments.rules.refunds import Origin, RefundState
from bank_simulator.bank import RefundPlan
from bank_simulator.faults import Fault
from banks import KINDS, counter, outcomes
from paying import CODE, NOW, SECRET, SHOP, charge

pytestmark = pytest.mark.django_db
REFUNDS = "/v3/refunds"


def minutes(count):
    return NOW + timedelta(minutes=count)


@pytest.fixture
def clerk(world):
    return User.objects.create_user(login="clerk", password=None).pk


@pytest.fixture
def chief(world):
    return User.objects.create_user(login="chief", password=None).pk


@pytest.fixture
def paid(world, bank):
    """A payment of 500 ₽ for a debt of 1 200 ₽, on the account."""
    charge(world, 120_000)
    view = world.pay(50_000)
    bank.pays(view)
    return operations.settle_payment(payment_id=view.id, now=NOW)


def give(world, paid, actor, amount=20_000, *, account=None, key=None, now=NOW, why="ошибка"):
    return operations.refund_payment(
        supplier_id=world.supplier.pk, payment_id=paid.id,
        account_id=(account or world.flat).pk, amount=amount, why=why, key=key or uuid.uuid4(),
        actor_id=actor, now=now,
    )  # fmt: skip


def janitor(bank, moment):
    bank.at(moment)
    operations.settle_awaiting(now=moment)


def returned_by(bank):
    """Return what the bank really gave back, kopecks."""
    return [
        one["amount"] for one in bank.simulator.truth()["refunds"] if one["state"] == "succeeded"
    ]


def refund_notice(bank):
    query = "SELECT body FROM notifications WHERE event LIKE 'refund.%' ORDER BY seq DESC LIMIT 1"
    with bank.simulator.bank.work():
        return bank.simulator.store.row(query)["body"].encode()


def by_hand(bank, paid, roubles):
    """Give money back in the bank's own cabinet."""
    body = {"payment_id": paid.external_id, "amount": {"value": roubles, "currency": "RUB"}}
    httpx.post(
        f"{bank.url}/refunds", auth=(SHOP, SECRET), json=body, trust_env=False,
        headers={"Idempotence-Key": "by-hand"},
    )  # fmt: skip


def receive(world, body, now):
    operations.receive_notice(
        channel="yookassa", supplier_id=world.supplier.pk, body=body, address="", now=now
    )
    for job in ProcrastinateJob.objects.filter(task_name="handle_notice", status="todo"):
        operations.handle_notice(notice_id=job.args["notice_id"], now=now)


def test_a_small_refund_goes_at_once_and_is_owed_again_when_the_bank_has_done_it(
    world, bank, paid, clerk
):
    assert world.owes() == 70_000
    view = give(world, paid, clerk)
    assert view.state == RefundState.PENDING
    assert world.owes() == 70_000, "nothing is owed before the money is back"
    janitor(bank, minutes(5))
    done = queries.refund_view(view.id)
    assert (done.state, returned_by(bank)) == (RefundState.DONE, [20_000])
    assert world.owes() == 90_000
    back = Payment.objects.get(kind=Kind.REFUND)
    assert (back.amount, back.uuid, back.external_id) == (20_000, view.uuid, done.external_id)
    assert world.broken() == {}
    janitor(bank, minutes(50))
    assert world.owes() == 90_000


def test_the_notice_of_the_bank_ends_a_refund_and_copies_change_nothing(world, bank, paid, clerk):
    view = give(world, paid, clerk)
    moment = bank.at(minutes(2))
    body = refund_notice(bank)
    receive(world, body, moment)
    receive(world, body + b" ", moment)
    assert outcomes()[-2:] == [Outcome.SETTLED, Outcome.REPEATED]
    assert queries.refund_view(view.id).state == RefundState.DONE
    assert world.owes() == 90_000


def test_a_forged_notice_of_a_refund_moves_nothing(world, bank, paid, clerk):
    view = give(world, paid, clerk)
    told = json.loads(refund_notice(bank)) if bank.at(minutes(2)) else {}
    told["object"]["amount"]["value"] = "499.00"
    receive(world, json.dumps(told).encode(), minutes(2))
    assert outcomes()[-1] == Outcome.QUARANTINED
    assert queries.refund_view(view.id).state == RefundState.PENDING
    told["object"] |= {"id": "2d1e0000-000f-5000-8000-1a2b3c4d5e6f", "metadata": {}}
    receive(world, json.dumps(told).encode(), minutes(2))
    assert Refund.objects.count() == 1
    assert world.owes() == 70_000


@pytest.mark.parametrize("kind", ["reset", "500", "502html", "truncate"])
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_lost_answer_is_unknown_and_never_a_second_refund(world, bank, paid, clerk, kind, where):
    bank.simulator.fault(Fault(where, kind, method="POST", path=REFUNDS))
    view = give(world, paid, clerk)
    assert view.state == RefundState.UNKNOWN
    with pytest.raises(operations.RefundInFlight):
        give(world, paid, clerk)
    for count in (4, 8, 20, 32, 33, 36, 40):
        janitor(bank, minutes(count))
    assert queries.refund_view(view.id).state == RefundState.DONE
    assert returned_by(bank) == [20_000]
    assert world.owes() == 90_000
    assert world.broken() == {}


def test_a_bank_silent_for_a_day_is_looked_up_not_asked_again(world, bank, paid, clerk):
    bank.simulator.fault(Fault("after", "500", method="POST", path=REFUNDS, count=99))
    view = give(world, paid, clerk)
    for hours in range(1, 14):
        janitor(bank, NOW + timedelta(hours=hours))
    assert queries.refund_view(view.id).state == RefundState.DONE
    assert returned_by(bank) == [20_000]
    asked = ProviderCall.objects.filter(question__startswith="GET /refunds")
    assert asked.exists()


def test_a_refund_that_never_reached_the_bank_ends_by_looking_it_up(world, bank, paid, clerk):
    bank.simulator.fault(Fault("before", "reset", method="POST", path=REFUNDS, count=99))
    view = give(world, paid, clerk)
    for hours in range(1, 14):
        janitor(bank, NOW + timedelta(hours=hours))
    assert queries.refund_view(view.id).state == RefundState.REFUSED
    assert returned_by(bank) == []
    assert world.owes() == 70_000
    assert give(world, paid, clerk, now=NOW + timedelta(hours=14)).state == RefundState.UNKNOWN


def test_a_refund_cancelled_in_silence_is_found_and_the_ledger_stays(world, bank, paid, clerk):
    bank.simulator.plan_refunds(RefundPlan(refusal="insufficient_funds"))
    view = give(world, paid, clerk)
    janitor(bank, minutes(5))
    done = queries.refund_view(view.id)
    assert (done.state, done.answer_word) == (RefundState.REFUSED, "insufficient_funds")
    assert world.owes() == 70_000
    again = give(world, paid, clerk, now=minutes(6))
    janitor(bank, minutes(12))
    assert queries.refund_view(again.id).state == RefundState.DONE
    assert world.owes() == 90_000


def test_parts_go_back_until_nothing_is_left(world, bank, paid, clerk):
    for place, amount in enumerate((20_000, 30_000), start=1):
        give(world, paid, clerk, amount, now=minutes(place * 10 - 10))
        janitor(bank, minutes(place * 10 - 5))
    assert world.owes() == 120_000
    with pytest.raises(operations.RefundTooLarge, match="От платежа осталось 0,00"):
        give(world, paid, clerk, 1, now=minutes(30))
    assert sorted(returned_by(bank)) == [20_000, 30_000]
    assert world.broken() == {}


def test_the_same_form_is_one_refund(world, bank, paid, clerk):
    key = uuid.uuid4()
    first, second = (give(world, paid, clerk, key=key) for _ in range(2))
    assert first.id == second.id
    with pytest.raises(operations.RefundInFlight):
        give(world, paid, clerk, 10_000, key=key)
    assert len(bank.simulator.truth()["refunds"]) == 1


def test_above_the_limit_a_second_person_decides(world, bank, clerk, chief):
    view = world.pay(300_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    small = give(world, view, clerk, 60_000)
    janitor(bank, minutes(5))
    assert queries.refund_view(small.id).state == RefundState.DONE
    # Cutting a large refund into small ones does not help.
    asked = give(world, view, clerk, 60_000, now=minutes(6))
    janitor(bank, minutes(60))
    assert queries.refund_view(asked.id).state == RefundState.ASKED
    assert [one.id for one in queries.refunds_to_approve(supplier_id=world.supplier.pk)] == [
        asked.id
    ]
    decide = {"supplier_id": world.supplier.pk, "refund_id": asked.id, "now": minutes(61)}
    with pytest.raises(operations.SecondPersonNeeded):
        operations.approve_refund(**decide, actor_id=clerk)
    assert returned_by(bank) == [60_000]
    assert operations.approve_refund(**decide, actor_id=chief).state == RefundState.PENDING
    with pytest.raises(operations.AlreadyDecided):
        operations.reject_refund(**decide, actor_id=chief)
    janitor(bank, minutes(70))
    assert returned_by(bank) == [60_000, 60_000]
    assert world.broken() == {}


def test_a_rejected_refund_frees_the_payment(world, bank, clerk, chief):
    view = world.pay(300_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    asked = give(world, view, clerk, 300_000)
    operations.reject_refund(
        supplier_id=world.supplier.pk, refund_id=asked.id, actor_id=chief, now=NOW
    )
    assert give(world, view, clerk, 50_000).state == RefundState.PENDING


def test_each_account_gives_back_its_own_share_by_purpose(world, bank, clerk):
    purposes = [
        Purpose(world.flat.pk, 10_000, world.service.pk),
        Purpose(world.flat.pk, 5_000),
        Purpose(world.dacha.pk, 30_000),
    ]
    view = world.pay(purposes=purposes)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    with pytest.raises(operations.RefundTooLarge, match="осталось 150,00"):
        give(world, view, clerk, 15_001)
    give(world, view, clerk, 7_000)
    janitor(bank, minutes(5))
    back = Payment.objects.get(kind=Kind.REFUND)
    taken = PaymentPart.objects.filter(payment_id=back.pk).order_by("line")
    assert list(taken.values_list("service_id", "amount")) == [
        (0, 5_000),
        (world.service.pk, 2_000),
    ]
    assert (world.owes(), world.owes(world.dacha)) == (-8_000, -30_000)
    with pytest.raises(operations.RefundTooLarge, match="осталось 80,00"):
        give(world, view, clerk, 8_001, now=minutes(6))
    assert world.broken() == {}


def test_what_was_not_paid_here_is_not_given_back(world, bank, paid, clerk):
    waiting = world.pay(10_000)
    with pytest.raises(operations.CannotRefund, match="только зачисленный"):
        give(world, waiting, clerk, 1_000)
    with pytest.raises(operations.ReasonMissing):
        give(world, paid, clerk, why="  ")
    with pytest.raises(NotFound):
        give(world, paid, clerk, account=world.dacha)
    Payment.objects.filter(pk=paid.id).update(asked=None)
    with pytest.raises(operations.CannotRefund, match="не через банк"):
        give(world, paid, clerk)


def test_a_refund_made_in_the_banks_cabinet_is_taken_over_once(world, bank, paid):
    by_hand(bank, paid, "120.00")
    moment = bank.at(minutes(3))
    told = refund_notice(bank)
    receive(world, told, moment)
    receive(world, told + b"\n", moment)
    refund = Refund.objects.get()
    assert (refund.origin, refund.amount, refund.state) == (Origin.BANK, 12_000, RefundState.DONE)
    assert world.owes() == 82_000
    assert world.broken() == {}


def test_a_charge_back_takes_the_money_off_once(world, bank, paid, clerk):
    told = {
        "supplier_id": world.supplier.pk, "payment_id": paid.id, "amount": 50_000,
        "external_id": "CB-1", "on": date(2026, 11, 24), "why": "спор в банке",
        "actor_id": clerk, "now": NOW,
    }  # fmt: skip
    first, second = (operations.record_charge_back(**told) for _ in range(2))
    assert first.id == second.id
    assert world.owes() == 120_000
    assert queries.refunds_of(payment_id=paid.id)[0].state_text == "Деньги вернул банк плательщика"
    with pytest.raises(operations.RefundTooLarge):
        give(world, paid, clerk, 1)
    assert world.broken() == {}


def test_the_payer_is_told_once_and_the_journal_names_who_did_it(world, bank, paid, clerk):
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    give(world, paid, clerk)
    for count in (5, 60):
        janitor(bank, minutes(count))
    letter = Message.objects.get(kind="payment_refunded")
    assert "200,00" in letter.body
    assert "200" not in letter.subject
    entry = JournalEntry.objects.get(action="payment_refunded")
    assert (entry.actor_id, entry.details["why"]) == (clerk, "ошибка")


@pytest.fixture(params=["tbank", "rbs"])
def keyless(request, settings):
    """Return a bank that has no refunds of their own, only a payment in some state."""
    with counter(KINDS[request.param], settings) as opened:
        yield opened


def paid_at(world, keyless, amount=50_000):
    view = world.pay(amount)
    keyless.simulator.payer(Payment.objects.get(pk=view.id).external_id, act="pay")
    return operations.settle_payment(payment_id=view.id, now=NOW)


@pytest.mark.parametrize("where", ["", "before", "after"])
def test_a_bank_that_knows_no_refund_gives_back_once(world, keyless, clerk, where):
    paid = paid_at(world, keyless)
    if where:
        method = "/v2/Cancel" if keyless.channel == "tbank" else "*refund.do"
        keyless.simulator.fault(Fault(where, "500", method="POST", path=method))
    view = give(world, paid, clerk)
    assert view.state == (RefundState.UNKNOWN if where else RefundState.PENDING)
    for count in (4, 8, 20, 32, 33, 36, 40, 100):
        janitor(keyless, minutes(count))
    assert queries.refund_view(view.id).state == RefundState.DONE
    assert returned_by(keyless) == [20_000]
    assert world.owes() == -30_000
    rest = give(world, paid, clerk, 30_000, now=minutes(101))
    for count in (105, 110, 200):
        janitor(keyless, minutes(count))
    assert queries.refund_view(rest.id).state == RefundState.DONE
    assert sorted(returned_by(keyless)) == [20_000, 30_000]
    assert world.broken() == {}


def test_what_somebody_gave_back_at_the_bank_is_not_given_back_again(world, bank, paid, clerk):
    by_hand(bank, paid, "120.00")
    bank.at(minutes(3))
    view = give(world, paid, clerk, now=minutes(3))
    assert (view.state, view.answer_word) == (RefundState.REFUSED, "differs")
    assert returned_by(bank) == [12_000]


def test_the_command_asks_refuses_and_takes_the_second_persons_word(
    world, bank, clerk, chief, settings
):
    User.objects.filter(pk__in=[clerk, chief]).update(is_staff=True)
    view = world.pay(300_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)

    def said(*words):
        heard = StringIO()
        call_command("refund", *words, supplier=CODE, stdout=heard)
        return heard.getvalue()

    ask = ["ask", "--payment", view.number, "--account", world.flat.number, "--why", "ошибка"]
    with time_machine.travel(NOW):
        with pytest.raises(CommandError, match="логин сотрудника"):
            said(*ask, "--amount", "2500", "--by", "anna")
        with pytest.raises(CommandError, match="От платежа осталось"):
            said(*ask, "--amount", "3000,01", "--by", "clerk")
        assert "Возврат готовится (asked). ошибка" in said(*ask, "--amount=2500", "--by=clerk")
        number = str(Refund.objects.get().pk)
        assert f"Возврат {number}, 2" in said("list")
        with pytest.raises(CommandError, match="второй сотрудник"):
            said("approve", "--refund", number, "--by", "clerk")
        assert "(pending)" in said("approve", "--refund", number, "--by", "chief")
        assert "нет" in said("list")
