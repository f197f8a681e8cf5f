"""What a debtor is told about penalties: the days behind a sum, and when they begin."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine

from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.suppliers import queries as suppliers
from cabinets import owner_of
from commands import run
from debtors import Office

pytestmark = pytest.mark.django_db(transaction=True)


def pages_of(office, number, addresses, day):
    supplier = suppliers.get_supplier(office.code)
    card = find_account(supplier_id=supplier.id, number=number)
    with time_machine.travel(datetime(*day, 12, tzinfo=UTC), tick=False):
        owner = owner_of(SimpleNamespace(supplier_id=supplier.id, account_id=card.id))
        for address in addresses:
            answer = owner.get(f"/{office.code}/accounts/{number}/charges/{address}")
            assert answer.status_code == 200
            yield answer.content.decode().replace("\u00a0", " ")


def test_the_days_behind_a_penalty_stand_in_the_bill(tmp_path):
    office = Office(tmp_path)
    office.home("0010012345")
    office.owes("0010012345", "2026-05", "5000")
    office.pays("0010012345", "2026-09-20", "1000")
    office.send()
    for period in ("2026-08", "2026-09"):
        assert office.run(period)[0] == 0
    page, listed = pages_of(office, "0010012345", ("2026-09/", ""), (2026, 10, 2))
    assert "Электроэнергия, долг за май 2026" in page
    assert "Срок оплаты был 15 июня 2026." in page
    assert "с 16 июля 2026, это 31-й день просрочки" in page
    assert "14 сентября – 20 сентября" in page
    assert "1/130 от 9,5 %" in page
    assert "В прошлых счетах уже начислили 74,42 ₽." in page
    assert "Жилищный кодекс, статья 155, часть 14." in page
    # The 1st and the 2nd of October: 4 000 × 0.095 / 130 each.
    assert "После последнего счёта набежали пени 5,84 ₽, каждый день ещё около 2,92 ₽." in listed


def test_a_debtor_without_penalties_is_told_when_they_begin(tmp_path):
    office = Office(tmp_path)
    office.home("0010012345")
    office.owes("0010012345", "2026-10", "200")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10"):
        assert office.run(period)[0] == 0
    page, listed = pages_of(office, "0010012345", ("2026-10/", ""), (2026, 11, 24))
    assert "Пени начнутся с 17 декабря, если не заплатить до 16 декабря включительно." in page
    assert "Пени начнутся с 17 декабря" in listed


def test_an_organisation_reads_the_law_of_its_service(tmp_path):
    office = Office(tmp_path)
    office.home("org", kind="organisation", of_class="general")
    office.owes("org", "2026-07", "250000", due="2026-08-18")
    office.send()
    assert office.run("2026-08")[0] == 0
    [page] = pages_of(office, "org", ["2026-08/"], (2026, 9, 2))
    assert "Закон № 35-ФЗ «Об электроэнергетике», статья 37, пункт 2." in page
    assert "с 19 августа 2026, это 1-й день просрочки" in page
    assert run("audit")[0] == 0
