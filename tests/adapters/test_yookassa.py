"""What YooKassa alone has: a key that repeats, an order for utilities, lists of a hundred."""

import dataclasses

import pytest

from abonent.adapters.acquirers.yookassa.acquirer import YooKassa
from abonent.domain.payments.ports import NotDone, Seen, Standing
from banks import ORDER, PAYEE, QUICK, again, open_with, other
from paying import NOW


@pytest.fixture
def acquirer(bank):
    return YooKassa()


def test_the_same_key_opens_one_payment_however_often_it_is_sent(acquirer, bank):
    first = acquirer.create(ORDER, seconds=QUICK)
    second = acquirer.create(ORDER, seconds=QUICK)
    assert second.provider_id == first.provider_id
    assert len(bank.simulator.truth()["payments"]) == 1


def test_the_bank_is_told_who_is_paid_for_what(acquirer, bank):
    acquirer.create(ORDER, seconds=QUICK)
    order = bank.simulator.truth()["payments"][0]["details"]["payment_order"]
    assert order["type"] == "utilities"
    assert order["amount"] == {"value": "1284.93", "currency": "RUB"}
    assert order["recipient"]["inn"] == PAYEE.inn
    assert order["payment_period"] == {"month": 11, "year": 2026}
    assert (order["account_number"], order["unified_account_number"]) == (
        "0010012345",
        "80АА123456",
    )


def test_a_paid_payment_names_its_card_and_moment(acquirer, bank):
    opened = open_with(acquirer)
    bank.simulator.payer(opened.provider_id, act="pay")
    paid = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (paid.card, paid.method) == ("5555 55•• •••• 4477", "bank_card")
    assert paid.captured_at == NOW


@pytest.mark.parametrize("reason", ["insufficient_funds", "3d_secure_failed", "card_expired"])
def test_a_decline_carries_its_reason(acquirer, bank, reason):
    opened = open_with(acquirer)
    bank.simulator.payer(opened.provider_id, act="decline", reason=reason)
    seen = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (seen.standing, seen.reason) == (Standing.DECLINED, reason)


def test_it_is_found_by_our_number_among_more_than_a_page_lists(acquirer, bank):
    for place in range(130):
        acquirer.create(other(place), seconds=QUICK)
        if place == 3:
            acquirer.create(ORDER, seconds=QUICK)
    found = acquirer.find(ORDER, seconds=QUICK)
    assert isinstance(found, Seen)
    assert found.number == ORDER.number


@pytest.mark.parametrize(
    "changes", [{"amount": 35_000_001}, {"payee": dataclasses.replace(PAYEE, inn="1")}]
)
def test_an_order_the_bank_turns_down_is_surely_not_done(acquirer, bank, changes):
    answer = acquirer.create(again(**changes), seconds=QUICK)
    assert isinstance(answer, NotDone)
    assert answer.reason == "invalid_request"
    assert bank.simulator.truth()["payments"] == []
