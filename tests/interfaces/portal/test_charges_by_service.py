"""Charges of a chosen span by service, beside the year before."""

import pytest

from abonent.interfaces.design.csv_file import guarded
from bills import NUMBER, OCTOBER, OCTOBER_PARTS, SEPTEMBER_PARTS, Part, publish
from cabinets import stranger, waiting_for
from seen import keeps_the_policy, words

PAGE = f"/demo/accounts/{NUMBER}/charges/history/"
FILE = f"/demo/accounts/{NUMBER}/charges/history.csv"


@pytest.fixture
def year_ago(home):
    """The bill of last October: cold water alone."""
    parts = (Part("cold", "2.0", "40.00", 8000, 1443, "m3", basis=SEPTEMBER_PARTS[0].basis),)
    publish(home[0], OCTOBER.plus(-12), parts, opening=0, paid=0)


def rows(client, query: str = "") -> list[str]:
    answer = client.get(FILE + query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return answer.content.decode("utf-8-sig").split("\r\n")


def test_each_month_stands_by_service_beside_the_year_before(owner, year_ago):
    answer = owner.get(PAGE)
    page = words(answer)
    assert "Холодная вода 118,07 ₽ 80,00 ₽ +38,07 ₽" in page
    assert "Электричество 769,20 ₽ 0,00 ₽ +769,20 ₽" in page
    assert "Счёт за октябрь 2026 4 998,26 ₽ 80,00 ₽ +4 918,26 ₽" in page
    assert keeps_the_policy(answer)


def test_the_span_is_compared_only_when_all_its_months_are(owner, year_ago):
    assert "год назад." not in words(owner.get(PAGE)).split("Серым")[0]
    page = words(owner.get(f"{PAGE}?since=2026-10&until=2026-10"))
    assert "Начислено 4 998,26 ₽. На 4 918,26 ₽ больше, чем за те же месяцы год назад." in page
    assert "сентябрь 2026 Услуга" not in page


def test_one_service_may_be_looked_at_alone(owner, year_ago):
    page = words(owner.get(f"{PAGE}?since=2026-09&until=2026-10&service=cold"))
    assert "Начислено 224,35 ₽." in page
    assert "Холодная вода 118,07 ₽" in page
    assert "Электричество 769,20 ₽" not in page
    assert "Начислено" in words(owner.get(f"{PAGE}?service=nonsense"))


def test_the_file_has_a_row_for_each_month_and_service(owner, year_ago):
    found = rows(owner, "?since=2026-10&until=2026-10")
    assert found[0] == "Месяц;Услуга;Начислено, ₽;Год назад, ₽"
    assert "2026-10;Холодная вода;118,07;80,00" in found
    assert "2026-10;Пени;0,00;0,00" in found
    total = sum(int(row.split(";")[2].replace(",", "")) for row in found[1:] if row)
    assert total == sum(part.amount for part in OCTOBER_PARTS)


def test_a_span_without_bills_says_so(owner):
    assert "За эти месяцы счетов нет" in words(owner.get(f"{PAGE}?since=2024-01&until=2024-02"))


def test_the_statements_do_not_grow_with_the_span(owner, year_ago, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        owner.get(f"{PAGE}?since=2023-12&until=2026-11")


def test_strangers_and_waiting_links_see_nothing(home):
    outsider, newcomer = stranger(), waiting_for(home[0])
    for address in (PAGE, FILE):
        assert outsider.get(address).status_code == 404
        assert newcomer.get(address)["Location"].endswith("/about/")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"),
        ("+7 912", "'+7 912"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("-12,34", "-12,34"),
        ("Анна", "Анна"), ("1\u00a0000", "1 000"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(cell, written):
    assert guarded(cell) == written
