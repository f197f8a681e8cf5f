"""Begin a payment: number first, one payment for one form, unknown is not failed."""

from datetime import timedelta

import pytest
from django.db import transaction

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.accounts.rules import AccessRole, AccessState
from abonent.domain.journal.models import JournalEntry
from abonent.domain.ledger.rules import Part
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment, ProviderCall
from abonent.domain.payments.rules import PaymentState, Purpose
from abonent.domain.suppliers.models import Rulebook
from bank_simulator.faults import Fault
from paying import NOW, RETURN_URL, give_access, posted_for, row_of

pytestmark = pytest.mark.django_db


def test_a_started_payment_waits_for_its_payer(world, bank):
    view = world.pay(128_493)
    assert view.state == PaymentState.AWAITING
    assert view.can_continue
    assert view.confirmation_url.startswith(bank.simulator.url)
    assert view.deadline_at == NOW + timedelta(hours=1)
    assert view.number == f"П-2026-1124-{view.id}"
    assert [step.state for step in view.steps] == ["created", "sent", "awaiting_payer"]
    assert bank.object(view.external_id)["amount"] == {"value": "1284.93", "currency": "RUB"}
    assert bank.object(view.external_id)["metadata"] == {"abonent_payment": str(view.uuid)}
    assert world.owes() == 0
    assert JournalEntry.objects.filter(action="payment_started").count() == 1


def test_the_bank_sends_the_payer_back_to_the_page_of_this_payment(world, bank):
    view = world.pay()
    shown = bank.object(view.external_id)["confirmation"]["return_url"]
    assert shown == RETURN_URL.replace("{payment}", str(view.uuid))


def test_the_same_key_gives_the_same_payment(world, bank):
    first, again = world.pay(key="form"), world.pay(key="form")
    assert again.uuid == first.uuid
    assert Payment.objects.count() == 1
    assert len(bank.simulator.truth()["payments"]) == 1


def test_the_same_key_with_another_sum_is_refused_and_the_first_stays(world, bank):
    first = world.pay(50_000, key="form")
    with pytest.raises(operations.KeyReused):
        world.pay(60_000, key="form")
    assert queries.view_of(first.id).amount == 50_000


def test_a_second_payment_needs_a_confirmation(world, bank):
    first = world.pay(50_000)
    with pytest.raises(operations.AlreadyPaying) as refusal:
        world.pay(50_000)
    assert refusal.value.payment_uuid == first.uuid
    assert "500,00\u00a0₽" in refusal.value.text
    second = world.pay(50_000, start=operations.start_another_payment)
    assert second.uuid != first.uuid


def test_a_payment_of_another_account_is_no_second_payment(world, bank):
    world.pay()
    other = world.pay(purposes=[Purpose(world.dacha.pk, 70_000)])
    assert other.state == PaymentState.AWAITING


def test_one_payment_for_several_accounts_keeps_its_parts(world, bank):
    purposes = [
        Purpose(world.flat.pk, 40_000, world.service.pk, Period(2026, 10), Part.PRINCIPAL),
        Purpose(world.flat.pk, 1_500, part=Part.PENALTY),
        Purpose(world.dacha.pk, 8_500),
    ]
    view = world.pay(purposes=purposes)
    assert view.amount == 50_000
    assert view.amount_for(world.flat.pk) == 41_500
    assert [(part.amount, part.part) for part in view.parts] == [
        (40_000, Part.PRINCIPAL), (1_500, Part.PENALTY), (8_500, Part.NONE),
    ]  # fmt: skip
    found = queries.payments_of(supplier_id=world.supplier.pk, account_ids=[world.dacha.pk])
    assert [one.uuid for one in found] == [view.uuid]


@pytest.mark.parametrize(("minimum", "amount"), [("50", 4_999), ("1", 99), ("49.5", 4_949)])
def test_below_the_minimum_is_refused(world, bank, minimum, amount):
    Rulebook.objects.create(supplier=world.supplier, name="minimum_payment", value=minimum)
    with pytest.raises(operations.SumTooSmall) as refusal:
        world.pay(amount)
    assert refusal.value.field == "amount"
    assert world.pay(amount + 1).state == PaymentState.AWAITING


