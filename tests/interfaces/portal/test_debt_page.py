"""The page of a debt: how it arose, penalties by the day, a campaign's effect, instalments."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine

from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.suppliers import queries as suppliers
from bills import NUMBER
from cabinets import owner_of, stranger
from commands import run
from debtors import Office
from seen import keeps_the_policy, words

CAMPAIGN = ("--supplier", "check", "--name", "Прощайте, пени!")
HEAD = "account;service;period;due_on;amount\n"


def look(client, office, day):
    with time_machine.travel(datetime(*day, 12, tzinfo=UTC), tick=False):
        return client.get(f"/{office.code}/accounts/one/charges/debt/")


@pytest.mark.django_db(transaction=True)
def test_a_debtor_sees_how_it_arose_and_the_campaign_keeps_its_word(tmp_path):
    office = Office(tmp_path)
    office.home("one")
    office.owes("one", "2026-05", "5000")
    office.files["instalments.csv"] = HEAD + "one;el;2026-05;2027-01-15;400\n"
    office.send()
    for period in ("2026-08", "2026-09"):
        assert office.run(period)[0] == 0
    supplier = suppliers.get_supplier(office.code)
    card = find_account(supplier_id=supplier.id, number="one")
    owner = owner_of(SimpleNamespace(supplier_id=supplier.id, account_id=card.id))
    assert "спишем" not in words(look(owner, office, (2026, 10, 9)))
    terms = ("--pay-until", "2026-10-31", "--counted-to", "2026-09-30")
    with time_machine.travel(datetime(2026, 10, 9, 12, tzinfo=UTC), tick=False):
        assert run("amnesty", "declare", *CAMPAIGN, *terms)[0] == 0
    answer = look(owner, office, (2026, 10, 10))
    page = words(answer)
    assert "Электроэнергия за май 2026" in page
    assert "срок был 15 июня 2026, просрочено 117 дней" in page
    assert "16 июля – 13 сентября 60 дней 4 600,00 1/300 от 9,5 %" in page
    assert "15 января 2027 Электроэнергия за май 2026 400,00 ₽" in page
    assert "до 31 октября 2026 включительно" in page
    promised = re.search(r"спишем пени по 30 сентября 2026: ([\d,]+) ₽", page)
    assert promised
    # A part with a day of its own is not late: all else of the principal must be paid.
    assert "Заплатите долг без пеней, 4 600,00 ₽," in page
    assert keeps_the_policy(answer)
    office.pays("one", "2026-10-10", "4600", period="2026-05", part="principal")
    office.send()
    with time_machine.travel(datetime(2026, 10, 31, 12, tzinfo=UTC), tick=False):
        done = run("amnesty", "apply", *CAMPAIGN)[1].replace("\u00a0", " ")
    assert done == f"Списано пеней по 1 счетам: {promised[1]} ₽.\n"
    assert "спишем" not in words(look(owner, office, (2026, 11, 1))), "the campaign is over"


def test_a_debt_without_penalties_says_when_it_was_due(owner):
    page = words(owner.get(f"/demo/accounts/{NUMBER}/charges/debt/"))
    assert "Всего 5 198,26 ₽" in page
    assert "Отопление за октябрь 2026 3 491,64 ₽" in page
    assert "срок был 16 ноября 2026, просрочено 7 дней" in page
    assert "Пеней за этот долг пока нет" in page


def test_strangers_see_no_debt(home):
    assert stranger().get(f"/demo/accounts/{NUMBER}/charges/debt/").status_code == 404
