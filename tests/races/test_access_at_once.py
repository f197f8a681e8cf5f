"""Limits of linking and of SMS hold when everybody tries in the same instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from abonent.common.periods import Period
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.models import AccountAccess, LinkAttempt
from abonent.domain.accounts.operations import LinkState
from abonent.domain.accounts.queries import bill_code_for
from abonent.domain.identity import operations as identity
from abonent.domain.identity.models import SmsRequest
from abonent.domain.journeys.link_account import link_account
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging import queries as letters
from entrance import in_transaction
from town import NOW, Town, build_town

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def town() -> Town:
    return build_town({"sign_up": {"evidence": ["house", "flat"]}})


def at_once(act):
    start = Barrier(AT_ONCE)

    def run(place):
        try:
            start.wait()
            return act(place)
        except Exception as error:  # noqa: BLE001  (given back to the test)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def link(town: Town, user_id: int, flat: str):
    return link_account(
        user_id=user_id,
        supplier_id=town.supplier_id,
        number=town.number,
        given={"house": "12А", "flat": flat},
        objection_url="{token}",
        now=NOW,
    )


def test_three_guesses_are_judged_however_many_come_together(town: Town):
    people = [town.owner_id, town.stranger_id]
    states = [one.state for one in at_once(lambda place: link(town, people[place % 2], "8"))]
    assert states.count(LinkState.REFUSED) == 3
    assert states.count(LinkState.EXHAUSTED) == AT_ONCE - 3
    assert LinkAttempt.objects.count() == 3


def test_a_double_click_links_once_and_tells_once(town: Town):
    outcomes = at_once(lambda _: link(town, town.stranger_id, "7"))
    assert len(set(outcomes)) == 1
    assert AccountAccess.objects.count() == 1
    assert len(letters.recent_messages(recipient="anna@mail.ru")) == 1


def test_one_paper_bill_opens_the_account_to_one_of_two(town: Town):
    code = bill_code_for(
        supplier_id=town.supplier_id, account_id=town.account_id, period=Period(2026, 10)
    )
    people = [town.owner_id, town.stranger_id]
    at_once(
        lambda place: accounts.link_by_bill_code(
            user_id=people[place % 2],
            supplier_id=town.supplier_id,
            number=town.number,
            code=code,
            now=NOW,
        )
    )
    assert AccountAccess.objects.count() == 1


def test_a_code_is_spent_by_three_tries_even_at_once(town: Town):
    accounts.ask_contact_code(
        user_id=town.stranger_id,
        supplier_id=town.supplier_id,
        number=town.number,
        address="",
        now=NOW,
    )
    texts = [
        one.text
        for one in at_once(
            lambda place: accounts.link_by_contact_code(
                user_id=town.stranger_id,
                supplier_id=town.supplier_id,
                number=town.number,
                code=f"00000{place}",
                now=NOW,
            )
        )
    ]
    assert len([text for text in texts if text.startswith("Код не подошёл")]) <= 2
    assert AccountAccess.objects.count() == 0


def test_the_ceiling_of_a_number_holds(town: Town):
    for _ in range(6):
        in_transaction(identity.pass_over_sms, number="+79122000417", address="", now=NOW)
    answers = at_once(
        lambda _: in_transaction(identity.pass_over_sms, number="+79122000417", address="", now=NOW)
    )
    assert len([one for one in answers if isinstance(one, identity.TooManySms)]) == 4
    assert SmsRequest.objects.count() == 10


def test_several_workers_send_each_message_once(town: Town):
    for at in range(20):
        in_transaction(
            messaging.enqueue,
            supplier_id=None,
            channel="email",
            recipient=f"a{at}@b.ru",
            kind="test",
            subject="",
            body="",
            now=NOW,
        )
    assert sum(at_once(lambda _: messaging.send_due(now=NOW))) == 20
