"""A payment through each bank that knows no key of ours: whatever happens, credited once.

The longer list of what may go wrong with a payment is lived through with YooKassa beside
this file; here is what the other banks do otherwise.
"""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment, ProviderCall
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.notices import Outcome
from abonent.domain.suppliers.models import Rulebook
from bank_simulator.faults import Fault
from banks import KINDS, SECRET, counter, outcomes
from paying import NOW, posted_for, row_of

pytestmark = pytest.mark.django_db
KEYLESS = ("tbank", "rbs")


@pytest.fixture(params=KEYLESS)
def at_bank(request, settings):
    with counter(KINDS[request.param], settings) as opened:
        yield opened


def minutes(count):
    return NOW + timedelta(minutes=count)


def state(view):
    return queries.view_of(view.id).state


def receive(world, at_bank, body, now=NOW):
    """Let a notice arrive and the queue weigh it."""
    answer = operations.receive_notice(
        channel=at_bank.channel, supplier_id=world.supplier.pk, body=body, address="", now=now
    )
    for job in ProcrastinateJob.objects.filter(task_name="handle_notice", status="todo"):
        operations.handle_notice(notice_id=job.args["notice_id"], now=now)
    return answer


def pay(at_bank, view, **how):
    at_bank.simulator.payer(row_of(view).external_id, act="pay", **how)


def captured(at_bank):
    return [one["amount"] for one in at_bank.operations("captured")]


def test_a_payment_goes_to_the_banks_page_and_is_credited_by_its_notice(world, at_bank):
    view = world.pay(128_493)
    assert (view.state, view.channel) == (PaymentState.AWAITING, at_bank.channel)
    assert view.confirmation_url.startswith(at_bank.simulator.url)
    pay(at_bank, view)
    answer = receive(world, at_bank, at_bank.notice())
    assert answer == ("OK" if at_bank.channel == "tbank" else "")
    assert outcomes() == [Outcome.SETTLED]
    assert posted_for(view) == captured(at_bank) == [128_493]
    assert world.broken() == {}


def test_the_page_stays_at_hand_while_the_bank_is_asked(world, at_bank):
    view = world.pay()
    operations.settle_payment(payment_id=view.id, now=minutes(5))
    again = queries.view_of(view.id)
    assert again.can_continue
    assert again.confirmation_url == view.confirmation_url


def test_copies_and_a_replay_a_day_later_change_nothing(world, at_bank):
    view = world.pay()
    pay(at_bank, view)
    body = at_bank.notice()
    for _ in range(3):
        receive(world, at_bank, body)
    receive(world, at_bank, body + b" ", now=NOW + timedelta(days=1))
    assert posted_for(view) == [view.amount]
    assert outcomes()[0] == Outcome.SETTLED


def test_a_lost_notice_is_made_good_at_the_deadline(world, at_bank):
    view = world.pay()
    pay(at_bank, view)
    assert operations.settle_awaiting(now=minutes(59)) == 0
    assert operations.settle_awaiting(now=at_bank.at(minutes(60))) == 1
    assert posted_for(view) == [view.amount]


@pytest.mark.parametrize("kind", ["reset", "500", "garbage"])
def test_after_a_lost_answer_the_payer_gets_one_page_and_pays_once(world, at_bank, kind):
    at_bank.simulator.fault(Fault("after", kind, path=at_bank.kind.opens))
    view = world.pay()
    assert (view.state, view.can_continue) == (PaymentState.UNKNOWN, False)
    operations.settle_awaiting(now=at_bank.at(minutes(1)))
    again = queries.view_of(view.id)
    assert (again.state, again.can_continue) == (PaymentState.AWAITING, True)
    pay(at_bank, view)
    receive(world, at_bank, at_bank.notice(), now=minutes(2))
    assert posted_for(view) == captured(at_bank) == [view.amount]


def test_money_taken_while_the_answer_was_lost_is_found_and_not_asked_for_again(world, at_bank):
    at_bank.simulator.pay_before_answer()
    at_bank.simulator.fault(Fault("after", "reset", path=at_bank.kind.opens))
    view = world.pay()
    assert state(view) == PaymentState.UNKNOWN
    operations.settle_awaiting(now=at_bank.at(minutes(1)))
    assert posted_for(view) == captured(at_bank) == [view.amount]
    assert len(at_bank.simulator.truth()["payments"]) == 1


def test_a_notice_faster_than_our_own_answer_is_credited_once(world, at_bank):
    at_bank.simulator.pay_before_answer()
    at_bank.simulator.fault(Fault("after", "500", path=at_bank.kind.opens))
    view = world.pay()
    receive(world, at_bank, at_bank.notice())
    assert posted_for(view) == [view.amount]
    assert operations.settle_awaiting(now=minutes(1)) == 0


def test_a_bank_that_is_down_is_asked_again_and_the_payment_goes_on(world, at_bank):
    at_bank.simulator.fault(Fault("before", "502html", count=2))
    view = world.pay()
    assert state(view) == PaymentState.UNKNOWN
    operations.settle_awaiting(now=at_bank.at(minutes(1)))
    assert state(view) == PaymentState.UNKNOWN
    operations.settle_awaiting(now=at_bank.at(minutes(3)))
    assert state(view) == PaymentState.AWAITING
    assert len(at_bank.simulator.truth()["payments"]) == 1


def test_wrong_keys_refuse_a_new_payment_at_once(world, at_bank, settings):
    name = f"{at_bank.channel.upper()}_SHOPS"
    setattr(settings, name, getattr(settings, name).replace(SECRET, "revoked"))
    view = world.pay()
    assert (view.state, view.paid) == (PaymentState.DECLINED, False)
    assert at_bank.simulator.truth()["payments"] == []


