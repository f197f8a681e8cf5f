"""Papers of an organisation in its cabinet: downloads, the month's archive, the act and its answer."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
import time_machine

from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.accounts.rules import AccessState
from abonent.domain.journal.models import JournalEntry
from abonent.domain.suppliers import queries as suppliers
from bills import Household
from cabinets import LONG_AGO, link, signed_in
from checker_bundle import Department
from commands import run
from seen import words

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOME = "/check/accounts/1/documents/"
ACTS = f"{HOME}reconciliation/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def firm(tmp_path):
    department = Department(tmp_path)
    department.files["accounts.csv"] = "account;kind;opened_on;full_name;inn\n"
    for number in "12":
        department.add("accounts", f"{number};organisation;2015-03-01;ООО «{number}»;7204000019")
        department.agreement(number, price="5", contract="К-1")
        department.meter(number, f"m{number}", contract_number="К-1")
        department.readings(number, f"m{number}", {"2026-07-24": 0, "2026-08-24": 100})
    department.send()
    assert department.bill("2026-08")[0] == 0
    assert run("documents", "--supplier", "check", "--period", "2026-08")[0] == 0
    supplier = suppliers.get_supplier("check")
    card = find_account(supplier_id=supplier.id, number="1")
    return Household(supplier.id, card.id, "1", "check")


def person(firm, email):
    client = signed_in(email)
    link(client, firm, AccessState.ACTIVE, LONG_AGO)
    return client


def hrefs(answer):
    return re.findall(r'href="([^"]+)"', answer.content.decode())


def test_the_list_leads_to_the_files_and_each_look_is_noted(firm):
    client = person(firm, "a@example.ru")
    page = client.get(HOME)
    shown = words(page)
    for text in ("УПД № 1, PDF", "XML", "Счёт на оплату № 1, PDF", "Договор № К-1", "610,00 ₽"):
        assert text in shown.replace("\u00a0", " ")
    files = [place for place in hrefs(page) if "/closing/" in place]
    kinds = {}
    for place in files:
        answer = client.get(place)
        assert answer.status_code == 200
        kinds[place.rpartition(".")[2]] = answer
    assert kinds["pdf"]["Content-Type"] == "application/pdf"
    assert kinds["xml"]["Content-Disposition"].startswith('attachment; filename="ON_NSCHFDOPPR_')
    with zipfile.ZipFile(io.BytesIO(kinds["zip"].content)) as archive:
        endings = sorted(name.rpartition(".")[2] for name in archive.namelist())
    assert endings == ["pdf", "pdf", "xml"]
    assert JournalEntry.objects.filter(action="paper_opened").count() == 3
    # Papers of another account do not exist here.
    pdf = next(place for place in files if place.endswith(".pdf"))
    identifier = int(re.search(r"(\d+)\.pdf", pdf)[1])
    strange = {identifier + step for step in range(-2, 5)} - {
        int(found) for place in files for found in re.findall(r"/(\d+)\.pdf", place)
    }
    assert {client.get(f"{HOME}closing/{one}.pdf").status_code for one in strange} == {404}
    assert client.get(f"{HOME}closing/2026-07.zip").status_code == 404
    assert client.get("/check/accounts/2/documents/").status_code == 404


def test_an_act_is_ordered_looked_at_and_answered_once(firm):
    first, second = person(firm, "a@example.ru"), person(firm, "b@example.ru")
    wrong = first.post(ACTS, {"since": "01.08.2026", "until": "вчера"}, follow=True)
    assert "Напишите день так: 31.10.2026" in words(wrong)
    assert 'value="вчера"' in wrong.content.decode()
    made = first.post(ACTS, {"since": "01.08.2026", "until": "31.08.2026"})
    assert made.status_code == 302
    act = made["Location"]
    page = words(first.get(act)).replace("\u00a0", " ")
    for text in ("Акт сверки № 1", "УПД № 1 от 31.08.2026", "610,00", "задолженность в пользу"):
        assert text in page
    assert first.get(act[:-1] + ".pdf")["Content-Type"] == "application/pdf"
    assert first.get(act[:-1] + ".xlsx").content.startswith(b"PK")
    empty = first.post(act, {"disagree": "1"}, follow=True)
    assert "Напишите, что не сходится" in words(empty)
    both = first.post(act, {"agree": "1", "r1": "не та сумма"}, follow=True)
    assert "Вы написали, что не сходится, и согласовали" in words(both)
    assert 'value="не та сумма"' in both.content.decode()
    said = first.post(act, {"disagree": "1", "r1": "не та сумма", "whole": "ещё"}, follow=True)
    assert "Строка 1: не та сумма" in words(said)
    late = second.post(act, {"agree": "1"}, follow=True)
    shown = words(late)
    assert "На этот акт уже ответили: Иванов Иван" in shown
    assert "есть расхождения" in shown
    assert "есть расхождения" in words(second.get(ACTS))
    assert "Согласовать" not in words(second.get(act))
