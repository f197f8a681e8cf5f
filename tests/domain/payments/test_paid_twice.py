"""One payment, two pages of it, both paid: both are credited, the payer is told (TRUST 20)."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations
from abonent.domain.payments.models import Payment
from abonent.domain.payments.rules import PaymentState, Purpose
from abonent.domain.payments.rules.notices import Outcome
from bank_simulator.faults import Fault
from bank_simulator.protocols.tbank import TBankWays
from bank_simulator.simulator import Options
from banks import KINDS, counter, outcomes
from paying import NOW, charge, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["rbs", "tbank"])
def at_bank(request, settings):
    options = Options(tbank=TBankWays(same_order="twin"))
    with counter(KINDS[request.param], settings, options=options) as opened:
        yield opened


@pytest.fixture
def two_pages(world, at_bank):
    """The payment whose first page was lost with its answer, and the bank's numbers of both.

    The payer has the lost page all the same: he was on it when our line broke.
    """
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    charge(world, 60_000)
    at_bank.simulator.fault(Fault("after", "reset", path=at_bank.kind.opens))
    purposes = [Purpose(world.flat.pk, 50_000), Purpose(world.dacha.pk, 7_000)]
    view = world.pay(purposes=purposes)
    if at_bank.channel == "tbank":
        # T-Bank lets us close a lost page; here it is open in another window.
        at_bank.simulator.fault(Fault("before", "500", path="/v2/Cancel"))
        number = at_bank.operations("pending")[0]["id"]
        with at_bank.simulator.bank.work() as now:
            at_bank.simulator.bank.visit(at_bank.simulator.bank.operation(number), now=now)
        operations.settle_awaiting(now=at_bank.at(NOW + timedelta(minutes=1)))
        with at_bank.simulator.bank.work() as now:
            kept = at_bank.simulator.bank.operation(number)
            twin = at_bank.simulator.bank.create(
                _new_like(kept, f"7{at_bank.simulator.bank.dice.digits('twin', count=9)}"), now=now
            )
        return view, [kept.id, twin.id]
    operations.settle_awaiting(now=at_bank.at(NOW + timedelta(minutes=1)))
    return view, [one["id"] for one in at_bank.operations("pending")]


def _new_like(operation, identifier):
    from bank_simulator.records import NewOperation

    return NewOperation(
        protocol=operation.protocol, shop=operation.shop, amount=operation.amount,
        currency="RUB", steps=1, title=operation.title, payee="", return_url=operation.return_url,
        keeps_card=False, forces_code=True, details=operation.details, identifier=identifier,
    )  # fmt: skip


def receive(world, at_bank, now):
    """Let all that the bank has told arrive, as often as it likes, and be weighed."""
    with at_bank.simulator.bank.work():
        rows = at_bank.simulator.store.rows("SELECT body FROM notifications ORDER BY seq")
    for row in rows:
        operations.receive_notice(
            channel=at_bank.channel, supplier_id=world.supplier.pk, body=row["body"].encode(),
            address="", now=now,
        )  # fmt: skip
    for job in ProcrastinateJob.objects.filter(task_name="handle_notice", status="todo"):
        operations.handle_notice(notice_id=job.args["notice_id"], now=now)


def minutes(count):
    return NOW + timedelta(minutes=count)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_are_credited_and_the_payer_is_told_once(world, at_bank, two_pages, order):
    view, numbers = two_pages
    assert len(numbers) == 2
    for turn, place in enumerate(order):
        at_bank.simulator.payer(numbers[place], act="pay")
        for _ in range(3):
            receive(world, at_bank, minutes(2 + turn))
    assert set(outcomes()) <= {Outcome.SETTLED, Outcome.NOTED, Outcome.REPEATED}
    assert sorted(at_bank.operations("captured"), key=lambda one: one["id"]) == sorted(
        at_bank.operations("captured", "pending"), key=lambda one: one["id"]
    )
    rows = Payment.objects.order_by("pk")
    assert [(one.state, one.amount) for one in rows] == [(PaymentState.CAPTURED, 57_000)] * 2
    assert sorted(one.external_id for one in rows) == sorted(numbers)
    assert rows[0].pk == view.id
    # 600 ₽ were owed for the flat and none for the dacha: the second money is an advance.
    assert world.owes() == 60_000 - 2 * 50_000
    assert world.owes(world.dacha) == -2 * 7_000
    kinds = sorted(Message.objects.values_list("kind", flat=True))
    assert kinds == ["payment_paid_twice", "payment_settled"]
    letter = Message.objects.get(kind="payment_paid_twice")
    assert "570,00\xa0₽" in letter.body
    assert "570" not in letter.subject
    assert world.broken() == {}


def test_a_page_that_was_only_opened_credits_nothing(world, at_bank, two_pages):
    view, numbers = two_pages
    at_bank.simulator.payer(numbers[1], act="pay")
    receive(world, at_bank, minutes(2))
    other = next(number for number in numbers if number != row_of(view).external_id)
    at_bank.simulator.forge(other, lie="status")
    receive(world, at_bank, minutes(3))
    assert outcomes()[-1] == Outcome.NOTED
    assert Payment.objects.count() == 1
    assert world.broken() == {}


def test_while_the_bank_is_silent_the_notice_waits(world, at_bank, two_pages):
    _, numbers = two_pages
    for place, number in enumerate(numbers):
        at_bank.simulator.payer(number, act="pay")
        if place:
            at_bank.simulator.fault(Fault("before", "reset", count=9))
        receive(world, at_bank, minutes(2))
    assert outcomes()[-1] == ""
    assert Payment.objects.count() == 1
    at_bank.simulator._faults.clear()
    operations.settle_awaiting(now=at_bank.at(minutes(5)))
    assert [one.state for one in Payment.objects.all()] == [PaymentState.CAPTURED] * 2
    assert world.broken() == {}
