"""Bound cards: kept when asked, charged only where they may, gone at once and everywhere."""

from datetime import timedelta

import pytest
from django.db import transaction

from abonent.common.refusals import NotFound
from abonent.domain.journal.models import JournalEntry
from abonent.domain.journeys.recover_password import recover_password
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import BoundCard, CardRemoval, Payment, ProviderCall
from abonent.domain.payments.operations import CardExpired, FirstPayment, KeyReused
from abonent.domain.payments.rules import PaymentState, Purpose
from abonent.domain.payments.rules.cards import ByCard
from bank_simulator.faults import Fault
from banks import KINDS, counter
from mandates import KEEPS, bind, by, cards, letters
from paying import NOW, give_access, posted_for, row_of

pytestmark = pytest.mark.django_db
CHARGES = {
    "yookassa": "/v3/payments", "tbank": "/v2/Charge", "rbs": "*/paymentOrderBinding.do",
}  # fmt: skip


@pytest.fixture(params=["yookassa", "tbank", "rbs"])
def at_bank(request, settings):
    with counter(KINDS[request.param], settings) as opened:
        yield opened


def minutes(count):
    return NOW + timedelta(minutes=count)


def janitor(at_bank, *moments):
    for moment in moments:
        operations.settle_awaiting(now=at_bank.at(moment))


def token():
    return BoundCard.objects.get().token


# Binding


def test_a_card_is_bound_only_when_the_payer_asked(world, at_bank):
    view = world.pay(10_000)
    at_bank.simulator.payer(row_of(view).external_id, act="pay")
    operations.settle_payment(payment_id=view.id, now=NOW)
    assert cards(world) == []
    assert at_bank.simulator.truth()["cards"] == []


def test_a_bound_card_is_known_by_its_last_digits_and_what_it_pays(world, at_bank):
    card = bind(world, at_bank)
    assert (card.name, str(card.expires), card.kind_name) == (
        "··4477", "2030-12", "счета за услуги",
    )  # fmt: skip
    assert card.account_ids == {world.flat.pk}
    row = BoundCard.objects.get()
    assert row.card == "5555 55•• •••• 4477", "never the whole number"
    assert any("··4477" in body for body in letters("card_bound"))
    assert JournalEntry.objects.get(action="card_bound").details["card"] == "4477"


def test_a_bank_that_keeps_nothing_leaves_no_card(world, at_bank):
    view = world.pay(10_000, means=KEEPS)
    at_bank.simulator.payer(row_of(view).external_id, act="pay")
    with at_bank.simulator.bank.work():
        at_bank.simulator.store.rows("DELETE FROM kept_cards")
    paid = operations.settle_payment(payment_id=view.id, now=NOW)
    assert paid.paid
    assert paid.keeps_card
    assert not queries.card_left(keeper=paid.uuid)


# Paying by it


def test_a_bound_card_pays_at_once_without_a_page(world, at_bank):
    card = bind(world, at_bank)
    paid = world.pay(50_000, means=by(card))
    assert (paid.state, paid.confirmation_url, paid.by_card) == (PaymentState.CAPTURED, "", True)
    assert posted_for(paid) == [50_000]
    assert world.owes() == -60_000
    assert world.broken() == {}


def test_the_same_form_pays_by_the_card_once(world, at_bank):
    card = bind(world, at_bank)
    first = world.pay(50_000, key="one", means=by(card))
    again = world.pay(50_000, key="one", means=by(card))
    assert again.id == first.id
    with pytest.raises(KeyReused):
        world.pay(50_000, key="one")
    assert sorted(one["amount"] for one in at_bank.operations("captured")) == [10_000, 50_000]


def test_the_token_lies_in_no_payment_and_no_call(world, at_bank):
    card = bind(world, at_bank)
    paid = world.pay(50_000, means=by(card))
    assert token() not in str(row_of(paid).asked)
    calls = ProviderCall.objects.filter(payment_id=paid.id).values_list("request", flat=True)
    assert not any(token() in request for request in calls)


