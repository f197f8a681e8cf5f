"""The list of papers and the open check of a paper by its code."""

import pytest
from django.test import Client

from abonent.domain.documents.models import Document
from bills import NUMBER, Household, build_household, two_bills
from cabinets import owner_of, stranger, waiting_for

LIST = f"/demo/accounts/{NUMBER}/documents/"
PDF = f"/demo/accounts/{NUMBER}/charges/2026-10/bill.pdf"
CHECK = "/demo/documents/"


@pytest.fixture
def household(db: None) -> Household:
    return two_bills()


def page_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_papers_are_listed_and_show_size_and_code_once_rendered(household: Household) -> None:
    owner = owner_of(household)
    page = page_of(owner, LIST)
    assert f'<a href="{PDF}">октябрь 2026, PDF</a>' in page
    assert "16 ноября 2026" in page
    owner.get(PDF)
    code = Document.objects.get().code
    page = page_of(owner, LIST)
    assert code in page
    assert "PDF, 6" in page
    assert " кБ</a>" in page


def test_without_bills_there_is_a_word_why(db: None) -> None:
    assert "Счетов ещё нет" in page_of(owner_of(build_household()), LIST)


def test_the_list_is_closed_to_strangers_and_to_waiting_links(household: Household) -> None:
    assert stranger().get(LIST).status_code == 404
    assert waiting_for(household).get(LIST)["Location"].endswith("/about/")


def test_anybody_may_check_a_paper_by_its_code(household: Household) -> None:
    owner_of(household).get(PDF)
    document = Document.objects.get()
    anybody = Client()
    assert "Код со счёта" in page_of(anybody, CHECK)
    typed = document.code.lower().replace("-", " ")
    answer = anybody.post(CHECK, {"code": typed}, follow=True)
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 200
    assert "Документ настоящий" in page
    assert "5 198,26 ₽" in page
    assert document.sha256 in page
    assert page_of(anybody, f"{CHECK}{document.code}/") == page


@pytest.mark.parametrize("code", ["0000-0000-0000", "-", "%D0%B0"])
def test_a_code_that_nobody_printed_is_not_found(household: Household, code: str) -> None:
    answer = Client().get(f"{CHECK}{code}/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<title>Ошибка: Проверить счёт" in page
    assert "Документа с таким кодом нет" in page
    assert "Код со счёта" in page


def test_an_empty_code_is_asked_for_again(household: Household) -> None:
    answer = Client().post(CHECK, {"code": "  "})
    assert answer.status_code == 422
    assert "Введите код" in answer.content.decode()
