"""How the bill of RULES 8 is told: sentences and columns, to the kopeck."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from abonent.domain.billing.queries.bill_page import BillPage, bill_entries, bill_page
from abonent.domain.billing.queries.statements import NotPublished
from abonent.domain.ledger.rules import Reason
from abonent.interfaces.portal.charges.pages import list_bars
from abonent.interfaces.portal.charges.wording import (
    SumRow,
    balance_column,
    comparison_in_words,
    left_column,
    payment_in_words,
    services_in_words,
    term_in_words,
)
from bills import (
    OCTOBER,
    SEPTEMBER,
    Household,
    Part,
    build_household,
    interval,
    move,
    publish,
    two_bills,
)


@pytest.fixture
def household(db: None) -> Household:
    return two_bills()


@pytest.fixture
def october(household: Household) -> BillPage:
    return page_of(household)


def page_of(household: Household, period=OCTOBER) -> BillPage:
    return bill_page(
        supplier_id=household.supplier_id, account_id=household.account_id, period=period
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def written(rows: tuple[SumRow, ...]) -> list[str]:
    return [
        plain(" ".join(part for part in (row.name, row.sign, row.value, row.unit) if part))
        for row in rows
    ]


def test_the_month_is_compared_in_words(household: Household, october: BillPage) -> None:
    assert plain(comparison_in_words(october)) == (
        "это на 4 175,18 ₽ больше, чем в сентябре: появилась строка «Отопление», 3 491,64 ₽"
    )
    september = page_of(household, SEPTEMBER)
    assert comparison_in_words(september) == "это первый счёт"
    same = replace(october, previous=october.bill)
    assert plain(comparison_in_words(replace(same, bill=october.bill))).startswith("это столько же")


def test_less_is_said_as_less(october: BillPage) -> None:
    assert october.previous is not None
    dearer = replace(october.previous, charged=600000)
    services = tuple(replace(one, before=one.amount + 1000) for one in october.services)
    words = plain(comparison_in_words(replace(october, previous=dearer, services=services)))
    assert words == "это на 1 001,74 ₽ меньше, чем в сентябре: «Холодная вода» на 10,00 ₽ меньше"


def test_the_sum_to_pay_is_a_column(october: BillPage) -> None:
    assert written(balance_column(october)) == [
        "Долг на 1 октября 1 200,00 ₽",
        "Начислено за октябрь + 4 998,26 ₽",
        "Заплачено в октябре − 1 000,00 ₽",
        "К оплате 5 198,26 ₽",
    ]


def test_what_was_paid_after_the_bill_is_taken_off(household: Household) -> None:
    page = page_of(household)
    assert page.left == 519826
    assert left_column(page) == ()
    due = date(2026, 11, 16)
    assert plain(payment_in_words(page, due)) == (
        "Осталось заплатить 5 198,26 ₽ до 16 ноября 2026."
    )
    assert plain(payment_in_words(page, due + timedelta(days=1))) == (
        "Осталось заплатить 5 198,26 ₽: срок прошёл 16 ноября 2026."
    )
    move(household, Reason.PAYMENT, -300000, date(2026, 11, 12), "november")
    page = page_of(household)
    assert written(left_column(page)) == [
        "К оплате по счёту 5 198,26 ₽",
        "Заплачено с 1 ноября − 3 000,00 ₽",
        "Осталось 2 198,26 ₽",
    ]
    move(household, Reason.PAYMENT, -219826, date(2026, 11, 13), "rest")
    assert payment_in_words(page_of(household), due) == "Всё оплачено."
    move(household, Reason.PAYMENT, -100, date(2026, 11, 14), "more")
    page = page_of(household)
    assert plain(payment_in_words(page, due)) == "Платить не нужно: переплата 1,00 ₽."
    assert written(left_column(page))[-1] == "Переплата 1,00 ₽"


def test_a_bar_is_rounded_as_on_the_first_page(household: Household) -> None:
    entry = bill_entries(supplier_id=household.supplier_id, account_id=household.account_id)[0]
    bill = replace(entry.bill, charged=238255, penalty=0)
    assert [plain(bar.shown) for bar in list_bars([replace(entry, bill=bill)])] == ["2 383"]


def test_a_term_that_is_over_is_told_as_over() -> None:
    due = date(2026, 11, 16)
    assert plain(term_in_words(due, due)) == "Оплатить нужно до 16 ноября 2026."
    assert plain(term_in_words(due, date(2026, 11, 17))) == "Срок оплаты был 16 ноября 2026."


def test_an_older_bill_hands_its_rest_to_the_next(household: Household) -> None:
    page = page_of(household, SEPTEMBER)
    assert not page.is_latest
    assert page.left == 20000
    assert "вошёл в следующий" in payment_in_words(page, date(2026, 11, 24))
    assert written(left_column(page))[1:] == [
        "Заплачено с 1 октября − 1 000,00 ₽",
        "Осталось 200,00 ₽",
    ]


def test_a_line_unfolds_into_readings_price_and_sum(october: BillPage) -> None:
    cold = services_in_words(october)[0]
    assert plain(cold.hint) == "2,444 м³, по счётчику"
    (line,) = cold.lines
    assert line.title == ""
    assert written(line.column) == [
        "Показание 23.10.2026 125,900 м³",
        "Было 23.09.2026 − 123,456 м³",
        "Объём 2,444 м³",
        "Цена × 48,31 ₽",
        "Сумма 118,07 ₽",
    ]
    assert "формула 1" in line.act


def test_a_line_tells_volume_and_price_apart(october: BillPage) -> None:
    electricity = services_in_words(october)[1]
    assert plain(electricity.hint) == "день – 120 кВт·ч, ночь – 60 кВт·ч, по счётчику"
    day, night = electricity.lines
    assert (day.title, night.title) == ("День", "Ночь")
    assert written(day.changes) == [
        "Было в сентябре 480,00 ₽",
        "Расход больше на 20 кВт·ч + 96,00 ₽",
        "Цена была 4,80, стала 4,93 ₽ + 15,60 ₽",
        "Стало 591,60 ₽",
    ]
    assert written(night.changes) == [
        "Было в сентябре 236,80 ₽",
        "Расход меньше на 20 кВт·ч − 59,20 ₽",
        "Стало 177,60 ₽",
    ]


def by_days(amount: int, volume: str, rate: str, days: int) -> Part:
    whole = interval("10475512", "day", "14207", "14327", 10)["readings"][0]
    part = {**whole, "v": int(volume) * 1_000_000, "p": days, "w": 30}
    return Part(
        "electricity", volume, rate, amount, 0, "kwh", zone="day", basis={"readings": [part]}
    )


def test_a_price_that_changes_inside_the_month_divides_the_line_by_days(db: None) -> None:
    household = build_household()
    september = (Part("electricity", "100", "4.80", 48000, 8656, "kwh", zone="day"),)
    october = (by_days(19200, "40", "4.80", 10), by_days(39440, "80", "4.93", 20))
    publish(household, SEPTEMBER, september, opening=0, paid=0)
    publish(household, OCTOBER, october, opening=48000, paid=0)
    page = page_of(household)
    (electricity,) = services_in_words(page)
    assert plain(electricity.hint) == "день – 120 кВт·ч, по счётчику"
    assert [plain(line.title) for line in electricity.lines] == [
        "День по 4,80 ₽",
        "День по 4,93 ₽",
    ]
    assert all("разделили по дням" in line.reason for line in electricity.lines)
    first, last = electricity.lines
    assert first.changes == ()
    assert written(last.changes) == [
        "Было в сентябре 480,00 ₽",
        "Расход больше на 20 кВт·ч + 96,00 ₽",
        "Цена была 4,80, стала 4,93 ₽ + 10,40 ₽",
        "Стало 586,40 ₽",
    ]
    assert plain(comparison_in_words(page)) == "это на 106,40 ₽ больше, чем в сентябре"


def test_several_meters_of_one_line_have_a_result_each(db: None) -> None:
    household = build_household()
    one = interval("10475512", "single", "14207", "14327", 10)["readings"]
    two = interval("10475513", "single", "500", "560", 10)["readings"]
    part = Part(
        "electricity", "180", "5", 109800, 19800, "kwh", basis={"readings": [*one, *two]}, net=1
    )
    publish(household, OCTOBER, (part,), opening=0, paid=0)
    (line,) = services_in_words(page_of(household))[0].lines
    column = written(line.column)
    assert column[2] == "Расход по счётчику № 10475512 120 кВт·ч"
    assert column[5] == "Расход по счётчику № 10475513 60 кВт·ч"
    assert column[6:] == [
        "Объём 180 кВт·ч",
        "Цена × 5,00 ₽",
        "НДС сверх цены + 198,00 ₽",
        "Сумма 1 098,00 ₽",
    ]


def test_the_line_that_changed_most_is_open(october: BillPage) -> None:
    services = services_in_words(october)
    assert [service.name for service in services if service.opened] == ["Отопление"]
    assert plain(services[2].hint) == "1,485728 Гкал, по счётчику дома"
    assert written(services[2].lines[0].column)[:3] == [
        "Тепло на весь дом 131,04 Гкал",
        "Площадь всех помещений дома ÷ 4 789,1 м²",
        "Ваша площадь × 54,3 м²",
    ]


def test_two_components_are_two_lines_of_one_service(october: BillPage) -> None:
    hot = services_in_words(october)[3]
    assert hot.amount == 61935
    assert [line.title for line in hot.lines] == ["Подогрев", "Вода"]


def test_the_bill_is_read_in_a_constant_number_of_statements(
    household: Household, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(16):
        page_of(household)


def test_a_month_without_a_bill_is_refused(db: None) -> None:
    household = build_household()
    with pytest.raises(NotPublished):
        page_of(household)