@pytest.mark.parametrize("refusal", ["insufficient_funds", "3d_secure_failed"])
def test_a_refused_charge_says_why_and_takes_nothing(world, at_bank, refusal):
    card = bind(world, at_bank)
    at_bank.simulator.spoil_saved(token(), refusal=refusal)
    view = world.pay(50_000, means=by(card))
    assert (view.state, posted_for(view)) == (PaymentState.DECLINED, [])
    assert view.decline_text
    assert cards(world), "the card stays: another time it may pay"


def test_a_revoked_permission_takes_the_card_away_and_says_so(world, at_bank):
    card = bind(world, at_bank)
    at_bank.simulator.spoil_saved(token(), refusal="permission_revoked")
    view = world.pay(50_000, means=by(card))
    assert view.state == PaymentState.DECLINED
    assert cards(world) == []
    assert any("не разрешает" in body for body in letters("card_removed"))


@pytest.mark.parametrize("kind", ["reset", "500"])
def test_an_answer_lost_after_the_charge_is_money_once(world, at_bank, kind):
    card = bind(world, at_bank)
    at_bank.simulator.fault(Fault("after", kind, path=CHARGES[at_bank.channel]))
    # Sberbank's order tells by itself what became of the charge.
    view = world.pay(50_000, means=by(card))
    janitor(at_bank, minutes(2), minutes(6), minutes(20))
    assert queries.view_of(view.id).state == PaymentState.CAPTURED
    assert posted_for(view) == [50_000]
    assert sorted(one["amount"] for one in at_bank.operations("captured")) == [10_000, 50_000]
    assert world.broken() == {}


def test_a_charge_that_never_reached_the_bank_is_never_made_later(world, at_bank):
    card = bind(world, at_bank)
    at_bank.simulator.fault(Fault("before", "reset", path=CHARGES[at_bank.channel]))
    view = world.pay(50_000, means=by(card))
    assert queries.view_of(view.id).checking
    janitor(at_bank, *[minutes(count) for count in (2, 6, 20, 70, 90, 180)])
    assert queries.view_of(view.id).state == PaymentState.EXPIRED
    assert [one["amount"] for one in at_bank.operations("captured")] == [10_000]


# Where it may not pay (T9)


def test_a_first_payment_of_an_account_is_refused(world, at_bank):
    card = bind(world, at_bank)
    for purposes in (
        [Purpose(world.dacha.pk, 5_000)],
        [Purpose(world.flat.pk, 5_000), Purpose(world.dacha.pk, 5_000)],
    ):
        with pytest.raises(FirstPayment):
            world.pay(purposes=purposes, means=by(card))
    assert Payment.objects.count() == 1
    # Once it was paid at the bank's page, the card may pay it too.
    view = world.pay(purposes=[Purpose(world.dacha.pk, 5_000)])
    at_bank.simulator.payer(row_of(view).external_id, act="pay")
    operations.settle_payment(payment_id=view.id, now=NOW)
    assert world.pay(purposes=[Purpose(world.dacha.pk, 5_000)], means=by(card)).paid


def test_what_others_have_paid_is_no_earlier_payment_of_mine(world, bank):
    card = bind(world, bank)
    give_access(world.dacha, world.vera)
    theirs = world.pay(purposes=[Purpose(world.dacha.pk, 5_000)], user=world.vera)
    bank.pays(theirs)
    operations.settle_payment(payment_id=theirs.id, now=NOW)
    with pytest.raises(FirstPayment):
        world.pay(purposes=[Purpose(world.dacha.pk, 5_000)], means=by(card))


def test_a_strangers_card_does_not_exist(world, bank):
    card = bind(world, bank)
    give_access(world.flat, world.vera)
    theirs = world.pay(5_000, user=world.vera)
    bank.pays(theirs)
    operations.settle_payment(payment_id=theirs.id, now=NOW)
    with pytest.raises(NotFound):
        world.pay(5_000, user=world.vera, means=by(card))
    with pytest.raises(NotFound):
        operations.remove_card(
            user_id=world.vera.pk, supplier_id=world.supplier.pk, card_uuid=card.uuid, now=NOW
        )
    assert cards(world, world.vera) == []
    assert cards(world)


def test_a_card_of_another_kind_of_payment_is_no_card_here(world, bank):
    card = bind(world, bank)
    BoundCard.objects.update(kind="orders")
    with pytest.raises(NotFound):
        world.pay(5_000, means=ByCard(card.uuid))


