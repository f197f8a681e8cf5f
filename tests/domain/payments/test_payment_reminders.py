"""Reminders to pay: once a bill, before its due day, only to who asked and still owes."""

from datetime import UTC, datetime, timedelta

import pytest

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.operations.reminders import choose_reminders
from abonent.domain.accounts.queries import account_for
from abonent.domain.accounts.rules import AccessState
from abonent.domain.messaging.models import Message
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.domain.payments import operations
from mandates import OCTOBER, bill, bind, mandate, reachable
from paying import NOW

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 10, 7, 0, tzinfo=UTC)


@pytest.fixture
def asked(world):
    """Anna wants to be reminded of payment; October's bill is to be paid by 10 December."""
    reachable(world.anna)
    bill(world, OCTOBER, 120_000)
    account = account_for(
        user_id=world.anna.pk, supplier_id=world.supplier.pk, number=world.flat.number, now=NOW
    )
    choose_reminders(
        account=account, user_id=world.anna.pk, now=NOW,
        wanted={SubscriptionKind.PAYMENT: [Channel.EMAIL]},
    )  # fmt: skip
    return account


def remind(world, days_before):
    return operations.remind_of_payment(
        supplier_id=world.supplier.pk, now=DUE - timedelta(days=days_before)
    )


def letters():
    return list(Message.objects.filter(kind="remind_payment"))


def test_three_days_before_the_day_and_once(world, asked):
    assert [remind(world, days) for days in (5, 4, 3, 2, 0, -1)] == [0, 0, 1, 0, 0, 0]
    (letter,) = letters()
    assert letter.recipient == "anna@example.org"
    assert "1\u00a0200,00\u00a0₽" in letter.body
    assert "до 10\u00a0декабря" in letter.body
    assert not any(sign.isdigit() for sign in letter.subject), "a locked screen shows it"


def test_who_has_paid_is_left_in_peace(world, bank, asked):
    view = world.pay(120_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    assert remind(world, 2) == 0


def test_an_autopayment_needs_no_reminder(world, bank, asked):
    mandate(world, bind(world, bank))
    assert remind(world, 2) == 0


def test_who_did_not_ask_gets_none(world):
    reachable(world.anna)
    bill(world, OCTOBER, 120_000)
    assert remind(world, 2) == 0


def test_who_sees_the_account_no_more_gets_none(world, asked):
    AccountAccess.objects.update(state=AccessState.REVOKED)
    assert remind(world, 2) == 0
    assert letters() == []
