"""Takeover by what a stranger may know: nothing private for 72 hours, and the owner is told."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import transaction

from abonent.common.refusals import NotFound
from abonent.domain.accounts import operations, queries
from abonent.domain.accounts.operations import LinkOutcome, LinkState
from abonent.domain.accounts.queries.linking import objection_for
from abonent.domain.accounts.rules import Evidence
from abonent.domain.identity import operations as identity
from abonent.domain.journal import queries as journal
from abonent.domain.messaging import queries as messaging
from town import NOW, Town

RIGHT = {"house": "12А", "flat": "7", "last_paid": "1284,93"}
FACTS = {"last_paid": ("1284.93",)}
URL = "https://example.ru/test/objection/{token}/"


def _link(
    town: Town,
    user_id: int,
    given: Mapping[str, str] = RIGHT,
    number: str = "",
    after: timedelta = timedelta(),
) -> LinkOutcome:
    with transaction.atomic():
        return operations.link_by_evidence(
            user_id=user_id,
            supplier_id=town.supplier_id,
            number=number or town.number,
            given=given,
            asked=("house", "flat", "last_paid"),
            facts=FACTS if (number or town.number) == town.number else {},
            objection_url=URL,
            now=NOW + after,
        )


def _seen(town: Town, user_id: int, after: timedelta) -> queries.AccountView:
    return queries.account_for(
        user_id=user_id, supplier_id=town.supplier_id, number=town.number, now=NOW + after
    )


def test_a_stranger_with_sum_and_address_sees_nothing_private_for_72_hours(town: Town) -> None:
    outcome = _link(town, town.stranger_id)
    assert outcome.state is LinkState.PENDING
    assert outcome.opens_at == NOW + timedelta(hours=72)

    shut = _seen(town, town.stranger_id, timedelta(hours=71, minutes=59))
    assert not shut.private
    personal = (shut.full_name, shut.address, shut.email, shut.phone, shut.flat, shut.locality)
    assert personal == ("",) * 6
    assert shut.area is None
    assert _seen(town, town.stranger_id, timedelta(hours=72)).full_name == "Иванова Анна Петровна"


def test_the_owner_is_told_at_once_on_every_known_contact(town: Town) -> None:
    with transaction.atomic():
        operations.grant_access(
            user_id=town.owner_id,
            supplier_id=town.supplier_id,
            number=town.number,
            evidence=Evidence.STAFF,
            actor_id=None,
            now=NOW,
        )
    _link(town, town.stranger_id)
    told = {message.recipient: message.body for message in messaging.recent_messages()}
    assert set(told) == {"anna@mail.ru", "anna.home@ya.ru", "+79122000417"}
    for body in told.values():
        assert "Вера" not in body
        assert "Бекетова" not in body
        assert town.number not in body


def _token(town: Town) -> str:
    _link(town, town.stranger_id)
    letter = messaging.recent_messages(recipient="anna@mail.ru")[0].body
    found = re.search(r"objection/([^/]+)/", letter)
    assert found
    return found[1]


def test_the_objection_closes_the_link_for_good(town: Town) -> None:
    token = _token(town)
    assert objection_for(token=token, supplier_id=town.supplier_id).is_live
    _seen(town, town.stranger_id, timedelta())  # looking at the letter changed nothing

    operations.object_to_link(token=token, supplier_id=town.supplier_id, now=NOW)

    with pytest.raises(NotFound):
        _seen(town, town.stranger_id, timedelta())
    again = _link(town, town.stranger_id, after=timedelta(days=2))
    assert again.state is LinkState.REFUSED
    actions = [line.action for line in journal.entries_for(f"account:{town.account_id}")]
    assert actions == ["account_link_objected", "account_link_asked"]


@pytest.mark.parametrize("change", ["x", ""])
def test_a_forged_or_foreign_objection_is_refused(town: Town, change: str) -> None:
    token = _token(town) + change
    supplier_id = town.supplier_id if change else town.supplier_id + 1
    with pytest.raises(NotFound):
        operations.object_to_link(token=token, supplier_id=supplier_id, now=NOW)
    assert _seen(town, town.stranger_id, timedelta())


def test_an_objection_a_month_late_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _token(town)
    monkeypatch.setattr("abonent.domain.accounts.queries.linking.OBJECTION_SECONDS", -1)
    with pytest.raises(NotFound):
        objection_for(token=token, supplier_id=town.supplier_id)


@pytest.mark.parametrize("number", ["6600123417", "6600999999"])
def test_a_fourth_try_on_a_number_is_refused_whether_or_not_it_exists(
    town: Town, number: str
) -> None:
    wrong = {**RIGHT, "last_paid": "1"}
    answers = [_link(town, town.stranger_id, wrong, number) for _ in range(3)]
    fourth = _link(town, town.owner_id, wrong, number)

    assert {answer.state for answer in answers} == {LinkState.REFUSED}
    assert fourth.state is LinkState.EXHAUSTED
    assert _link(town, town.owner_id, RIGHT, number).text == fourth.text
    next_day = _link(town, town.owner_id, RIGHT, number, after=timedelta(hours=24, seconds=1))
    assert next_day.state is (LinkState.PENDING if number == town.number else LinkState.REFUSED)


def test_the_answers_do_not_tell_an_account_that_exists_from_one_that_does_not(
    town: Town,
) -> None:
    wrong = {**RIGHT, "flat": "8"}
    assert _link(town, town.stranger_id, wrong) == _link(
        town, town.stranger_id, wrong, "6600999999"
    )


def test_a_user_has_five_tries_a_day_over_all_numbers(town: Town) -> None:
    states = [_link(town, town.stranger_id, RIGHT, f"66009999{at:02d}").state for at in range(6)]
    assert states == [LinkState.REFUSED] * 5 + [LinkState.EXHAUSTED]


def test_whoever_has_proven_the_mailbox_of_the_contract_gets_in_at_once(town: Town) -> None:
    with transaction.atomic():
        user_id = identity.register_user(
            full_name="Анна",
            email="Anna@mail.ru",
            phone="",
            password=None,
            actor_id=None,
            now=NOW,
        )
    assert _link(town, user_id).state is LinkState.ACTIVE
    assert _seen(town, user_id, timedelta()).private


def test_linking_again_changes_nothing_and_sends_nothing(town: Town) -> None:
    first = _link(town, town.stranger_id)
    sent = len(messaging.recent_messages())
    second = _link(town, town.stranger_id, after=timedelta(hours=1))
    assert second == first
    assert len(messaging.recent_messages()) == sent