LIES = [(name, lie) for name in KEYLESS for lie in KINDS[name].given_away + KINDS[name].well_signed]


@pytest.mark.parametrize(("name", "lie"), LIES)
def test_a_forged_notice_is_quarantined_and_moves_nothing(world, settings, name, lie):
    with counter(KINDS[name], settings) as at_bank:
        view = world.pay()
        receive(world, at_bank, at_bank.lies(row_of(view).external_id, lie))
        assert outcomes() == [Outcome.QUARANTINED]
        assert state(view) == PaymentState.AWAITING
        pay(at_bank, view)
        receive(world, at_bank, at_bank.notice())
        assert posted_for(view) == [view.amount]


def test_a_well_signed_word_about_money_that_did_not_come_is_only_a_hint(world, at_bank):
    view = world.pay()
    receive(world, at_bank, at_bank.lies(row_of(view).external_id, "status"))
    assert outcomes() == [Outcome.NOTED]
    assert posted_for(view) == []


def test_a_notice_at_anothers_door_finds_nothing(world, at_bank):
    from abonent.domain.suppliers.models import Supplier

    stranger = Supplier.objects.create(code="other", name="Другой")
    view = world.pay()
    pay(at_bank, view)
    ours, world.supplier = world.supplier, stranger
    receive(world, at_bank, at_bank.notice())
    world.supplier = ours
    assert outcomes() == [Outcome.STRANGER]
    assert posted_for(view) == []


@pytest.mark.parametrize(
    "lie", [{"Amount": 100}, {"OrderId": "not ours"}, {"PaymentId": "7000000002"}]
)
def test_a_bank_that_answers_about_another_payment_is_not_believed(
    world, settings, monkeypatch, lie
):
    from abonent.adapters.acquirers.tbank import messages

    with counter(KINDS["tbank"], settings) as at_bank:
        view = world.pay()
        pay(at_bank, view)
        honest = messages.read_payment
        monkeypatch.setattr(
            messages,
            "read_payment",
            lambda body, *given, **named: honest(body | lie, *given, **named),
        )
        operations.settle_payment(payment_id=view.id, now=minutes(1))
        assert state(view) == PaymentState.QUARANTINED
        assert posted_for(view) == []


def test_another_currency_is_not_money_for_us(world, settings, monkeypatch):
    from abonent.adapters.acquirers.rbs import messages

    with counter(KINDS["rbs"], settings) as at_bank:
        view = world.pay()
        pay(at_bank, view)
        honest = messages.read_order
        monkeypatch.setattr(
            messages,
            "read_order",
            lambda body, *given, **named: honest(body | {"currency": "840"}, *given, **named),
        )
        operations.settle_payment(payment_id=view.id, now=minutes(1))
        assert state(view) == PaymentState.QUARANTINED
        assert posted_for(view) == []


def test_money_that_came_after_the_hour_is_credited(world, at_bank):
    view = world.pay()
    number = row_of(view).external_id
    at_bank.simulator.payer(number, act="pay_late", after=timedelta(minutes=5))
    operations.settle_awaiting(now=at_bank.at(minutes(61)))
    assert state(view) == PaymentState.EXPIRED
    operations.settle_awaiting(now=at_bank.at(minutes(75)))
    assert posted_for(view) == captured(at_bank) == [view.amount]


def test_a_refused_card_leaves_the_payer_at_the_page_until_its_hour_is_over(world, settings):
    with counter(KINDS["tbank"], settings) as at_bank:
        view, other = world.pay(), world.pay(777, start=operations.start_another_payment)
        for one in (view, other):
            number = row_of(one).external_id
            at_bank.simulator.payer(number, act="decline", reason="insufficient_funds")
            receive(world, at_bank, at_bank.notice())
            assert state(one) == PaymentState.AWAITING
            assert queries.view_of(one.id).can_continue
        pay(at_bank, view)
        receive(world, at_bank, at_bank.notice())
        assert posted_for(view) == [view.amount]
        # The bank says REJECTED for ever; our clock knows when the page has closed.
        operations.settle_awaiting(now=minutes(61))
        ended = queries.view_of(other.id)
        assert ended.state == PaymentState.DECLINED
        assert "не хватает денег" in ended.decline_text


def test_what_is_kept_of_the_calls_holds_no_secret(world, at_bank):
    view = world.pay()
    pay(at_bank, view)
    operations.settle_payment(payment_id=view.id, now=minutes(1))
    calls = ProviderCall.objects.filter(payment_id=view.id)
    assert calls.count() >= 2
    for call in calls:
        assert SECRET not in f"{call.question} {call.request} {call.response}"
        assert "Token" not in call.request or '"Token": "…"' in call.request


def test_the_supplier_chooses_among_its_acquirers(world, at_bank, settings):
    settings.YOOKASSA_SHOPS = '{"demo": "100500:test_x"}'
    terms = queries.payment_terms(supplier_id=world.supplier.pk)
    assert (terms.channel, terms.channel_name) == ("yookassa", "ЮKassa")
    Rulebook.objects.create(supplier=world.supplier, name="acquirer", value=at_bank.channel)
    terms = queries.payment_terms(supplier_id=world.supplier.pk)
    assert terms.channel == at_bank.channel
    assert terms.channel_name in {"Т-Банк", "Сбербанк"}
    # One that it has named and has no shop at does not close the till.
    setattr(settings, f"{at_bank.channel.upper()}_SHOPS", "{}")
    assert queries.payment_terms(supplier_id=world.supplier.pk).channel == "yookassa"
    assert not Payment.objects.exists()
