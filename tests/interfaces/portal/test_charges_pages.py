"""The pages of bills: their words, their gate, the PDF; all without scripts."""

import gzip
import io
from datetime import date

import pytest
from django.test import Client
from pdfminer.high_level import extract_text

from abonent.domain.billing.queries.paper import PAY_PATH, READINGS_PATH
from abonent.domain.documents.models import Document
from abonent.domain.journal.models import JournalEntry
from abonent.domain.ledger.rules import Reason
from abonent.interfaces.portal.frame import ACCOUNT_FAMILIES
from bills import NUMBER, Household, build_household, move, two_bills
from cabinets import owner_of, stranger, waiting_for

LIST = f"/demo/accounts/{NUMBER}/charges/"
OCTOBER = f"{LIST}2026-10/"
PDF = f"{OCTOBER}bill.pdf"


@pytest.fixture
def household(db: None) -> Household:
    return two_bills()


@pytest.fixture
def owner(household: Household) -> Client:
    return owner_of(household)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_the_list_shows_each_month_with_its_chart_and_papers(owner: Client) -> None:
    page = text_of(owner, LIST)
    assert "<h1>Начисления</h1>" in page
    assert f'<a href="{OCTOBER}">октябрь 2026</a>' in page
    assert page.index("октябрь 2026</a>") < page.index("сентябрь 2026</a>")
    assert "4 998,26" in page
    assert f'href="{PDF}"' in page
    assert '<svg class="chart"' in page
    assert ">4 998</text>" in page
    assert 'data-name="К оплате">5 198,26' in page
    assert "823,08 ₽" in page, "the table under the chart has the exact sums"


def test_an_account_without_bills_says_why_and_what_to_do(db: None) -> None:
    page = text_of(owner_of(build_household()), LIST)
    assert "Начислений ещё нет" in page
    assert "Передать показания" in page
    assert "<svg" not in page


def test_the_bill_tells_its_sum_its_change_and_what_to_pay(owner: Client) -> None:
    page = text_of(owner, OCTOBER)
    assert "<h1>Счёт за октябрь 2026</h1>" in page
    assert "4 998,26 ₽, это на 4 175,18 ₽ больше, чем в сентябре" in page
    assert "Осталось заплатить 5 198,26 ₽" in page
    assert f"Лицевой счёт {NUMBER}" in page, "a printed bill says whose it is"
    assert page.count('class="button"') == 1
    assert "Заплатить 5 198,26 ₽" in page
    assert "Всего за октябрь 2026" in page


def test_every_line_unfolds_without_scripts(owner: Client) -> None:
    page = text_of(owner, OCTOBER)
    assert page.count('<details class="bill-line"') == 4
    assert page.count('<details class="bill-line" open>') == 1
    assert "<td>− 123,456</td><td>м³</td>" in page
    assert "<td>× 48,31</td><td>₽</td>" in page
    assert "формула 3" in page
    assert "Расход больше на 20 кВт·ч" in page


def test_payments_after_the_bill_are_taken_off(owner: Client, household: Household) -> None:
    move(household, Reason.PAYMENT, -300000, date(2026, 11, 12), "november")
    page = text_of(owner, OCTOBER)
    assert "Заплатить 2 198,26 ₽" in page
    assert "<td>− 3 000,00</td>" in page
    move(household, Reason.PAYMENT, -219826, date(2026, 11, 13), "rest")
    page = text_of(owner, OCTOBER)
    assert "Всё оплачено." in page
    assert 'class="button"' not in page


def test_an_older_bill_offers_no_payment_and_leads_to_the_next(owner: Client) -> None:
    page = text_of(owner, f"{LIST}2026-09/")
    assert 'class="button"' not in page
    assert f'href="{OCTOBER}"' in page
    assert "вошёл в следующий" in page


@pytest.mark.parametrize("month", ["2026-11", "2026-13", "0000-00", "october", "2026-1"])
def test_a_month_without_a_bill_is_not_found(owner: Client, month: str) -> None:
    assert owner.get(f"{LIST}{month}/").status_code == 404
    assert owner.get(f"{LIST}{month}/bill.pdf").status_code == 404


def test_the_pdf_is_sent_kept_and_noted(owner: Client) -> None:
    answer = owner.get(PDF)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="schet-{NUMBER}-2026-10.pdf"'
    assert "private" in answer["Cache-Control"]
    assert "5 198,26" in extract_text(io.BytesIO(answer.content))
    assert owner.get(PDF).content == answer.content
    assert Document.objects.count() == 1
    notes = JournalEntry.objects.filter(action="bill_opened")
    assert [note.details for note in notes] == [{"period": "2026-10"}] * 2
    assert "Скачать PDF, " in text_of(owner, OCTOBER)


def test_the_pdf_comes_packed_in_about_a_second_of_a_slow_line(owner: Client) -> None:
    packed = owner.get(PDF, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 40_000
    assert gzip.decompress(packed.content) == owner.get(PDF).content


def test_strangers_find_nothing(household: Household) -> None:
    outsider = stranger()
    for address in (LIST, OCTOBER, PDF):
        assert outsider.get(address).status_code == 404
    assert not Document.objects.exists()


def test_nobody_enters_without_signing_in(household: Household) -> None:
    for address in (LIST, OCTOBER, PDF):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "/sign-in/" in answer["Location"] or "login" in answer["Location"]


def test_a_waiting_link_is_led_to_the_page_that_says_when_it_opens(household: Household) -> None:
    newcomer = waiting_for(household)
    for address in (LIST, OCTOBER, PDF):
        answer = newcomer.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"/demo/accounts/{NUMBER}/about/"
    assert not Document.objects.exists()


def test_the_pages_keep_to_the_content_security_policy(owner: Client) -> None:
    for address in (LIST, OCTOBER):
        page = text_of(owner, address)
        assert " style=" not in page
        assert "<style" not in page
        assert all("src=" in piece.split(">")[0] for piece in page.split("<script")[1:])


def test_the_pages_need_a_constant_number_of_statements(
    owner: Client, django_assert_max_num_queries
) -> None:
    text_of(owner, LIST)
    with django_assert_max_num_queries(20):
        text_of(owner, OCTOBER)
    with django_assert_max_num_queries(22):
        text_of(owner, LIST)


def test_the_addresses_printed_on_paper_are_the_cabinets_own() -> None:
    printed = {path.removeprefix("accounts/{number}/") for path in (PAY_PATH, READINGS_PATH)}
    assert printed <= {tail for _, _, tail in ACCOUNT_FAMILIES}