def test_a_card_past_its_last_month_pays_nothing(world, bank):
    card = bind(world, bank)
    BoundCard.objects.update(expires=NOW.date().replace(month=10, day=1))
    assert cards(world)[0].expired
    with pytest.raises(CardExpired):
        world.pay(5_000, means=by(card))


def test_a_page_without_sign_in_has_no_card(world, bank):
    card = bind(world, bank)
    with pytest.raises(NotFound):
        operations.start_payment(
            supplier_id=world.supplier.pk, user_id=None, purposes=[Purpose(world.flat.pk, 5_000)],
            key="open", return_url="https://example.org/", means=by(card), now=NOW,
        )  # fmt: skip


# Removing it


def remove(world, card, now=NOW):
    operations.remove_card(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, card_uuid=card.uuid, now=now
    )


def test_a_removed_card_is_gone_here_at_once_and_at_the_bank_by_a_job(world, at_bank):
    card = bind(world, at_bank)
    remove(world, card)
    assert BoundCard.objects.count() == 0
    with pytest.raises(NotFound):
        world.pay(5_000, means=by(card))
    operations.strike_out_cards(now=NOW)
    gone = [bool(one["removed_at"]) for one in at_bank.simulator.truth()["cards"]]
    # YooKassa has no call for it: the card is only forgotten here.
    assert gone == [at_bank.channel != "yookassa"]
    assert CardRemoval.objects.filter(done_at=None).count() == 0


def test_a_bank_that_is_away_is_asked_again(world, settings):
    with counter(KINDS["tbank"], settings) as at_bank:
        card = bind(world, at_bank)
        remove(world, card)
        at_bank.simulator.fault(Fault("before", "500", path="/v2/GetCardList"))
        assert operations.strike_out_cards(now=NOW) == 0
        assert operations.strike_out_cards(now=NOW + timedelta(seconds=30)) == 0, "too soon"
        assert operations.strike_out_cards(now=minutes(2)) == 1
        assert at_bank.simulator.truth()["cards"][0]["removed_at"]
        assert operations.strike_out_cards(now=minutes(60)) == 0, "once is enough"


def test_a_recovered_password_takes_every_card_away(world, settings):
    with counter(KINDS["tbank"], settings) as at_bank:
        bind(world, at_bank)
        recover_password(
            user_id=world.anna.pk,
            supplier_id=world.supplier.pk,
            stolen_url="https://example.org/",
            now=NOW,
        )
        assert BoundCard.objects.count() == 0
        operations.strike_out_cards(now=NOW)
        assert at_bank.simulator.truth()["cards"][0]["removed_at"]
        assert any("карты удалены" in body for body in letters("password_recovered"))


def test_a_card_that_was_to_be_bound_is_not_after_a_recovery(world, settings):
    with counter(KINDS["tbank"], settings) as at_bank:
        view = world.pay(10_000, means=KEEPS)
        recover_password(
            user_id=world.anna.pk,
            supplier_id=world.supplier.pk,
            stolen_url="https://example.org/",
            now=NOW,
        )
        at_bank.simulator.payer(row_of(view).external_id, act="pay")
        assert operations.settle_payment(payment_id=view.id, now=NOW).paid
        assert BoundCard.objects.count() == 0
        operations.strike_out_cards(now=NOW)
        assert at_bank.simulator.truth()["cards"][0]["removed_at"], "nor is it kept at the bank"


def test_a_charge_that_has_not_left_does_not_leave_once_the_card_is_gone(world, bank, monkeypatch):
    card = bind(world, bank)
    starting = operations.starting
    honest = starting.send

    def card_goes_first(payment_id, *, now):
        remove(world, card)
        honest(payment_id, now=now)

    monkeypatch.setattr(starting, "send", card_goes_first)
    view = world.pay(50_000, means=by(card))
    assert view.state == PaymentState.EXPIRED
    assert len(bank.captured()) == 1


def test_nothing_is_removed_of_others(world, bank):
    bind(world, bank)
    with transaction.atomic():
        gone = operations.remove_cards(
            user_id=world.vera.pk, supplier_id=None, why="card_removed", actor_id=None, now=NOW
        )
    assert gone == 0
    assert BoundCard.objects.count() == 1