def test_above_what_a_card_takes_is_refused(world, bank):
    with pytest.raises(operations.SumTooLarge):
        world.pay(35_000_001)
    assert world.pay(35_000_000).state == PaymentState.AWAITING


def test_a_part_of_nothing_is_refused(world, bank):
    purposes = [Purpose(world.flat.pk, 50_000), Purpose(world.dacha.pk, 0)]
    with pytest.raises(operations.SumTooSmall):
        world.pay(purposes=purposes)
    assert not Payment.objects.exists()


def test_a_stranger_cannot_pay_for_an_account_through_a_cabinet(world, bank):
    with pytest.raises(NotFound):
        world.pay(user=world.vera)


def test_a_reader_cannot_pay_and_a_waiting_link_can(world, bank):
    link = give_access(world.flat, world.vera, role=AccessRole.READER)
    with pytest.raises(operations.OnlyForReading):
        world.pay(user=world.vera)
    link.role, link.state = AccessRole.OWNER, AccessState.PENDING
    link.opens_at = NOW + timedelta(hours=72)
    link.save()
    view = world.pay(user=world.vera)
    assert view.state == PaymentState.AWAITING
    own = {"supplier_id": world.supplier.pk, "payment_uuid": view.uuid}
    assert queries.payment_view(user_id=world.vera.pk, **own).uuid == view.uuid


def test_without_a_shop_or_bank_details_nothing_is_begun(world, bank, settings):
    settings.YOOKASSA_SHOPS = '{"another": "1:2"}'
    with pytest.raises(operations.CannotPayOnline):
        world.pay()
    settings.YOOKASSA_SHOPS = '{"demo": "1:2"}'
    world.supplier.bic = ""
    world.supplier.save()
    with pytest.raises(operations.CannotPayOnline):
        world.pay()


def test_an_open_page_pays_without_a_user_and_only_its_uuid_shows_it(world, bank):
    view = operations.start_payment(
        supplier_id=world.supplier.pk, user_id=None, key="open", return_url=RETURN_URL, now=NOW,
        purposes=[Purpose(world.flat.pk, 50_000)],
    )  # fmt: skip
    own = {"supplier_id": world.supplier.pk, "payment_uuid": view.uuid}
    assert queries.open_payment_view(**own).uuid == view.uuid
    with pytest.raises(NotFound):
        queries.payment_view(user_id=world.vera.pk, **own)
    cabinet = world.pay()
    with pytest.raises(NotFound):
        queries.open_payment_view(supplier_id=world.supplier.pk, payment_uuid=cabinet.uuid)


@pytest.mark.parametrize(
    "kind", ["500", "502html", "reset", "garbage", "truncate", "badgzip", "wrong_type", "429"]
)
def test_a_bank_that_answers_nonsense_leaves_the_payment_unknown(world, bank, kind):
    bank.simulator.fault(Fault("before", kind, path="/v3/payments"))
    view = world.pay()
    if kind == "wrong_type":
        assert view.state in {PaymentState.AWAITING, PaymentState.UNKNOWN}
        return
    assert view.state == PaymentState.UNKNOWN
    assert view.checking
    assert not view.final
    assert not view.can_continue
    assert "ошибк" not in view.state_text.lower()
    assert ProviderCall.objects.filter(payment_id=view.id).exists()


def test_a_refusal_of_the_only_request_means_that_nothing_was_done(world, bank, settings):
    settings.YOOKASSA_SHOPS = '{"demo": "100500:wrong"}'
    view = world.pay()
    assert view.state == PaymentState.DECLINED
    assert view.decline_text


def test_no_bank_is_called_inside_a_transaction(world, bank):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        world.pay()
    assert bank.simulator.truth()["payments"] == []


def test_the_request_and_the_answer_are_kept_without_secrets(world, bank):
    view = world.pay()
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    kept = ProviderCall.objects.filter(payment_id=view.id).order_by("pk")
    assert [call.question.split("/")[0] for call in kept] == ["POST ", "GET "]
    text = "".join(call.request + call.response for call in kept)
    assert "test_secret" not in text
    assert "utilities" in text
    assert row_of(view).card in {"", queries.view_of(view.id).card}
    assert posted_for(view) == [view.amount]
