"""Codes open an account at once: to the contract's contact, or on the paper bill."""

import re
from datetime import timedelta

import pytest
from django.db import transaction

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.accounts import operations, queries
from abonent.domain.accounts.models import Customer
from abonent.domain.accounts.operations import LinkOutcome, LinkState
from abonent.domain.messaging import queries as messaging
from town import NOW, Town

MINUTE = timedelta(minutes=1)


def _ask(town: Town, number: str = "", after: timedelta = timedelta()) -> Refusal | None:
    return operations.ask_contact_code(
        user_id=town.stranger_id,
        supplier_id=town.supplier_id,
        number=number or town.number,
        address="203.0.113.7",
        now=NOW + after,
    )


def _enter(town: Town, code: str, number: str = "", after: timedelta = MINUTE) -> LinkOutcome:
    return operations.link_by_contact_code(
        user_id=town.stranger_id,
        supplier_id=town.supplier_id,
        number=number or town.number,
        code=code,
        now=NOW + after,
    )


def _sent_code() -> str:
    found = re.search(r"\b\d{6}\b", messaging.recent_messages()[0].body)
    assert found
    return found[0]


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_from_the_contracts_mailbox_opens_the_account(town: Town) -> None:
    assert _ask(town) is None
    assert messaging.recent_messages()[0].recipient == "anna@mail.ru"
    code = _sent_code()
    assert _enter(town, code).state is LinkState.ACTIVE
    assert queries.accounts_of(user_id=town.stranger_id, supplier_id=town.supplier_id)[0].private


def test_without_a_mailbox_the_code_goes_to_the_telephone(town: Town) -> None:
    Customer.objects.update(email="")
    _ask(town)
    message = messaging.recent_messages()[0]
    assert (message.channel, message.recipient) == ("sms", "+79122000417")


def test_a_code_is_good_once_for_ten_minutes_and_three_tries(town: Town) -> None:
    _ask(town)
    code = _sent_code()
    assert _enter(town, code, after=10 * MINUTE).state is LinkState.REFUSED
    _ask(town, after=11 * MINUTE)
    code = _sent_code()
    late = 12 * MINUTE
    texts = [_enter(town, _other(code), after=late).text for _ in range(3)]
    assert len(set(texts)) == 3
    assert _enter(town, code, after=late).state is LinkState.REFUSED


def test_a_code_cannot_be_used_twice(town: Town) -> None:
    _ask(town)
    code = _sent_code()
    _enter(town, code)
    operations.unlink_account(
        user_id=town.stranger_id, supplier_id=town.supplier_id, number=town.number, now=NOW
    )
    assert _enter(town, code).state is LinkState.REFUSED


def test_an_unknown_number_gets_the_same_answers_and_sends_nothing(town: Town) -> None:
    assert _ask(town, "6600999999") is None
    assert messaging.recent_messages() == []
    first, second = _enter(town, "000000", "6600999999"), _enter(town, "000001", "6600999999")
    _ask(town)
    code = _sent_code()
    known = [_enter(town, _other(code)), _enter(town, _other(code))]
    assert [first, second] == known


@pytest.mark.parametrize("number", ["6600123417", "6600999999"])
def test_an_account_gets_three_codes_a_day_from_all_users(town: Town, number: str) -> None:
    answers = [_ask(town, number, after=at * MINUTE) for at in range(4)]
    assert answers[:3] == [None] * 3
    assert answers[3] is not None
    assert len(messaging.recent_messages()) == (3 if number == town.number else 0)


def _bill_code(town: Town, period: Period) -> str:
    return queries.bill_code_for(
        supplier_id=town.supplier_id, account_id=town.account_id, period=period
    )


def _by_bill(town: Town, user_id: int, code: str, number: str = "") -> LinkOutcome:
    return operations.link_by_bill_code(
        user_id=user_id,
        supplier_id=town.supplier_id,
        number=number or town.number,
        code=code,
        now=NOW,
    )


def test_the_code_of_the_paper_bill_opens_the_account_to_one_person_a_month(town: Town) -> None:
    code = _bill_code(town, Period(2026, 10))
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    assert _by_bill(town, town.owner_id, code.lower().replace("-", " ")).state is LinkState.ACTIVE
    assert _by_bill(town, town.stranger_id, code).state is LinkState.REFUSED
    assert _by_bill(town, town.stranger_id, _bill_code(town, Period(2026, 9))).linked


def test_a_code_of_long_ago_or_of_another_account_does_not(town: Town) -> None:
    old = _by_bill(town, town.stranger_id, _bill_code(town, Period(2026, 8)))
    right = _bill_code(town, Period(2026, 10))
    foreign = _by_bill(town, town.stranger_id, right, "6600999999")
    assert old.state is foreign.state is LinkState.REFUSED
    # The same words but for the count of what is left.
    assert old.text.replace("4", "3") == foreign.text


def test_a_waiting_link_opens_by_the_bills_code(town: Town) -> None:
    with transaction.atomic():
        operations.link_by_evidence(
            user_id=town.stranger_id,
            supplier_id=town.supplier_id,
            number=town.number,
            given={"flat": "7"},
            asked=("flat",),
            facts={},
            objection_url="{token}",
            now=NOW,
        )
    _by_bill(town, town.stranger_id, _bill_code(town, Period(2026, 11)))
    (account,) = queries.accounts_of(
        user_id=town.stranger_id, supplier_id=town.supplier_id, now=NOW
    )
    assert account.private
