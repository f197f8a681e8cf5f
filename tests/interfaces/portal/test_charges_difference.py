"""Why a bill is more than the one before, as the page tells it."""

from dataclasses import replace

import pytest

from abonent.domain.billing.queries.bill_page import BillPage, bill_page
from abonent.domain.billing.rules.causes import Cause, Kind
from abonent.interfaces.portal.charges.differences import difference_in_words
from bills import OCTOBER, SEPTEMBER, Household, two_bills
from cabinets import owner_of
from commands import run, statement


@pytest.fixture
def household(db: None) -> Household:
    return two_bills()


def page_of(household: Household, period=OCTOBER) -> BillPage:
    return bill_page(
        supplier_id=household.supplier_id, account_id=household.account_id, period=period
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def written(page: BillPage) -> list[tuple[str, ...]]:
    told = difference_in_words(page)
    assert told is not None
    return [tuple(map(plain, (row.name, row.was, row.now, row.amount))) for row in told.rows]


def test_the_table_of_an_october_with_heating(household: Household) -> None:
    page = page_of(household)
    told = difference_in_words(page)
    assert told is not None
    assert plain(told.title) == "Почему на 4 175,18 ₽ больше, чем в сентябре"
    assert plain(told.sentence) == (
        "Главная причина: «Отопление» – появилась новая строка (+3 491,64 ₽)."
    )
    assert written(page) == [
        ("Отопление: раньше не начисляли", "0,00 ₽", "3 491,64 ₽", "+3 491,64"),
        ("Горячая вода, подогрев: раньше не начисляли", "0,00 ₽", "464,76 ₽", "+464,76"),
        ("Горячая вода, вода: раньше не начисляли", "0,00 ₽", "154,59 ₽", "+154,59"),
        ("Электричество, день: расход", "100 кВт·ч", "120 кВт·ч", "+96,00"),
        ("Электричество, ночь: расход", "80 кВт·ч", "60 кВт·ч", "−59,20"),
        ("Электричество, день: цена", "4,80 ₽", "4,93 ₽", "+15,60"),
        ("Холодная вода: расход", "2,200 м³", "2,444 м³", "+11,79"),
    ]
    assert plain(told.total) == "+4 175,18"


def test_the_first_bill_has_nothing_to_be_compared_with(household: Household) -> None:
    assert difference_in_words(page_of(household, SEPTEMBER)) is None


def test_two_causes_of_weight_are_both_named(household: Household) -> None:
    causes = (
        Cause(Kind.MULTIPLIER, 137539, "cw", "Холодная вода"),
        Cause(Kind.METHOD, 44131, "cw", "Холодная вода", methods=("average", "norm")),
        Cause(Kind.CORRECTION, -500, "el", "Свет"),
    )
    told = difference_in_words(replace(page_of(household), causes=causes))
    assert told is not None
    assert plain(told.sentence) == (
        "Главная причина: «Холодная вода» – повысился коэффициент (+1 375,39 ₽). "
        "Ещё одна: «Холодная вода» – объём посчитали по-другому: было по среднему расходу, "
        "стало по нормативу (+441,31 ₽)."
    )


def test_the_page_shows_the_table_and_the_command_the_key(household: Household) -> None:
    page = plain(
        owner_of(household)
        .get(f"/demo/accounts/{household.number}/charges/2026-10/")
        .content.decode()
    )
    assert "Почему на 4 175,18 ₽ больше, чем в сентябре</h2>" in page
    assert 'data-name="Стало">3 491,64 ₽' in page
    changes = statement("demo", household.number, "2026-10", "--explain")["changes"]
    assert (changes["before"], changes["difference"]) == ("2026-09", "4175.18")
    assert changes["causes"][5] == {
        "cause": "price", "service": "electricity", "component": "", "zone": "day",
        "amount": "15.60", "was": "4.8", "now": "4.93", "unit": "rub",
    }  # fmt: skip
    assert statement("demo", household.number, "2026-09", "--explain")["changes"] is None
    code, out, _ = run("statement", "--supplier", "demo", "--account", household.number,
                       "--period", "2026-10", "--json")  # fmt: skip
    assert (code, "changes" in out) == (0, False)
